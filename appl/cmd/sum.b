implement Sum;

#
# Checksums of files; see sum(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "crc.m";
	crc: Crc;

Sum: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	crc = load Crc Crc->PATH;
	if(crc == nil)
		nomod(Crc->PATH);
	if(argv != nil)
		argv = tl argv;
	if(argv == nil)
		sum(sys->fildes(0), "");
	for(; argv != nil; argv = tl argv){
		name := hd argv;
		(ok, d) := sys->stat(name);
		if(ok < 0){
			error(sys->sprint("cannot get status of %s: %r", name));
			continue;
		}
		if(d.mode & Sys->DMDIR)
			continue;
		fd := sys->open(name, Sys->OREAD);
		if(fd == nil)
			error(sys->sprint("cannot open %s: %r", name));
		else
			sum(fd, name);
	}
	if(failed)
		raise "fail:error";
}

# over the contents and then the length
sum(fd: ref Sys->FD, name: string)
{
	state := crc->init(0, 0);
	buf := array[32*1024] of byte;
	total := big 0;
	v := 0;
	while((n := sys->read(fd, buf, len buf)) > 0){
		v = crc->crc(state, buf, n);
		total += big n;
	}
	if(n < 0){
		error(sys->sprint("error reading %s: %r", name));
		return;
	}
	last := int total ^ int 16rcc55cc55;
	for(i := 0; i < 4; i++)
		buf[i] = byte (last >> (24 - 8*i));
	v = crc->crc(state, buf, 4);
	if(sys->print("%.8ux %6bd %s\n", v, total, name) < 0){
		sys->fprint(sys->fildes(2), "sum: write error: %r\n");
		raise "fail:write error";
	}
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "sum: %s\n", s);
	failed = 1;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sum: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
