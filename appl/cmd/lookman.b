implement Lookman;

#
# Finds pages of the manual by the words in them; see man(1).
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

Lookman: module
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
		sys->fprint(sys->fildes(2), "usage: lookman key ...\n");
		raise "fail:usage";
	}
	keys: list of string;
	for(argv = tl argv; argv != nil; argv = tl argv)
		keys = str->tolower(hd argv) :: keys;
	found := 0;
	(s, ns) := readdir->init("/man", Readdir->NAME | Readdir->COMPACT);
	for(i := 0; i < ns; i++){
		dir := "/man/" + s[i].name;
		(a, n) := readdir->init(dir, Readdir->NAME | Readdir->COMPACT);
		for(j := 0; j < n; j++)
			if(has(dir + "/" + a[j].name, keys)){
				found = 1;
				sys->print("man %s %s # %s(%s)\n", s[i].name, a[j].name, a[j].name, s[i].name);
			}
	}
	if(!found)
		raise "fail:not found";
}

# all of the keys, as whole words
has(file: string, keys: list of string): int
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil)
		return 0;
	left := keys;
	while(left != nil && (s := f.gets('\n')) != nil){
		s = str->tolower(s);
		rest: list of string;
		for(; left != nil; left = tl left)
			if(!contains(s, hd left))
				rest = hd left :: rest;
		left = rest;
	}
	return left == nil;
}

contains(s, key: string): int
{
	for(i := 0; i + len key <= len s; i++)
		if(s[i] == key[0] && s[i:i+len key] == key){
			if(i > 0 && letter(s[i-1]) && !(i > 1 && s[i-2] == '\\') && !(i > 2 && s[i-3] == '\\'))
				continue;
			if(i + len key < len s && letter(s[i + len key]))
				continue;
			return 1;
		}
	return 0;
}

letter(c: int): int
{
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "lookman: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
