implement Gunzip;

#
# Expands files compressed by gzip; see gzip(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "filter.m";
	filter: Filter;
	Rq: import filter;

include "names.m";
	names: Names;

Gunzip: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

verbose: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	filter = load Filter Filter->INFLATEPATH;
	if(filter == nil)
		nomod(Filter->INFLATEPATH);
	filter->init();
	arg->init(argv);
	arg->setusage("gunzip [-vD] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'v' or 'D' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil){
		err := expand(sys->fildes(0), sys->fildes(1));
		if(err != nil)
			fail(err);
	}
	for(; argv != nil; argv = tl argv){
		zname := hd argv;
		n := len zname - len ".gz";
		if(n <= 0 || zname[n:] != ".gz")
			fail(".gz extension required: " + zname);
		fd := sys->open(zname, Sys->OREAD);
		if(fd == nil)
			fail(sys->sprint("can't open %s: %r", zname));
		(nil, d) := sys->fstat(fd);
		name := names->basename(zname, ".gz");
		out := sys->create(name, Sys->OWRITE, d.mode & 8r777);
		if(out == nil)
			fail(sys->sprint("can't create %s: %r", name));
		err := expand(fd, out);
		if(err != nil){
			sys->remove(name);
			fail(zname + ": " + err);
		}
		if(sys->remove(zname) < 0)
			sys->fprint(sys->fildes(2), "gunzip: can't remove %s: %r\n", zname);
	}
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "gunzip: %s\n", s);
	raise "fail:errors";
}

# all members of a file, one after the other; nil or an error
expand(fd: ref Sys->FD, out: ref Sys->FD): string
{
	in := bufio->fopen(fd, Bufio->OREAD);
	left := array[0] of byte;	# read, but not used by the filter
	for(;;){
		rq := filter->start("h");
		err: string;
		(left, err) = member(rq, in, left, out);
		if(err != nil)
			return err;
		if(len left == 0){
			c := in.getb();
			if(c < 0)
				return nil;
			left = array[] of {byte c};
		}
		if(int left[0] != 16r1f)
			return nil;	# padding
	}
}

member(rq: chan of ref Rq, in: ref Iobuf, left: array of byte, out: ref Sys->FD): (array of byte, string)
{
	for(;;) pick m := <-rq {
	Start =>
		;
	Fill =>
		n := len left;
		if(n > 0){
			if(n > len m.buf)
				n = len m.buf;
			m.buf[0:] = left[0:n];
			left = left[n:];
		}else
			n = in.read(m.buf, len m.buf);
		m.reply <-= n;
		if(n < 0)
			return (nil, sys->sprint("read error: %r"));
	Result =>
		if(sys->write(out, m.buf, len m.buf) != len m.buf){
			m.reply <-= -1;
			return (nil, sys->sprint("write error: %r"));
		}
		m.reply <-= 0;
	Info =>
		if(verbose)
			sys->fprint(sys->fildes(2), "%s\n", m.msg);
	Finished =>
		a := array[len m.buf + len left] of byte;
		a[0:] = m.buf;
		a[len m.buf:] = left;
		return (a, nil);
	Error =>
		return (nil, m.e);
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "gunzip: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
