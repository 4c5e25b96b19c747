implement Sig;

#
# How functions of library modules are declared, by the manual; see sig(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Sig: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "usage: sig function ...\n");
		raise "fail:usage";
	}
	(a, n) := readdir->init("/man/2", Readdir->NAME | Readdir->COMPACT);
	missing := 0;
	for(argv = tl argv; argv != nil; argv = tl argv){
		found := 0;
		for(i := 0; i < n; i++)
			found |= search(a[i].name, hd argv);
		if(!found){
			sys->fprint(sys->fildes(2), "sig: %s not found\n", hd argv);
			missing = 1;
		}
	}
	if(missing)
		raise "fail:not found";
}

# in the declarations of a page
search(page, name: string): int
{
	f := bufio->open("/man/2/" + page, Bufio->OREAD);
	if(f == nil)
		return 0;
	found := 0;
	example := 0;
	while((s := f.gets('\n')) != nil){
		if(str->prefix(".EX", s))
			example = 1;
		else if(str->prefix(".EE", s) || str->prefix(".SH DESCRIPTION", s))
			example = 0;
		else if(example && declares(s, name)){
			# a declaration may take several lines
			while(!ends(s) && (t := f.gets('\n')) != nil && t[0] != '.')
				s = s[0:len s - 1] + " " + str->drop(t, " \t");
			sys->print("%s(2)\t%s", page, str->drop(s, " \t"));
			found = 1;
		}
	}
	return found;
}

ends(s: string): int
{
	s = str->take(s, "^\n");
	(s, nil) = str->splitl(s, "#");
	while(s != nil && (s[len s - 1] == ' ' || s[len s - 1] == '\t'))
		s = s[0:len s - 1];
	return s != nil && (s[len s - 1] == ';' || s[len s - 1] == '}');
}

# is it one of the names before the colon and fn?
declares(s, name: string): int
{
	(names, t) := str->splitl(s, ":");
	if(len t < 4)
		return 0;
	t = str->drop(t[1:], " \t");
	if(!str->prefix("fn(", t) && !str->prefix("fn[", t))
		return 0;
	(nil, l) := sys->tokenize(names, " \t,");
	for(; l != nil; l = tl l)
		if(hd l == name)
			return 1;
	return 0;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sig: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
