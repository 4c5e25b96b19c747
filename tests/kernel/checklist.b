# what can be observed quickly of name spaces, descriptors and processes
implement Checklist;

include "sys.m";
	sys: Sys;
include "draw.m";

Checklist: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->FORKNS|Sys->NEWENV|Sys->NEWPGRP, nil);
	errors();
	unions();
	endings();
	pipes();
	descriptors();
	served();
	prints();
	nodevs();
}

fails(what: string, fd: ref Sys->FD)
{
	if(fd == nil)
		sys->print("%s: %r\n", what);
	else
		sys->print("%s: opened\n", what);
}

errors()
{
	fails("walk through a file", sys->open("/dev/null/x", Sys->OREAD));
	fails("empty name", sys->open("", Sys->OREAD));
	fails("no such device", sys->open("#X", Sys->OREAD));
	fails("create in /prog", sys->create("/prog/x", Sys->OWRITE, 8r666));
}

# names in dir, in the order in which they are read
files(dir: string): string
{
	s := "";
	fd := sys->open(dir, Sys->OREAD);
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			break;
		for(i := 0; i < n; i++)
			s += " " + d[i].name;
	}
	return s;
}

# a directory of its own with one file
dir(file: string): string
{
	io := sys->file2chan("#sunion." + file, file);
	if(io == nil)
		sys->print("file2chan: %r\n");
	keep = io :: keep;
	return "#sunion." + file;
}
keep: list of ref Sys->FileIO;

unions()
{
	a := dir("a");
	b := dir("b");
	sys->bind(a, "/n", Sys->MREPL);
	sys->print("one:%s\n", files("/n"));
	sys->bind(b, "/n", Sys->MBEFORE);
	sys->bind(b, "/n", Sys->MBEFORE);
	sys->print("newest first, twice:%s\n", files("/n"));
	sys->bind(a, "/n", Sys->MAFTER);
	sys->print("after:%s\n", files("/n"));
	sys->print("unmount %d:%s\n", sys->unmount(b, "/n"), files("/n"));
	sys->print("unmount %d:%s\n", sys->unmount(b, "/n"), files("/n"));
	sys->print("unmount %d %r:%s\n", sys->unmount(b, "/n"), files("/n"));
	sys->print("unmount all %d\n", sys->unmount(nil, "/n"));
	sys->print("unmount all %d %r\n", sys->unmount(nil, "/n"));
}

child(c: chan of int, how: int)
{
	c <-= sys->pctl(0, nil);
	case how {
	0 =>	exit;
	1 =>	raise "fail:bad";
	2 =>	sys->sleep(100000);
	3 =>	<-chan of int;
	}
}

endings()
{
	wfd := sys->open("#p/" + string sys->pctl(0, nil) + "/wait", Sys->OREAD);
	buf := array[200] of byte;
	c := chan of int;
	for(how := 0; how < 4; how++){
		spawn child(c, how);
		pid := <-c;
		if(how >= 2)
			sys->fprint(sys->open("#p/" + string pid + "/ctl", Sys->OWRITE), "kill");
		n := sys->read(wfd, buf, len buf);
		(w, l) := sys->tokenize(string buf[0:n], " ");
		sys->print("ended: %d %s\n", int hd l == pid && w == 2, hd tl l);
	}
}

count(fd: ref Sys->FD, n: int)
{
	n = sys->read(fd, array[n] of byte, n);
	if(n < 0)
		sys->print(" %d %r", n);
	else
		sys->print(" %d", n);
}

pipes()
{
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	sys->fprint(p[0], "hello world");
	sys->fprint(p[0], "again");
	sys->print("pipe:");
	count(p[1], 5);
	count(p[1], 100);
	count(p[1], 100);
	p[0] = nil;
	for(i := 0; i < 4; i++)
		count(p[1], 100);
	{
		sys->fprint(p[1], "x");
	} exception e {
	"write on closed pipe" =>
		sys->print(" %s", e);
	}
	sys->print("\n");
}

forked(n: int, c: chan of int)
{
	sys->pctl(Sys->FORKFD, n :: nil);
	c <-= sys->fildes(n) != nil;
}

descriptors()
{
	fd := sys->open("/dev/null", Sys->OREAD);
	c := chan of int;
	spawn forked(fd.fd, c);
	there := <-c;
	sys->print("FORKFD: child %d, parent %d\n", there, sys->fildes(fd.fd) != nil);
}

served()
{
	io := sys->file2chan("#s", "none");
	sys->bind("#s", "/n", Sys->MREPL);
	io = sys->file2chan("/n", "f");
	fd := sys->open("/n/f", Sys->ORDWR);
	fd = nil;
	(off, n, fid, rc) := <-io.read;
	sys->print("close: %d %d %d %d\n", off, n, fid != 0, rc == nil);
	(woff, data, wfid, wc) := <-io.write;
	sys->print("close: %d %d %d %d\n", woff, data == nil, fid == wfid, wc == nil);
}

prints()
{
	sys->print("%s %s\n", sys->sprint("%g", 0.5), sys->sprint("%q", ""));
}

nodevs()
{
	sys->pctl(Sys->NODEVS, nil);
	for(l := list of {"#c", "#U", "#p", "#d", "#C", "#I", "#/", "#*cons", "#*env", "#sx", "#eX", "#M", "#|", "#e", "#s"}; l != nil; l = tl l)
		fails(hd l, sys->open(hd l, Sys->OREAD));
}
