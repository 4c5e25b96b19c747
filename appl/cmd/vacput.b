implement Vacput;

#
# Makes an archive of files on a Venti server; see vacput(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "readdir.m";
	readdir: Readdir;

Vacput: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "vacput";

include "vac/vaccmd.inc";

session: ref Session;
blocksize := 8192;
verbose := 0;
failed := 0;
qids := 1;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	vacinit();
	addr, oldscore, out: string;
	arg->init(argv);
	arg->setusage("vacput [-v] [-a addr] [-b blocksize] [-d oldarchive] [-f file] path ...");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'b' =>	blocksize = size(arg->earg());
		'd' =>	oldscore = arg->earg();
		'f' =>	out = arg->earg();
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	paths := arg->argv();
	if(paths == nil)
		arg->usage();
	old: array of byte;
	if(oldscore != nil)
		old = scoreof(oldscore);
	session = connect(addr);
	{
		archive(paths, old, out);
	}exception{
	"fail:*" =>
		session.close();
		raise;
	}
	session.close();
	if(failed)
		raise "fail:error";
}

size(s: string): int
{
	n := int s;
	if(s != nil && s[len s - 1] == 'k')
		n *= 1024;
	if(n < 512 || n > Venti->Maxblock)
		fail(sys->sprint("block size %s: 512 to %d it can be", s, Venti->Maxblock), "usage");
	return n;
}

archive(paths: list of string, old: array of byte, out: string)
{
	before: ref Vacdir;
	if(old != nil){
		err: string;
		(before, nil, nil, err) = vac->open(session, old);
		if(err != nil)
			fail("old archive: " + err, "error");
	}
	top := Vacout.new(session);
	for(; paths != nil; paths = tl paths){
		path := hd paths;
		(ok, d) := sys->stat(path);
		if(ok < 0){
			bad(sys->sprint("can't stat %s: %r", path));
			continue;
		}
		if(d.mode & Sys->DMDIR && (path == "." || len path > 1 && path[len path - 2:] == "/." || d.name == "/"))
			contents(path, top, before);
		else if(!vac->goodname(d.name))
			bad(path + ": it has no name");
		else
			add(path, d, top, before);
	}
	now := daytime->now();
	root := ref Direntry("root", 0, 0, 1, 0, big 0, user(), user(), user(), now, 0, now, now, Vac->Mdir | 8r555);
	(score, err) := vac->close(top, root, blocksize, old);
	if(err != nil)
		fail(err, "error");
	line := "vac:" + venti->text(score) + "\n";
	if(out == nil)
		sys->print("%s", line);
	else{
		fd := sys->create(out, Sys->OWRITE, 8r666);
		if(fd == nil || sys->fprint(fd, "%s", line) < 0)
			fail(sys->sprint("can't write %s: %r", out), "write");
	}
}

user(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	a := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, a, len a)) <= 0)
		return "none";
	return string a[0:n];
}

bad(msg: string)
{
	sys->fprint(sys->fildes(2), "%s: %s\n", progname, msg);
	failed = 1;
}

# the files of a directory
contents(path: string, v: ref Vacout, before: ref Vacdir)
{
	(a, n) := readdir->init(path, Readdir->NAME | Readdir->COMPACT);
	if(n < 0){
		bad(sys->sprint("can't read %s: %r", path));
		return;
	}
	for(i := 0; i < n; i++)
		if(vac->goodname(a[i].name))
			add(path + "/" + a[i].name, *a[i], v, before);
}

add(path: string, d: Sys->Dir, v: ref Vacout, before: ref Vacdir)
{
	for(l := v.files; l != nil; l = tl l)
		if((hd l).elem == d.name){
			bad(path + ": the archive has a file of that name");
			return;
		}
	e := ref Direntry(d.name, 0, 0, 0, 0, big qids++, d.uid, d.gid, d.muid, d.mtime, 0, d.mtime, d.atime, vac->vacmode(d.mode));
	was: ref Direntry;
	if(before != nil)
		was = before.find(d.name);
	err: string;
	if(d.mode & Sys->DMDIR)
		err = adddir(path, e, v, before, was);
	else
		err = addfile(path, d, e, v, before, was);
	if(err != nil)
		bad(path + ": " + err);
	else if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", path);
}

adddir(path: string, e: ref Direntry, v: ref Vacout, before: ref Vacdir, was: ref Direntry): string
{
	old: ref Vacdir;
	err: string;
	if(was != nil && was.mode & Vac->Mdir){
		(old, err) = before.opendir(was);
		if(err != nil)
			return "old archive: " + err;
	}
	sub := Vacout.new(session);
	contents(path, sub, old);
	src, meta: ref Entry;
	(src, meta, err) = sub.finish();
	if(err != nil)
		return err;
	return v.adddir(e, src, meta);
}

# what has the length and time that it had is not read
addfile(path: string, d: Sys->Dir, e: ref Direntry, v: ref Vacout, before: ref Vacdir, was: ref Direntry): string
{
	if(was != nil && (was.mode & Vac->Mdir) == 0 && was.mtime == d.mtime){
		(src, err) := before.open(was);
		if(err == nil && src.e.size == d.length)
			return v.addfile(e, src.e);
	}
	fd := sys->open(path, Sys->OREAD);
	if(fd == nil)
		return sys->sprint("can't open: %r");
	t := Sink.new(session, 0, blocksize);
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		err := t.write(buf[0:n]);
		if(err != nil)
			return err;
	}
	if(n < 0)
		return sys->sprint("read error: %r");
	(src, err) := t.finish();
	if(err != nil)
		return err;
	return v.addfile(e, src);
}
