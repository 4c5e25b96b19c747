implement Lstar;

#
# Lists an archive; see gettar(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

Lstar: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "lstar";

include "tar.inc";

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	in := sys->fildes(0);
	while((h := header(in)) != nil){
		sys->print("%s %ud %bd 0\n", h.name, h.mtime, h.size);
		skip(in, h.size);
	}
	if(failed)
		raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "lstar: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
