implement Test;

#
# Evaluates a condition; see test(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "daytime.m";
	daytime: Daytime;

include "string.m";
	str: String;

Test: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

args: list of string;
lone: int;	# nothing is asked but a word; with others a word is true in any case

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv == nil || tl argv == nil)
		raise "fail:usage";
	args = tl argv;
	lone = len args == 1 || len args == 2 && hd args == "!";
	v := orexpr();
	if(args != nil)
		syntax("unexpected operator/operand: " + hd args);
	if(!v)
		raise "fail:false";
}

syntax(s: string)
{
	sys->fprint(sys->fildes(2), "test: bad syntax: %s\n", s);
	raise "fail:bad syntax";
}

next(): string
{
	if(args == nil)
		syntax("argument expected");
	s := hd args;
	args = tl args;
	return s;
}

is(s: string): int
{
	if(args == nil || hd args != s)
		return 0;
	args = tl args;
	return 1;
}

orexpr(): int
{
	v := andexpr();
	while(is("-o"))
		v |= andexpr();
	return v;
}

andexpr(): int
{
	v := notexpr();
	while(is("-a"))
		v &= notexpr();
	return v;
}

notexpr(): int
{
	if(args != nil && hd args == "!" && tl args != nil){
		args = tl args;
		return !notexpr();
	}
	return primary();
}

binary(op: string): int
{
	case op {
	"=" or "!=" or "-eq" or "-ne" or "-gt" or "-lt" or "-ge" or "-le" or "-older" or "-nt" or "-ot" =>
		return 1;
	}
	return 0;
}

primary(): int
{
	a := next();
	# an operator between two operands comes first, so that any word can be compared
	if(args != nil && binary(hd args) && tl args != nil){
		op := next();
		return compare(a, op, next());
	}
	if(a == "("){
		v := orexpr();
		if(!is(")"))
			syntax("missing )");
		return v;
	}
	case a {
	"-f" =>
		d := stat(next());
		return d != nil && (d.mode & Sys->DMDIR) == 0;
	"-d" =>
		return mode(next(), Sys->DMDIR);
	"-A" =>
		return mode(next(), Sys->DMAPPEND);
	"-L" =>
		return mode(next(), Sys->DMEXCL);
	"-T" =>
		return mode(next(), Sys->DMTMP);
	"-r" =>
		return access(next(), 8r4);
	"-w" =>
		return access(next(), 8r2);
	"-x" =>
		return access(next(), 8r1);
	"-e" =>
		return stat(next()) != nil;
	"-s" =>
		d := stat(next());
		return d != nil && d.length > big 0;
	"-t" =>
		if(args == nil || str->drop(hd args, "0-9") != nil)
			return iscons(1);
		return iscons(int next());
	"-n" =>
		return next() != nil;
	"-z" =>
		return next() == nil;
	}
	if(len a > 1 && a[0] == '-' && args != nil && hd args != "-a" && hd args != "-o" && hd args != ")")
		syntax("unknown operator " + a);
	if(args != nil && len hd args > 1 && (hd args)[0] == '-' && hd args != "-a" && hd args != "-o")
		syntax("unknown operator " + hd args);
	return !lone || a != nil;
}

stat(name: string): ref Sys->Dir
{
	(ok, d) := sys->stat(name);
	if(ok < 0)
		return nil;
	return ref d;
}

mode(name: string, bit: int): int
{
	d := stat(name);
	return d != nil && (d.mode & bit) != 0;
}

access(name: string, perm: int): int
{
	d := stat(name);
	if(d == nil)
		return 0;
	fd := sys->open("/dev/user", Sys->OREAD);
	buf := array[128] of byte;
	if(fd != nil && (n := sys->read(fd, buf, len buf)) > 0 && string buf[0:n] == d.uid)
		perm <<= 6;
	return (d.mode & perm) != 0;
}

iscons(n: int): int
{
	fd := sys->fildes(n);
	if(fd == nil)
		return 0;
	(ok, d) := sys->fstat(fd);
	c := stat("/dev/cons");
	return ok >= 0 && c != nil && d.dtype == c.dtype && d.qid.path == c.qid.path;
}

compare(a, op, b: string): int
{
	case op {
	"=" =>
		return a == b;
	"!=" =>
		return a != b;
	"-older" =>
		d := stat(a);
		return d != nil && older(*d, b);
	"-nt" or "-ot" =>
		d := stat(a);
		e := stat(b);
		if(d == nil || e == nil)
			return d != nil && op == "-nt" || e != nil && op == "-ot";
		if(op == "-nt")
			return seconds(*d) > seconds(*e);
		return seconds(*d) < seconds(*e);
	}
	(x, rx) := str->tobig(a, 10);
	(y, ry) := str->tobig(b, 10);
	if(a == nil || rx != nil || b == nil || ry != nil)
		syntax("unknown operator " + op);
	case op {
	"-eq" =>	return x == y;
	"-ne" =>	return x != y;
	"-gt" =>	return x > y;
	"-lt" =>	return x < y;
	"-ge" =>	return x >= y;
	}
	return x <= y;
}

# by more than an age such as 3d2h
older(d: Sys->Dir, age: string): int
{
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	limit := big 0;
	for(s := age; s != nil;){
		(n, rest) := str->tobig(s, 10);
		if(len rest == len s)
			syntax("bad time " + age);
		if(rest != nil)
			case rest[0] {
			'y' =>	n *= big (365*24*3600);
			'M' =>	n *= big (30*24*3600);
			'd' =>	n *= big (24*3600);
			'h' =>	n *= big 3600;
			'm' =>	n *= big 60;
			's' =>	;
			* =>	syntax("bad time " + age);
			}
		limit += n;
		if(rest != nil)
			rest = rest[1:];
		s = rest;
	}
	return seconds(d) + limit < big daytime->now();
}

# when it changed; the times of files have no sign
seconds(d: Sys->Dir): big
{
	return big d.mtime & 16rffffffff;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "test: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
