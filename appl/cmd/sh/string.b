implement Shellbuiltin;

#
# String operations of string(2) for the shell; see sh-string(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

sbuiltins: con "splitl splitr splitstrl splitstrr drop take tolower toupper len alen slice fields padl padr";

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	str = load String String->PATH;
	if(str == nil){
		sys->fprint(sys->fildes(2), "string: cannot load %s: %r\n", String->PATH);
		return "bad module";
	}
	c.addbuiltin("prefix", myself);
	c.addbuiltin("in", myself);
	(nil, names) := sys->tokenize(sbuiltins, " ");
	for(; names != nil; names = tl names)
		c.addsbuiltin(hd names, myself);
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

usage(c: ref Context, s: string)
{
	c.fail("usage", "usage: " + s);
}

two(c: ref Context, name: string, args: list of string): (string, string)
{
	if(len args != 2)
		usage(c, name + " arg1 arg2");
	return (hd args, hd tl args);
}

one(c: ref Context, name: string, args: list of string): string
{
	if(len args != 1)
		usage(c, name + " arg");
	return hd args;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	name := (hd cmd).word;
	(a, b) := two(c, name, sh->list2stringlist(tl cmd));
	ok := 0;
	case name {
	"prefix" =>
		ok = str->prefix(a, b);
	"in" =>
		ok = a != nil && str->in(a[0], b);
	}
	if(ok)
		return nil;
	return "false";
}

val(s: string): list of ref Listnode
{
	return ref Listnode(nil, s) :: nil;
}

pair(t: (string, string)): list of ref Listnode
{
	(a, b) := t;
	return ref Listnode(nil, a) :: ref Listnode(nil, b) :: nil;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	name := (hd cmd).word;
	args := sh->list2stringlist(tl cmd);
	case name {
	"splitl" or "splitr" or "splitstrl" or "splitstrr" or "drop" or "take" =>
		(a, b) := two(c, name, args);
		case name {
		"splitl" =>
			return pair(str->splitl(a, b));
		"splitr" =>
			return pair(str->splitr(a, b));
		"splitstrl" =>
			return pair(str->splitstrl(a, b));
		"splitstrr" =>
			return pair(str->splitstrr(a, b));
		"drop" =>
			return val(str->drop(a, b));
		}
		return val(str->take(a, b));
	"tolower" =>
		return val(str->tolower(one(c, name, args)));
	"toupper" =>
		return val(str->toupper(one(c, name, args)));
	"len" =>
		return val(string len one(c, name, args));
	"alen" =>
		return val(string len array of byte one(c, name, args));
	"slice" =>
		return slice(c, args);
	"fields" =>
		return fields(c, args);
	"padl" or "padr" =>
		return pad(c, name, args);
	}
	return nil;
}

slice(c: ref Context, args: list of string): list of ref Listnode
{
	if(len args != 3)
		usage(c, "slice start end arg");
	s := hd tl tl args;
	i := bound(hd args, len s);
	j := bound(hd tl args, len s);
	if(j < i)
		j = i;
	return val(s[i:j]);
}

bound(t: string, n: int): int
{
	if(t == "end")
		return n;
	i := int t;
	if(i < 0)
		return 0;
	if(i > n)
		return n;
	return i;
}

# n separators make n+1 fields
fields(c: ref Context, args: list of string): list of ref Listnode
{
	if(len args != 2)
		usage(c, "fields cl s");
	cl := hd args;
	s := hd tl args;
	l: list of string;
	j := 0;
	for(i := 0; i < len s; i++)
		if(str->in(s[i], cl)){
			l = s[j:i] :: l;
			j = i+1;
		}
	l = s[j:] :: l;
	r: list of ref Listnode;
	for(; l != nil; l = tl l)
		r = ref Listnode(nil, hd l) :: r;
	return r;
}

pad(c: ref Context, name: string, args: list of string): list of ref Listnode
{
	if(args == nil)
		usage(c, name + " n [arg...]");
	n := int hd args;
	s := "";
	for(args = tl args; args != nil; args = tl args){
		s += hd args;
		if(tl args != nil)
			s += " ";
	}
	if(n <= len s)
		return val(s);
	if(name == "padl")
		return val(sys->sprint("%*s", -n, s));
	return val(sys->sprint("%*s", n, s));
}
