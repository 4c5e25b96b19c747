# a tree of files served over a pipe
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;
include "styxservers.m";
	servers: Styxservers;
	Styxserver, Navigator: import servers;
	nametree: Nametree;
	Tree: import nametree;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

dir(name: string, path, mode: int): Sys->Dir
{
	d := Sys->zerodir;
	d.name = name;
	d.uid = d.gid = "inferno";
	d.qid.path = big path;
	d.mode = mode;
	d.qid.qtype = mode >> 24 & 16rff;
	return d;
}

serve(reqs: chan of ref Tmsg, srv: ref Styxserver, tree: ref Tree, done: chan of int)
{
	while((gm := <-reqs) != nil && tagof gm != tagof Tmsg.Readerror){
		pick m := gm {
		Read =>
			(f, err) := srv.canread(m);
			if(f == nil)
				srv.error(m, err);
			else if(f.qtype & Sys->QTDIR)
				srv.read(m);
			else
				srv.reply(servers->readstr(m, "contents of " + string f.path));
		* =>
			srv.default(gm);
		}
	}
	tree.quit();
	done <-= 1;
}

rpc(fd: ref Sys->FD, m: ref Tmsg): ref Rmsg
{
	a := m.pack();
	sys->write(fd, a, len a);
	r := Rmsg.read(fd, 0);
	pick e := r {
	Error =>	sys->print("%s: %s\n", m.text(), e.ename);
	Read =>	sys->print("%s: %d\n", m.text(), len e.data);
	}
	return r;
}

# messages that the kernel does not send
raw()
{
	(tree, navc) := nametree->start();
	tree.create(big 0, dir("/", 0, Sys->DMDIR | 8r755));
	tree.create(big 0, dir("f", 1, 8r644));
	fds := array[2] of ref Sys->FD;
	sys->pipe(fds);
	(reqs, srv) := Styxserver.new(fds[0], Navigator.new(navc), big 0);
	fds[0] = nil;
	done := chan of int;
	spawn serve(reqs, srv, tree, done);
	fd := fds[1];
	fds = nil;
	rpc(fd, ref Tmsg.Version(Styx->NOTAG, 8216, "9P2000"));
	rpc(fd, ref Tmsg.Attach(1, 0, Styx->NOFID, "inferno", ""));
	rpc(fd, ref Tmsg.Walk(1, 0, 1, array[] of {"f"}));
	rpc(fd, ref Tmsg.Open(1, 0, Sys->OREAD));
	rpc(fd, ref Tmsg.Open(1, 1, Sys->OREAD));
	offsets := array[] of {big 0, big -1, big 1 << 32, big 0, (big 1 << 32) + big 4, big 0, (big 1 << 63) - big 1, big 1 << 63, big 1, big 0};
	for(fid := 0; fid < 2; fid++)
		for(i := 0; i < len offsets; i++)
			rpc(fd, ref Tmsg.Read(1, fid, offsets[i], 1000));
	rpc(fd, ref Tmsg.Read(1, 0, big 0, -1));
	rpc(fd, ref Tmsg.Read(1, 1, big 0, 100000));
	fd = nil;
	<-done;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	if(styx == nil){
		sys->print("cannot load Styx: %r\n");
		return;
	}
	servers = load Styxservers Styxservers->PATH;
	if(servers == nil){
		sys->print("cannot load Styxservers: %r\n");
		return;
	}
	nametree = load Nametree Nametree->PATH;
	if(nametree == nil){
		sys->print("cannot load Nametree: %r\n");
		return;
	}

	styx->init();
	servers->init(styx);
	nametree->init();
	(tree, navc) := nametree->start();
	tree.create(big 0, dir("/", 0, Sys->DMDIR | 8r755));
	for(i := 1; i <= 3; i++)
		tree.create(big 0, dir("f" + string i, i, 8r644));
	tree.create(big 0, dir("sub", 10, Sys->DMDIR | 8r755));
	tree.create(big 10, dir("deep", 11, 8r600));
	sys->print("%s|%s|%s\n", tree.create(big 0, dir("f1", 20, 8r644)), tree.create(big 99, dir("x", 21, 8r644)), tree.getpath(big 11));
	fds := array[2] of ref Sys->FD;
	sys->pipe(fds);
	(reqs, srv) := Styxserver.new(fds[0], Navigator.new(navc), big 0);
	fds[0] = nil;
	done := chan of int;
	spawn serve(reqs, srv, tree, done);
	if(sys->mount(fds[1], nil, "/n/remote", Sys->MREPL|Sys->MCREATE, nil) < 0 && sys->mount(fds[1], nil, "/mnt", Sys->MREPL|Sys->MCREATE, nil) < 0){
		sys->print("mount: %r\n");
		return;
	}
	where := "/n/remote/";
	(ok, nil) := sys->stat(where + "f1");
	if(ok < 0)
		where = "/mnt/";
	fd := sys->open(where + "f2", Sys->OREAD);
	buf := array[100] of byte;
	n := sys->read(fd, buf, len buf);
	sys->print("%s\n", string buf[0:n]);
	fd = sys->open(where, Sys->OREAD);
	for(;;){
		(nd, d) := sys->dirread(fd);
		if(nd <= 0)
			break;
		for(i = 0; i < nd; i++)
			sys->print("%s %uo\n", d[i].name, d[i].mode);
	}
	if(sys->open(where + "nothing", Sys->OREAD) == nil)
		sys->print("no such file\n");
	if(sys->create(where + "new", Sys->OWRITE, 8r644) == nil)
		sys->print("%r\n");
	fd = sys->open(where + "f3", Sys->OWRITE);
	sys->print("%d\n", fd == nil || sys->write(fd, buf, 1) < 0);
	sys->unmount(nil, where);
	fd = fds[1] = nil;
	<-done;
	raw();
	sys->print("done\n");
}
