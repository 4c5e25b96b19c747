implement Emuinit;

#
# The first program: starts the command given to emu, or else a login shell. See emu(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";

Emuinit: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

SHELL: con "/dis/sh.dis";
WITHVALUE: con "gcCmprfd";	# options of emu that take a value

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->bind("#e", "/env", Sys->MREPL|Sys->MCREATE);

	args := command(words(contents("#e/emuargs")));
	if(args == nil)
		args = "-l" :: nil;
	else{
		if(hd args == "sh")
			args = hd args :: hostscript(tl args);
		mod := find(hd args);
		if(mod != nil){
			mod->init(nil, args);
			return;
		}
		args = "sh" :: "-c" :: "$*" :: args;
	}
	sh := load Command SHELL;
	if(sh == nil){
		sys->fprint(sys->fildes(2), "emuinit: unable to load %s: %r\n", SHELL);
		raise "fail:error";
	}
	sh->init(nil, args);
}

# the program: a name here, or a .dis file of the host; the rest is left to the shell
find(name: string): Command
{
	if(name == nil)
		return nil;
	mod: Command;
	if(name[0] == '/' || name[0] == '#')
		mod = load Command name;
	else{
		mod = load Command "/dis/" + name;
		if(mod == nil)
			mod = load Command "/" + name;
	}
	if(mod == nil && len name > 4 && name[len name - 4:] == ".dis" && name[0] != '#'){
		host := name;
		if(name[0] != '/')
			host = contents("#e/emuwdir") + "/" + name;
		mod = load Command "#U*" + host;
	}
	return mod;
}

# arguments of sh: the file, if it is a script of the host that is to be run by emu, by its name here
hostscript(args: list of string): list of string
{
	if(args == nil || hd args == nil)
		return args;
	file := hd args;
	if(file[0] == '-'){
		if(contains(file, "c"))
			return args;
		return file :: hostscript(tl args);
	}
	if(file[0] != '/')
		file = contents("#e/emuwdir") + "/" + file;
	file = "#U*" + file;
	fd := sys->open(file, Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) < 2)
		return args;
	(nil, l) := sys->tokenize(string buf[0:n], "\n");
	if(l == nil || len hd l < 2 || (hd l)[0:2] != "#!" || !contains(hd l, "emu"))
		return args;
	return file :: tl args;
}

contents(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return nil;
	buf := array[Sys->ATOMICIO] of byte;
	n := 0;
	while((m := sys->read(fd, buf[n:], len buf - n)) > 0){
		n += m;
		if(n == len buf){
			b := array[2*n] of byte;
			b[0:] = buf;
			buf = b;
		}
	}
	return string buf[0:n];
}

# words quoted as by the shell
words(s: string): list of string
{
	l: list of string;
	i := 0;
	for(;;){
		while(i < len s && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n'))
			i++;
		if(i >= len s)
			break;
		w := "";
		quoted := 0;
		for(; i < len s; i++){
			if(s[i] == '\''){
				if(!quoted || i+1 >= len s || s[i+1] != '\''){
					quoted = !quoted;
					continue;
				}
				i++;
			}else if(!quoted && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n'))
				break;
			w[len w] = s[i];
		}
		l = w :: l;
	}
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# what follows emu's own name and options
command(args: list of string): list of string
{
	if(args != nil)
		args = tl args;
	while(args != nil && len hd args > 1 && (hd args)[0] == '-'){
		opt := hd args;
		args = tl args;
		if(opt == "--")
			break;
		if(opt[1] == '-')
			continue;	# in words, without a value
		for(i := 1; i < len opt; i++)
			if(contains(WITHVALUE, opt[i:i+1])){
				if(i == len opt - 1 && args != nil)
					args = tl args;
				break;
			}
	}
	return args;
}

contains(s, t: string): int
{
	for(i := 0; i + len t <= len s; i++)
		if(s[i:i+len t] == t)
			return 1;
	return 0;
}
