implement Man;

#
# Shows pages of the manual; see man(1).
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

Man: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

USAGE: con "Usage: man [-bnSwpf] [0-9] [0-9] ... name1 name2 ...\n";

Formatter: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(ctxt: ref Draw->Context, argv: list of string)
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
	if(argv != nil)
		argv = tl argv;
	names, sections: list of string;
	where, page, keys: int = 0;
	for(; argv != nil; argv = tl argv){
		a := hd argv;
		if(len a > 1 && a[0] == '-'){
			for(i := 1; i < len a; i++)
				case a[i] {
				'w' =>	where = 1;
				'p' =>	page = 1;
				'k' =>	keys = 1;
				'b' or 'n' or 'S' or 'f' =>	;
				* =>
					sys->fprint(sys->fildes(2), "%s", USAGE);
					raise "fail:usage";
				}
		}else if(str->drop(a, "0-9") == nil && names == nil)
			sections = a :: sections;
		else
			names = a :: names;
	}
	if(names == nil){
		sys->print("%s", USAGE);
		return;
	}
	if(sections == nil){
		(a, n) := readdir->init("/man", Readdir->NAME | Readdir->COMPACT);
		for(i := n; --i >= 0;)
			sections = a[i].name :: sections;
	}else
		sections = reverse(sections);
	if(keys){
		if(!apropos(reverse(names), sections)){
			sys->print("man: nothing appropriate\n");
			raise "fail:nothing appropriate";
		}
		return;
	}
	files: list of string;
	failed := 0;
	for(names = reverse(names); names != nil; names = tl names){
		l := find(hd names, sections);
		if(l == nil)
			failed = 1;
		for(; l != nil; l = tl l)
			files = hd l :: files;
	}
	if(files == nil){
		sys->print("man: no manual page\n");
		raise "fail:no manual page";
	}
	files = reverse(files);
	if(where){
		for(; files != nil; files = tl files)
			sys->print("%s\n", hd files);
	}else
		show(ctxt, files, page);
	if(failed)
		raise "fail:no manual page";
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# the page of that name in each section, or else one that describes it with others
find(name: string, sections: list of string): list of string
{
	r: list of string;
	for(s := sections; s != nil; s = tl s){
		file := "/man/" + hd s + "/" + name;
		if(sys->stat(file).t0 >= 0)
			r = file :: r;
	}
	if(r != nil)
		return reverse(r);
	for(s = sections; s != nil; s = tl s){
		dir := "/man/" + hd s;
		(a, n) := readdir->init(dir, Readdir->NAME | Readdir->COMPACT);
		for(i := 0; i < n; i++)
			if(describes(dir + "/" + a[i].name, name))
				r = dir + "/" + a[i].name :: r;
	}
	return reverse(r);
}

# pages whose line in NAME has all of the words
apropos(words, sections: list of string): int
{
	found := 0;
	for(; sections != nil; sections = tl sections){
		dir := "/man/" + hd sections;
		(a, n) := readdir->init(dir, Readdir->NAME | Readdir->COMPACT);
		for(i := 0; i < n; i++){
			s := nameline(dir + "/" + a[i].name);
			for(l := words; l != nil; l = tl l)
				if((str->splitstrl(str->tolower(s), str->tolower(hd l))).t1 == nil)
					break;
			if(l != nil || s == nil)
				continue;
			found = 1;
			(names, what) := str->splitstrl(s, "\\-");
			if(len what > 2)
				what = str->drop(what[2:], " ");
			sys->print("%s(%s): %s- %s\n", a[i].name, hd sections, names, what);
		}
	}
	return found;
}

# is it one of the names before the dash of the section NAME, or the last element of one?
describes(file, name: string): int
{
	(s, nil) := str->splitstrl(nameline(file), "\\-");
	(nil, l) := sys->tokenize(s, " ,:\t");
	for(; l != nil; l = tl l)
		if(hd l == name || str->splitr(hd l, "/").t1 == name)
			return 1;
	return 0;
}

# what stands in the section NAME
nameline(file: string): string
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil)
		return nil;
	for(i := 0; i < 12 && (s := f.gets('\n')) != nil; i++)
		if(str->prefix(".SH NAME", s)){
			s = f.gets('\n');
			if(s != nil && s[len s - 1] == '\n')
				s = s[0:len s - 1];
			return s;
		}
	return nil;
}

show(ctxt: ref Draw->Context, files: list of string, page: int)
{
	fmt := load Formatter "/dis/man2txt.dis";
	if(fmt == nil)
		nomod("/dis/man2txt.dis");
	if(!page){
		fmt->init(ctxt, "man2txt" :: files);
		return;
	}
	pager := load Formatter "/dis/p.dis";
	if(pager == nil)
		nomod("/dis/p.dis");
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0){
		sys->fprint(sys->fildes(2), "man: can't make pipe: %r\n");
		raise "fail:error";
	}
	started := chan of int;
	spawn formatter(fmt, ctxt, files, p[1], started);
	<-started;
	p[1] = nil;
	sys->dup(p[0].fd, 0);
	p[0] = nil;
	pager->init(ctxt, "p" :: nil);
}

formatter(fmt: Formatter, ctxt: ref Draw->Context, files: list of string, fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWFD, 2 :: fd.fd :: nil);
	sys->dup(fd.fd, 1);
	sys->pctl(Sys->NEWFD, 1 :: 2 :: nil);
	fd = nil;
	started <-= 1;
	{
		fmt->init(ctxt, "man2txt" :: files);
	}exception{
	"write on closed pipe" =>
		;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "man: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
