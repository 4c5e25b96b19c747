implement Timestamp;

#
# Puts the time before each line; see timestamp(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Timestamp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	tag := "";
	if(argv != nil && tl argv != nil)
		tag = hd tl argv + " ";
	start := sys->millisec();
	put(sys->sprint("%.10d %sstart %bd\n", 0, tag, now()));
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	while((s := in.gets('\n')) != nil){
		if(s[len s - 1] != '\n')
			s += "\n";
		put(sys->sprint("%.10d %s%s", sys->millisec() - start, tag, s));
	}
	if(in.ungetb() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "timestamp: read error: %r\n");
		raise "fail:read error";
	}
}

put(s: string)
{
	if(sys->print("%s", s) < 0){
		sys->fprint(sys->fildes(2), "timestamp: write error: %r\n");
		raise "fail:write error";
	}
}

# milliseconds since 1970
now(): big
{
	fd := sys->open("/dev/time", Sys->OREAD);
	buf := array[64] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return big 0;
	return big string buf[0:n] / big 1000;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "timestamp: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
