implement Complete;

#
# Completion of file names; see complete(2).
#

include "sys.m";
	sys: Sys;

include "readdir.m";
	readdir: Readdir;

include "complete.m";

init()
{
	sys = load Sys Sys->PATH;
	readdir = load Readdir Readdir->PATH;
}

complete(dir, s: string): (ref Completion, string)
{
	if(sys == nil)
		init();
	for(i := 0; i < len s; i++)
		if(s[i] == '/')
			return (nil, "slash character in name argument to complete()");
	if(readdir == nil)
		return (nil, sys->sprint("cannot load %s: %r", Readdir->PATH));
	(d, n) := readdir->init(dir, Readdir->NAME|Readdir->COMPACT);
	if(n < 0)
		return (nil, sys->sprint("%r"));
	if(n == 0)
		return (nil, nil);
	names := array[n] of string;
	nm := 0;
	prefix: string;
	for(i = 0; i < n; i++){
		name := d[i].name;
		if(len name < len s || name[0:len s] != s)
			continue;
		if(nm == 0)
			prefix = name;
		else
			prefix = common(prefix, name);
		names[nm++] = display(d[i]);
	}
	c := ref Completion(0, 0, nil, nm, nil);
	if(nm == 0){
		for(i = 0; i < n; i++)
			names[i] = display(d[i]);
		c.filename = names;
		return (c, nil);
	}
	c.filename = names[0:nm];
	c.str = prefix[len s:];
	if(nm == 1){
		c.complete = 1;
		f := names[0];
		if(f[len f - 1] == '/')
			c.str += "/";
		else
			c.str += " ";
	}
	c.advance = c.str != "";
	return (c, nil);
}

display(d: ref Sys->Dir): string
{
	if(d.mode & Sys->DMDIR)
		return d.name + "/";
	return d.name;
}

common(a, b: string): string
{
	for(i := 0; i < len a && i < len b && a[i] == b[i]; i++)
		;
	return a[0:i];
}
