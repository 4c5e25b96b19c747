implement Shellbuiltin;

#
# Modules under a name of their own: their commands are arguments of that name; see sh-mload(1).
#
# A name has tables of builtins apart from those of the shell. While a module of the name is set
# up it is given a context with these tables, and so defines its builtins there.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Listnode, Context, Environment, Builtins: import sh;
	myself: Shellbuiltin;

# the tables of a name, and the modules in them
Space: adt
{
	name:	string;
	env:	ref Environment;
};

spaces: list of ref Space;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	c.addbuiltin("mload", myself);
	c.addbuiltin("munload", myself);
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, name: string, wtype: int): string
{
	if(wtype == OTHER || name == "mload" || name == "munload")
		return nil;
	s := find(name);
	if(s == nil)
		return nil;
	t := "";
	for(l := s.env.bmods; l != nil; l = tl l){
		(mname, nil) := hd l;
		t = " " + mname + t;
	}
	return "mload " + sh->quoted(ref Listnode(nil, name) :: nil, 0) + t;
}

find(name: string): ref Space
{
	for(l := spaces; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

usage(c: ref Context, s: string)
{
	c.fail("usage", "usage: " + s);
}

lookup(b: ref Builtins, name: string): Shellbuiltin
{
	for(i := 0; i < b.n; i++){
		(s, mods) := b.ba[i];
		if(s == name && mods != nil)
			return hd mods;
	}
	return nil;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, last: int): string
{
	name := (hd cmd).word;
	args := tl cmd;
	case name {
	"mload" =>
		mload(c, sh->list2stringlist(args));
		return nil;
	"munload" =>
		munload(c, sh->list2stringlist(args));
		return nil;
	}
	(mod, l) := select(c, name, args, 0);
	return mod->runbuiltin(c, sh, l, last);
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	(mod, l) := select(c, (hd cmd).word, tl cmd, 1);
	return mod->runsbuiltin(c, sh, l);
}

# module that has the command args of the name, and the command
select(c: ref Context, name: string, args: list of ref Listnode, sub: int): (Shellbuiltin, list of ref Listnode)
{
	s := find(name);
	if(s == nil)
		c.fail("unknown", sys->sprint("unknown namespace %s", name));
	if(args == nil)
		usage(c, name + " command");
	cname := hd sh->list2stringlist(args);
	b := s.env.builtins;
	if(sub)
		b = s.env.sbuiltins;
	mod := lookup(b, cname);
	if(mod == nil)
		c.fail("unknown cmd", sys->sprint("unknown command %s", cname));
	return (mod, ref Listnode(nil, cname) :: tl args);
}

# c with the tables of s
within(c: ref Context, s: ref Space): ref Context
{
	s.env.localenv = c.env.localenv;
	return ref Context(s.env, c.waitfd, c.drawcontext, c.keepfds);
}

newtable(): ref Builtins
{
	return ref Builtins(array[10] of (string, list of Shellbuiltin), 0);
}

mload(c: ref Context, args: list of string)
{
	if(args == nil || hd args == nil)
		usage(c, "mload name [module...]");
	name := hd args;
	if(name == "mload" || name == "munload")
		c.fail("usage", sys->sprint("mload: bad name %s", name));
	s := find(name);
	if(s == nil){
		s = ref Space(name, ref Environment(newtable(), newtable(), nil, nil));
		spaces = s :: spaces;
	}
	c.addbuiltin(name, myself);
	c.addsbuiltin(name, myself);
	for(args = tl args; args != nil; args = tl args)
		if(!hasmodule(s, hd args))
			loadin(c, s, hd args);
}

hasmodule(s: ref Space, name: string): int
{
	for(l := s.env.bmods; l != nil; l = tl l){
		(mname, nil) := hd l;
		if(mname == name)
			return 1;
	}
	return 0;
}

loadin(c: ref Context, s: ref Space, name: string)
{
	path := name;
	if(len path < 4 || path[len path - 4:] != ".dis")
		path += ".dis";
	if(path[0] != '/' && !(len path >= 2 && path[0:2] == "./"))
		path = "/dis/sh/" + path;
	mod := load Shellbuiltin path;
	if(mod == nil)
		c.fail("bad module", sys->sprint("mload: cannot load %s: %r", path));
	err := mod->initbuiltin(within(c, s), sh);
	if(err != nil)
		c.fail(err, sys->sprint("mload: module init failed: %s", err));
	s.env.bmods = (name, mod->getself()) :: s.env.bmods;
}

munload(c: ref Context, args: list of string)
{
	if(args == nil)
		usage(c, "munload name [module...]");
	s := find(hd args);
	if(s == nil)
		c.fail("unknown", sys->sprint("unknown namespace %s", hd args));
	if(tl args == nil){
		forget(c, s);
		return;
	}
	for(args = tl args; args != nil; args = tl args){
		if(!hasmodule(s, hd args))
			c.fail("unknown", sys->sprint("unknown module %s", hd args));
		keep: list of (string, Shellbuiltin);
		for(l := s.env.bmods; l != nil; l = tl l){
			(mname, mod) := hd l;
			if(mname == hd args){
				purge(s.env.builtins, mod);
				purge(s.env.sbuiltins, mod);
			}else
				keep = hd l :: keep;
		}
		s.env.bmods = nil;
		for(; keep != nil; keep = tl keep)
			s.env.bmods = hd keep :: s.env.bmods;
	}
}

forget(c: ref Context, s: ref Space)
{
	c.removebuiltin(s.name, myself);
	c.removesbuiltin(s.name, myself);
	l := spaces;
	spaces = nil;
	for(; l != nil; l = tl l)
		if(hd l != s)
			spaces = hd l :: spaces;
}

# remove the definitions of mod
purge(b: ref Builtins, mod: Shellbuiltin)
{
	n := 0;
	for(i := 0; i < b.n; i++){
		(name, mods) := b.ba[i];
		left: list of Shellbuiltin;
		for(; mods != nil; mods = tl mods)
			if(hd mods != mod)
				left = hd mods :: left;
		mods = nil;
		for(; left != nil; left = tl left)
			mods = hd left :: mods;
		if(mods != nil)
			b.ba[n++] = (name, mods);
	}
	for(i = n; i < b.n; i++)
		b.ba[i] = (nil, nil);
	b.n = n;
}
