implement Netstat;

#
# Lists network connections; see netstat(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Netstat: module
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
	for(l := "tcp" :: "udp" :: "il" :: "unix" :: nil; l != nil; l = tl l){
		dir := "/net/" + hd l;
		(a, n) := readdir->init(dir, Readdir->NAME | Readdir->COMPACT);
		c := array[n + 1] of int;
		nc := 0;
		for(i := 0; i < n; i++)
			if(str->drop(a[i].name, "0-9") == nil){
				v := int a[i].name;
				for(j := nc++; j > 0 && c[j-1] > v; j--)
					c[j] = c[j-1];
				c[j] = v;
			}
		for(i = 0; i < nc; i++)
			show(hd l, dir, string c[i]);
	}
}

show(proto, dir, conv: string)
{
	dir += "/" + conv;
	(ok, d) := sys->stat(dir + "/ctl");
	if(ok < 0)
		return;
	state := word(dir + "/status");
	if(state == "Closed")
		return;
	sys->print("%-10s %-10s %-12s %-20s %s\n", proto + "/" + conv, d.uid, state, word(dir + "/local"), word(dir + "/remote"));
}

word(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "";
	(nil, l) := sys->tokenize(string buf[0:n], " \t\n");
	if(l == nil)
		return "";
	return hd l;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "netstat: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
