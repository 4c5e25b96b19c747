implement Disdep;

#
# The object files that an object file loads, as far as its strings tell; see disdep(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dis.m";
	dis: Dis;
	Data, Mod: import dis;

Disdep: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

all, pairs, direct, paths, system: int;
seen: list of string;
failed := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dis = load Dis Dis->PATH;
	if(dis == nil)
		nomod(Dis->PATH);
	dis->init();
	arg->init(argv);
	arg->setusage("disdep [-a] [-d] [-o] [-p] [-s] file.dis ...");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	all = 1;
		'd' =>	pairs = 1;
		'o' =>	direct = 1;
		'p' =>	paths = 1;
		's' =>	system = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	for(; argv != nil; argv = tl argv){
		if(all)
			seen = nil;
		(m, err) := dis->loadobj(hd argv);
		if(m == nil){
			complain(hd argv, err);
			continue;
		}
		dependencies(m, hd argv, hd argv);
	}
	if(failed)
		raise "fail:errors";
}

complain(file, err: string)
{
	sys->fprint(sys->fildes(2), "disdep: can't open %s: %s\n", file, err);
	failed = 1;
}

# names each file that m mentions, and then what that one mentions; path: how m was reached
dependencies(m: ref Mod, file, path: string)
{
	for(l := m.data; l != nil; l = tl l)
		pick d := hd l {
		String =>
			if(!isfile(d.str) || ismember(d.str, seen))
				continue;
			seen = d.str :: seen;
			if(d.str[0] != '$' || system)
				show(file, path, d.str);
			if(d.str[0] == '$' || direct)
				continue;
			(n, err) := dis->loadobj(d.str);
			if(n != nil)
				dependencies(n, d.str, path + " " + d.str);
			else if(sys->stat(d.str).t0 >= 0)	# a name that stands for nothing is no dependency to follow
				complain(d.str, err);
		}
}

show(file, path, name: string)
{
	if(paths)
		sys->print("%s %s\n", path, name);
	else if(pairs)
		sys->print("%s %s\n", file, name);
	else
		sys->print("%s\n", name);
}

# $Module or /any/path.dis
isfile(s: string): int
{
	if(len s < 2)
		return 0;
	if(s[0] == '$'){
		for(i := 1; i < len s; i++)
			if(!(s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= '0' && s[i] <= '9'))
				return 0;
		return s[1] >= 'A' && s[1] <= 'Z';
	}
	if(s[0] != '/' && s[0] != '#' || len s < 6 || s[len s - 4:] != ".dis")
		return 0;
	for(i := 0; i < len s; i++)
		if(s[i] <= ' ' || s[i] == '%')
			return 0;
	return 1;
}

ismember(s: string, l: list of string): int
{
	for(; l != nil; l = tl l)
		if(hd l == s)
			return 1;
	return 0;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "disdep: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
