implement Shellbuiltin;

#
# Regular expressions for the shell; see sh-regex(1) and regexp(6).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "regex.m";
	regex: Regex;

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
	regex = load Regex Regex->PATH;
	if(regex == nil){
		sys->fprint(sys->fildes(2), "regex: cannot load %s: %r\n", Regex->PATH);
		return "bad module";
	}
	c.addbuiltin("match", myself);
	c.addsbuiltin("re", myself);
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

compile(c: ref Context, e: string, parts: int): Regex->Re
{
	(re, err) := regex->compile(e, parts);
	if(err != nil || re == nil)
		c.fail("bad regex", sys->sprint("regex: bad regex \"%s\": %s", e, err));
	return re;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := sh->list2stringlist(tl cmd);
	if(args == nil)
		usage(c, "match regexp [arg...]");
	re := compile(c, hd args, 0);
	for(args = tl args; args != nil; args = tl args)
		if(regex->execute(re, hd args) == nil)
			return "no match";
	return nil;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	args := sh->list2stringlist(tl cmd);
	if(args == nil || tl args == nil)
		usage(c, "re (g|v|s|sg|m|mg|M) arg...");
	op := hd args;
	e := hd tl args;
	args = tl tl args;
	l: list of string;
	case op {
	"g" or "v" =>
		re := compile(c, e, 0);
		for(; args != nil; args = tl args)
			if((regex->execute(re, hd args) != nil) == (op == "g"))
				l = hd args :: l;
	"s" or "sg" =>
		if(args == nil)
			usage(c, "re " + op + " regexp subst [arg...]");
		re := compile(c, e, 1);
		subst := hd args;
		for(args = tl args; args != nil; args = tl args)
			l = substitute(re, subst, hd args, op == "sg") :: l;
	"m" or "mg" or "M" =>
		if(len args != 1)
			usage(c, "re " + op + " arg");
		l = matches(compile(c, e, op == "M"), hd args, op);
	* =>
		usage(c, "re (g|v|s|sg|m|mg|M) arg...");
	}
	r: list of ref Listnode;
	for(; l != nil; l = tl l)
		r = ref Listnode(nil, hd l) :: r;
	return r;
}

# last one first
matches(re: Regex->Re, s, op: string): list of string
{
	l: list of string;
	pos := 0;
	while(pos <= len s){
		m := regex->executese(re, s, (pos, len s), pos == 0, 1);
		if(m == nil)
			break;
		if(op == "M"){
			for(i := 0; i < len m; i++)
				l = part(s, m, i) :: l;
			break;
		}
		(b, e) := m[0];
		l = s[b:e] :: l;
		if(op == "m" || e == b)
			break;
		pos = e;
	}
	return l;
}

part(s: string, m: array of (int, int), i: int): string
{
	if(i >= len m)
		return "";
	(b, e) := m[i];
	if(b < 0 || e < b)
		return "";
	return s[b:e];
}

substitute(re: Regex->Re, subst, s: string, all: int): string
{
	r := "";
	pos := 0;
	do{
		m := regex->executese(re, s, (pos, len s), pos == 0, 1);
		if(m == nil)
			break;
		(b, e) := m[0];
		r += s[pos:b] + expand(subst, s, m);
		pos = e;
		if(e == b){
			# an empty match: the next one is a character further on
			if(pos == len s)
				break;
			r[len r] = s[pos++];
		}
	}while(all && pos <= len s);
	return r + s[pos:];
}

# \0 to \9 are the match and its parts, \c is c
expand(subst, s: string, m: array of (int, int)): string
{
	r := "";
	for(i := 0; i < len subst; i++){
		c := subst[i];
		if(c == '\\' && i+1 < len subst){
			c = subst[++i];
			if(c >= '0' && c <= '9'){
				r += part(s, m, c - '0');
				continue;
			}
		}
		r[len r] = c;
	}
	return r;
}
