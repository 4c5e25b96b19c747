implement Kill;

#
# Kills processes by number or name of module; see kill(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Kill: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("kill [-g] pid|module [...]");
	msg := "kill";
	while((o := arg->opt()) != 0)
		case o {
		'g' =>	msg = "killgrp";
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	killed := "";
	nkilled := 0;
	for(; argv != nil; argv = tl argv)
		if(hd argv != nil && str->drop(hd argv, "0-9") == nil)
			nkilled += kill(hd argv, msg, 1);
		else{
			found := 0;
			for(pids := named(hd argv); pids != nil; pids = tl pids)
				if(kill(hd pids, msg, 0)){
					found = 1;
					if(killed != nil)
						killed += " ";
					killed += hd pids;
				}
			if(!found)
				sys->fprint(sys->fildes(2), "kill: cannot find %s\n", hd argv);
			nkilled += found;
		}
	if(killed != nil)
		sys->print("%s\n", killed);
	if(nkilled == 0)
		raise "fail:nothing killed";
}

kill(pid, msg: string, complain: int): int
{
	ctl := "/prog/" + pid + "/ctl";
	what := "open";
	fd := sys->open(ctl, Sys->OWRITE);
	if(fd != nil){
		if(sys->fprint(fd, "%s", msg) >= 0)
			return 1;
		what = "write to";
	}
	if(complain)
		sys->fprint(sys->fildes(2), "kill: cannot %s %s: %r\n", what, ctl);
	return 0;
}

# processes of a module, but for this one
named(name: string): list of string
{
	me := string sys->pctl(0, nil);
	l: list of string;
	(a, n) := readdir->init("/prog", Readdir->NONE);
	for(i := n; --i >= 0;)
		if(a[i].name != me && modname(a[i].name) == name)
			l = a[i].name :: l;
	return l;
}

# the last word of the status, up to the name of a built-in module that follows in brackets
modname(pid: string): string
{
	fd := sys->open("/prog/" + pid + "/status", Sys->OREAD);
	buf := array[1024] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return nil;
	(nil, words) := sys->tokenize(string buf[0:n], " \n");
	last := "";
	for(; words != nil; words = tl words)
		last = hd words;
	return str->splitl(last, "[").t0;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "kill: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
