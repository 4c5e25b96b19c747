implement Gzip;

#
# Compresses files; see gzip(1).
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

Gzip: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

verbose, debug: int;
level := 6;

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
	filter = load Filter Filter->DEFLATEPATH;
	if(filter == nil)
		nomod(Filter->DEFLATEPATH);
	filter->init();
	arg->init(argv);
	arg->setusage("gzip [-vD1-9] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	verbose = 1;
		'D' =>	debug = 1;
		'1' to '9' =>	level = o - '0';
		* =>	arg->usage();
		}
	argv = arg->argv();
	param := "h" + string level;
	if(verbose)
		param += "v";
	if(debug)
		param += "d";
	if(argv == nil){
		err := compress(sys->fildes(0), sys->fildes(1), param);
		if(err != nil){
			sys->fprint(sys->fildes(2), "gzip: %s\n", err);
			raise "fail:errors";
		}
	}
	for(; argv != nil; argv = tl argv){
		name := hd argv;
		fd := sys->open(name, Sys->OREAD);
		if(fd == nil){
			sys->fprint(sys->fildes(2), "gzip: can't open %s: %r\n", name);
			continue;
		}
		(nil, d) := sys->fstat(fd);
		if(d.mode & Sys->DMDIR){
			sys->fprint(sys->fildes(2), "gzip: %s is a directory\n", name);
			raise "fail:errors";
		}
		zname := names->basename(name, nil) + ".gz";
		out := sys->create(zname, Sys->OWRITE, d.mode & 8r777);
		if(out == nil){
			sys->fprint(sys->fildes(2), "gzip: can't create %s: %r\n", zname);
			raise "fail:errors";
		}
		err := compress(fd, out, param);
		if(err != nil){
			sys->fprint(sys->fildes(2), "gzip: %s: %s\n", name, err);
			sys->remove(zname);
			raise "fail:errors";
		}
		if(verbose){
			(nil, z) := sys->fstat(out);
			pct := big 0;
			if(d.length > big 0)
				pct = z.length * big 100 / d.length;
			sys->fprint(sys->fildes(2), "%s: compressed from %bd to %bd bytes, %bd%%\n", name, d.length, z.length, pct);
		}
		if(sys->remove(name) < 0)
			sys->fprint(sys->fildes(2), "gzip: can't remove %s: %r\n", name);
	}
}

# nil or an error
compress(in, out: ref Sys->FD, param: string): string
{
	rq := filter->start(param);
	for(;;) pick m := <-rq {
	Start =>
		;
	Fill =>
		n := sys->read(in, m.buf, len m.buf);
		m.reply <-= n;
		if(n < 0)
			return sys->sprint("read error: %r");
	Result =>
		if(sys->write(out, m.buf, len m.buf) != len m.buf){
			m.reply <-= -1;
			return sys->sprint("write error: %r");
		}
		m.reply <-= 0;
	Info =>
		if(verbose || debug)
			sys->fprint(sys->fildes(2), "%s\n", m.msg);
	Finished =>
		return nil;
	Error =>
		return m.e;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "gzip: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
