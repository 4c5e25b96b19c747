implement Src;

#
# Where the sources of commands are; see src(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "dis.m";
	dis: Dis;

Src: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	dis = load Dis Dis->PATH;
	if(dis == nil){
		sys->fprint(sys->fildes(2), "src: cannot load %s: %r\n", Dis->PATH);
		raise "fail:bad module";
	}
	dis->init();
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "usage: src file ...\n");
		raise "fail:usage";
	}
	failed := 0;
	for(argv = tl argv; argv != nil; argv = tl argv){
		s := source(hd argv);
		if(s == nil){
			sys->fprint(sys->fildes(2), "src: no source for %s\n", hd argv);
			failed = 1;
		}else
			sys->print("%s\n", s);
	}
	if(failed)
		raise "fail:not found";
}

# of an object file, or of the command of that name; a script is its own source
source(name: string): string
{
	l := list of {name, name + ".dis"};
	if(name[0] != '/' && (len name < 2 || name[0:2] != "./"))
		l = "/dis/" + name :: "/dis/" + name + ".dis" :: l;
	for(; l != nil; l = tl l){
		(ok, d) := sys->stat(hd l);
		if(ok < 0 || d.mode & Sys->DMDIR)
			continue;
		s := dis->src(hd l);
		if(s != nil)
			return s;
		fd := sys->open(hd l, Sys->OREAD);
		buf := array[2] of byte;
		if(fd != nil && sys->read(fd, buf, 2) == 2 && string buf == "#!")
			return hd l;
	}
	return nil;
}
