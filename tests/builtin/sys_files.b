# descriptors, files and their errors
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

say(what: string, n: int)
{
	if(n < 0)
		sys->print("%s: %d %r\n", what, n);
	else
		sys->print("%s: %d\n", what, n);
}

isnil(what: string, fd: ref Sys->FD)
{
	if(fd == nil)
		sys->print("%s: nil %r\n", what);
	else
		sys->print("%s: open\n", what);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->NEWENV|Sys->FORKNS, nil);
	isnil("empty", sys->open("", Sys->OREAD));
	isnil("nil", sys->open(nil, Sys->OREAD));
	isnil("device", sys->open("#X", Sys->OREAD));
	isnil("walk file", sys->open("/dev/null/x", Sys->OREAD));
	isnil("mode", sys->open("#e", 1000));
	isnil("excl in open", sys->open("#e", Sys->OEXCL));
	isnil("write directory", sys->open("#e", Sys->OWRITE));
	isnil("control character", sys->open("#e/a\u0001b", Sys->OREAD));
	sys->print("nul ends a name: %d\n", sys->open("/dev/null\u0000junk", Sys->OREAD) != nil);

	fd := sys->create("#e/x", Sys->ORDWR, 8r666);
	isnil("create", fd);
	isnil("create again", sys->create("#e/x", Sys->OWRITE|Sys->OEXCL, 8r666));
	b := array of byte "0123456789";
	say("write", sys->write(fd, b, 100));
	say("write none", sys->write(fd, b, 0));
	say("pread", sys->pread(fd, b, 3, big -1));
	say("pwrite", sys->pwrite(fd, b, 3, big -1));
	say("seek end", int sys->seek(fd, big -4, Sys->SEEKEND));
	say("seek back", int sys->seek(fd, big -7, Sys->SEEKRELA));
	say("seek how", int sys->seek(fd, big 0, 3));
	say("readn", sys->readn(fd, b, 10));
	sys->print("%s\n", string b[0:4]);
	say("at end", sys->read(fd, b, 10));
	say("read nil fd", sys->read(nil, b, 10));
	say("read own fd", sys->read(ref Sys->FD(-5), b, 10));
	say("read huge fd", sys->read(ref Sys->FD(16r7fffffff), b, 10));
	say("fd2path", len sys->fd2path(fd));
	sys->print("%s [%s]\n", sys->fd2path(fd), sys->fd2path(nil));
	say("iounit", sys->iounit(nil));

	(ok, d) := sys->fstat(fd);
	sys->print("%d %s %bd %c %o %d\n", ok, d.name, d.length, d.dtype, d.mode, d.qid.qtype);
	(ok, nil) = sys->stat("#e/none");
	say("stat", ok);
	say("wstat null", sys->wstat("#e/none", Sys->nulldir));
	d = Sys->nulldir;
	d.name = "a/b";
	say("wstat name", sys->fwstat(fd, d));
	(n, nil) := sys->dirread(fd);
	say("dirread of a file", n);
	(n, nil) = sys->dirread(nil);
	say("dirread of nil", n);
	say("remove", sys->remove("#e/x"));
	say("remove again", sys->remove("#e/x"));
	say("chdir", sys->chdir("/dev/null"));
	say("dup", sys->dup(-1, -1));
	say("dup", sys->dup(1, -2));
	m := sys->dup(1, 57);
	sys->print("dup to %d\n", m);

	p := array[2] of ref Sys->FD;
	say("pipe", sys->pipe(p));
	say("seek on pipe", int sys->seek(p[0], big 0, 0));
	say("iounit of pipe", sys->iounit(p[0]));
	{
		sys->pipe(nil);
	} exception e {
	"*" =>
		sys->print("pipe nil: %s\n", e);
	}

	# the number is free again as soon as nothing refers to it
	a := p[0].fd;
	p[0] = nil;
	isnil("reuse", f := sys->fildes(p[1].fd));
	sys->print("same number: %d\n", f.fd == a);
	f = nil;

	# messages keep their borders; the end, the error, the exception
	sys->pipe(p);
	sys->write(p[0], array of byte "hello world", 11);
	sys->write(p[0], array of byte "again", 5);
	buf := array[100] of byte;
	say("first", sys->read(p[1], buf, 5));
	say("rest", sys->read(p[1], buf, 100));
	say("second", sys->read(p[1], buf, 100));
	p[0] = nil;
	for(i := 0; i < 4; i++)
		say("after close", sys->read(p[1], buf, 100));
	{
		sys->fprint(p[1], "x");
	} exception e {
	"*" =>
		sys->print("print: %s\n", e);
	}

	# collected writes
	q := array[2] of ref Sys->FD;
	sys->pipe(p);
	sys->pipe(q);
	for(i = 0; i < 5; i++)
		sys->fprint(p[0], "abc");
	p[0] = nil;
	say("stream", sys->stream(p[1], q[0], 6));
	q[0] = nil;
	while((n = sys->read(q[1], buf, 100)) > 0)
		sys->print("<%s>", string buf[0:n]);
	sys->print("\n");
	say("stream without buffer", sys->stream(p[1], q[1], 0));

	# many entries, read in several pieces
	sys->pctl(Sys->NEWENV, nil);
	for(i = 0; i < 500; i++)
		sys->create("#e/" + string i, Sys->OWRITE, 8r666);
	fd = sys->open("#e", Sys->OREAD);
	for(k := 0; k < 2; k++){
		sum := count := 0;
		for(;;){
			(nd, dir) := sys->dirread(fd);
			if(nd <= 0)
				break;
			for(i = 0; i < nd; i++){
				sum += int dir[i].name;
				count++;
			}
		}
		sys->print("%d entries, sum %d\n", count, sum);
		sys->seek(fd, big 0, 0);
	}
	say("seek in directory", int sys->seek(fd, big 1, 0));

	# binds
	say("bind flags", sys->bind("#e", "/n", 16r1000));
	say("bind order", sys->bind("#e", "/n", Sys->MBEFORE|Sys->MAFTER));
	say("bind file", sys->bind("/dev/null", "/n", Sys->MREPL));
	say("unmount", sys->unmount(nil, "/net.alt"));
	say("mount nil", sys->mount(nil, nil, "/n", Sys->MREPL, nil));
	say("export nil", sys->export(nil, "/", Sys->EXPASYNC));
	isnil("fauth nil", sys->fauth(nil, nil));
	(n, nil) = sys->fversion(nil, 0, nil);
	say("fversion nil", n);
	if(sys->file2chan("/dev", "x") == nil)
		sys->print("file2chan: %r\n");
	if(sys->file2chan("#s", "a/b") == nil)
		sys->print("file2chan: %r\n");
	(ok, nil) = sys->announce("nobang");
	say("announce", ok);
	(ok, nil) = sys->listen(Sys->Connection(nil, nil, nil));
	say("listen", ok);
}
