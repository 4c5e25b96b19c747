implement Shellbuiltin;

#
# Parsing of options in scripts; see sh-arg(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	c.addbuiltin("arg", myself);
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, nil: string, nil: int): string
{
	return nil;
}

runsbuiltin(nil: ref Context, nil: Sh, nil: list of ref Listnode): list of ref Listnode
{
	return nil;
}

# an entry: option letters, number of arguments, command
Option: adt
{
	letters:	string;
	nargs:		int;
	cmd:		ref Listnode;
};

word(n: ref Listnode): string
{
	return hd sh->list2stringlist(n :: nil);
}

isblock(n: ref Listnode): int
{
	return n.cmd != nil || n.word != nil && n.word[0] == '{';
}

usage(c: ref Context)
{
	c.fail("usage", "usage: arg [opts {command}]... - args");
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	options: list of Option;
	args := c.get("*");
	for(l := tl cmd; l != nil; l = tl tl l){
		n := hd l;
		if(n.cmd == nil && n.word == "-"){
			args = tl l;
			break;
		}
		if(isblock(n) || n.word == nil || tl l == nil || !isblock(hd tl l))
			usage(c);
		s := n.word;
		for(i := len s; i > 0 && s[i-1] == '+'; i--)
			;
		if(i == 0)
			usage(c);
		options = Option(s[0:i], len s - i, hd tl l) :: options;
	}
	table: list of Option;
	for(; options != nil; options = tl options)
		table = hd options :: table;

	rest: list of ref Listnode;
	broken := 0;
	c.push();
	{
		(rest, broken) = parse(c, table, args);
	} exception e {
	"fail:*" =>
		c.pop();
		raise e;
	}
	c.pop();
	if(!broken){
		c.set("args", rest);
		c.set("*", rest);
	}
	return nil;
}

# (arguments after the options, a command said break)
parse(c: ref Context, table: list of Option, args: list of ref Listnode): (list of ref Listnode, int)
{
	while(args != nil){
		n := hd args;
		w := word(n);
		if(n.cmd != nil || len w < 2 || w[0] != '-')
			break;
		args = tl args;
		if(w == "--")
			break;
		for(i := 1; i < len w; i++){
			o := find(c, table, w[i]);
			vals: list of ref Listnode;
			if(o.nargs > 0){
				k := o.nargs;
				if(i+1 < len w){
					vals = ref Listnode(nil, w[i+1:]) :: nil;
					k--;
				}
				for(; k > 0 && args != nil; k--){
					vals = hd args :: vals;
					args = tl args;
				}
				if(k > 0)
					c.fail("usage", sys->sprint("option -%c requires %d arguments", w[i], o.nargs));
			}
			r: list of ref Listnode;
			for(; vals != nil; vals = tl vals)
				r = hd vals :: r;
			c.setlocal("opt", ref Listnode(nil, sys->sprint("%c", w[i])) :: nil);
			c.setlocal("arg", r);
			if(runoption(c, o.cmd))
				return (nil, 1);
			if(o.nargs > 0)
				break;
		}
	}
	return (args, 0);
}

find(c: ref Context, table: list of Option, opt: int): Option
{
	for(; table != nil; table = tl table){
		o := hd table;
		for(i := 0; i < len o.letters; i++)
			if(o.letters[i] == opt || o.letters[i] == '*')
				return o;
	}
	c.fail("usage", sys->sprint("unknown option -%c", opt));
	return (nil, 0, nil);
}

# non-zero: it ended by break
runoption(c: ref Context, cmd: ref Listnode): int
{
	{
		c.run(cmd :: nil, 0);
	} exception {
	"fail:break" =>
		return 1;
	"fail:continue" =>
		;
	}
	return 0;
}
