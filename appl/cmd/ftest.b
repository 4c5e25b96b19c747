implement Ftest;

#
# Tests a property of a file; see ftest(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Ftest: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	what := arg->opt();
	ok := 0;
	case what {
	't' =>
		ok = iscons(arg->arg());
	'f' or 'd' or 'r' or 'w' or 'x' or 'e' or 's' =>
		argv = arg->argv();
		if(len argv != 1)
			usage();
		(n, d) := sys->stat(hd argv);
		if(n >= 0)
			ok = test(what, d);
	0 =>
		usage();
	* =>
		sys->fprint(sys->fildes(2), "test: unknown option -%c\n", what);
		usage();
	}
	if(!ok)
		raise "fail:false";
}

usage()
{
	sys->fprint(sys->fildes(2), "usage: (ftest -fdrwxes file)|(ftest -t fdno)\n");
	raise "fail:usage";
}

test(what: int, d: Sys->Dir): int
{
	case what {
	'f' =>
		return (d.mode & Sys->DMDIR) == 0;
	'd' =>
		return (d.mode & Sys->DMDIR) != 0;
	's' =>
		return d.length > big 0;
	'r' =>
		return may(d, 8r004);
	'w' =>
		return may(d, 8r002);
	'x' =>
		return may(d, 8r001);
	}
	return 1;
}

may(d: Sys->Dir, perm: int): int
{
	fd := sys->open("/dev/user", Sys->OREAD);
	buf := array[128] of byte;
	if(fd != nil && (n := sys->read(fd, buf, len buf)) > 0 && string buf[0:n] == d.uid)
		perm <<= 6;
	return (d.mode & perm) != 0;
}

iscons(s: string): int
{
	n := 1;
	if(s != nil)
		n = int s;
	fd := sys->fildes(n);
	if(fd == nil)
		return 0;
	(ok, d) := sys->fstat(fd);
	(cok, c) := sys->stat("/dev/cons");
	return ok >= 0 && cok >= 0 && d.dtype == c.dtype && d.qid.path == c.qid.path;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ftest: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
