implement Ps;

#
# Lists processes; see ps(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Ps: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	(a, n) := readdir->init("/prog", Readdir->NONE);
	if(n < 0){
		sys->fprint(sys->fildes(2), "ps: can't read /prog: %r\n");
		raise "fail:error";
	}
	out := "";
	for(i := 0; i < n; i++)
		if(str->drop(a[i].name, "0-9") == nil)
			out += status("/prog/" + a[i].name + "/status");
	if(sys->print("%s", out) < 0){
		sys->fprint(sys->fildes(2), "ps: write error: %r\n");
		raise "fail:write error";
	}
}

# the process may be gone
status(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	buf := array[1024] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return nil;
	s := string buf[0:n];
	if(s[len s - 1] != '\n')
		s += "\n";
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ps: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
