implement Shellbuiltin;

#
# S-expressions for the shell; see sh-sexprs(1) and sexprs(6).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "sexprs.m";
	sexprs: Sexprs;
	Sexp: import sexprs;

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

MAXERR: con 10;		# errors in a row before getsexprs gives up

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil){
		sys->fprint(sys->fildes(2), "sexprs: cannot load %s: %r\n", Bufio->PATH);
		return "bad module";
	}
	sexprs = load Sexprs Sexprs->PATH;
	if(sexprs == nil){
		sys->fprint(sys->fildes(2), "sexprs: cannot load %s: %r\n", Sexprs->PATH);
		return "bad module";
	}
	sexprs->init();
	c.addbuiltin("getsexprs", myself);
	c.addbuiltin("islist", myself);
	for(l := "els" :: "text" :: "textels" :: "b64" :: "mktext" :: "mklist" :: "mktextlist" :: nil; l != nil; l = tl l)
		c.addsbuiltin(hd l, myself);
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

isblock(n: ref Listnode): int
{
	return n.cmd != nil || n.word != nil && n.word[0] == '{';
}

parse(c: ref Context, s: string): ref Sexp
{
	(e, rest, err) := Sexp.parse(s);
	for(i := 0; i < len rest; i++)
		if(rest[i] != ' ' && rest[i] != '\t' && rest[i] != '\n' && rest[i] != '\r')
			break;
	if(err == nil && i < len rest)
		err = "text after the expression";
	if(err == nil && e == nil)
		err = "no expression";
	if(err != nil)
		c.fail("bad sexp", sys->sprint("bad sexp: %s", err));
	return e;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := tl cmd;
	case (hd cmd).word {
	"islist" =>
		if(args == nil || tl args != nil)
			usage(c, "islist sexp");
		if(parse(c, arg(args)).islist())
			return nil;
		return "not a list";
	"getsexprs" =>
		if(args == nil || tl args != nil || !isblock(hd args))
			usage(c, "getsexprs {cmd}");
		return getsexprs(c, hd args);
	}
	return nil;
}

arg(args: list of ref Listnode): string
{
	return hd sh->list2stringlist(args);
}

getsexprs(c: ref Context, cmd: ref Listnode): string
{
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	if(in == nil)
		c.fail("bad input", sys->sprint("getsexprs: cannot read fd 0: %r"));
	status: string;
	go := 1;
	errors := 0;
	while(go){
		(e, err) := Sexp.read(in);
		if(err != nil){
			sys->fprint(sys->fildes(2), "getsexprs: error on read: %s\n", err);
			if(++errors > MAXERR)
				raise "fail:too many errors";
			continue;
		}
		if(e == nil)
			break;
		errors = 0;
		c.push();
		{
			c.setlocal("sexp", ref Listnode(nil, e.text()) :: nil);
			status = c.run(cmd :: c.get("*"), 0);
		} exception x {
		"fail:break" =>
			go = 0;
		"fail:continue" =>
			;
		"fail:*" =>
			c.pop();
			raise x;
		}
		c.pop();
	}
	return status;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	name := (hd cmd).word;
	args := sh->list2stringlist(tl cmd);
	case name {
	"mklist" =>
		l: list of ref Sexp;
		for(; args != nil; args = tl args)
			l = parse(c, hd args) :: l;
		return val(ref Sexp.List(rev(l)));
	"mktextlist" =>
		l: list of ref Sexp;
		for(; args != nil; args = tl args)
			l = atom(hd args) :: l;
		return val(ref Sexp.List(rev(l)));
	}
	if(len args != 1)
		usage(c, name + " arg");
	if(name == "mktext")
		return val(atom(hd args));
	e := parse(c, hd args);
	r: list of ref Listnode;
	case name {
	"els" or "textels" =>
		l: list of ref Listnode;
		for(els := e.els(); els != nil; els = tl els)
			if(name == "els")
				l = ref Listnode(nil, (hd els).text()) :: l;
			else
				l = ref Listnode(nil, (hd els).astext()) :: l;
		for(; l != nil; l = tl l)
			r = hd l :: r;
	"text" =>
		r = ref Listnode(nil, e.astext()) :: nil;
	"b64" =>
		r = ref Listnode(nil, e.b64text()) :: nil;
	}
	return r;
}

rev(l: list of ref Sexp): list of ref Sexp
{
	r: list of ref Sexp;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

atom(s: string): ref Sexp
{
	return ref Sexp.String(s, nil);
}

val(e: ref Sexp): list of ref Listnode
{
	return ref Listnode(nil, e.text()) :: nil;
}
