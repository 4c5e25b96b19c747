implement Debug;

#
# Symbols and control of processes; see debug(2) and sbl(6).
#
# The type of a function holds its arguments as ids, its result as Of, and its locals
# as the ids of the only one of its tags.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "dis.m";

include "debug.m";

Command: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Maxsteps: con 100000;	# within a statement
Maxitems: con 1000;	# of an array that are shown

init(): int
{
	sys = load Sys Sys->PATH;
	return sys != nil;
}

#
# symbol files
#

Parser: adt
{
	s:	string;
	i:	int;
	bad:	int;
	files:	array of string;
	types:	array of ref Type;
	file, line, char: int;		# of the last position
	tags:	array of ref Type;

	num:	fn(p: self ref Parser): int;
	skip:	fn(p: self ref Parser, c: int);
	upto:	fn(p: self ref Parser, c: int): string;
	pos:	fn(p: self ref Parser, end: int): Pos;
	src:	fn(p: self ref Parser): ref Src;
	ids:	fn(p: self ref Parser): array of ref Id;
	typ:	fn(p: self ref Parser): ref Type;
};

readfile(name: string): (string, string)
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil)
		return (nil, sys->sprint("cannot open %s: %r", name));
	(ok, d) := sys->fstat(fd);
	if(ok < 0 || d.length > big 16r7fffffff)
		return (nil, sys->sprint("cannot read %s: %r", name));
	a := array[int d.length] of byte;
	n := sys->readn(fd, a, len a);
	if(n < 0)
		return (nil, sys->sprint("cannot read %s: %r", name));
	return (string a[0:n], nil);
}

Parser.num(p: self ref Parser): int
{
	start := p.i;
	neg := 0;
	if(p.i < len p.s && p.s[p.i] == '-'){
		neg = 1;
		p.i++;
	}
	v := 0;
	for(; p.i < len p.s && p.s[p.i] >= '0' && p.s[p.i] <= '9'; p.i++)
		v = 10*v + p.s[p.i] - '0';
	if(p.i == start + neg)
		p.bad = 1;
	if(neg)
		return -v;
	return v;
}

Parser.skip(p: self ref Parser, c: int)
{
	if(p.i < len p.s && p.s[p.i] == c)
		p.i++;
	else
		p.bad = 1;
}

Parser.upto(p: self ref Parser, c: int): string
{
	for(i := p.i; i < len p.s && p.s[i] != c; i++)
		;
	t := p.s[p.i:i];
	p.i = i;
	p.skip(c);
	return t;
}

# [file:][line.]char and then end
Parser.pos(p: self ref Parser, end: int): Pos
{
	for(;;){
		n := p.num();
		if(p.bad || p.i >= len p.s)
			break;
		c := p.s[p.i++];
		if(c == ':')
			p.file = n;
		else if(c == '.')
			p.line = n;
		else{
			p.char = n;
			if(c != end)
				p.bad = 1;
			break;
		}
	}
	name: string;
	if(p.file >= 0 && p.file < len p.files)
		name = p.files[p.file];
	return Pos(name, p.line, p.char);
}

Parser.src(p: self ref Parser): ref Src
{
	s := ref Src;
	s.start = p.pos(',');
	s.stop = p.pos(' ');
	return s;
}

# a count that the rest of the file can hold
count(p: ref Parser): int
{
	n := p.num();
	p.skip('\n');
	if(n < 0 || n > len p.s - p.i + 1)
		p.bad = 1;
	if(p.bad)
		return 0;
	return n;
}

Parser.ids(p: self ref Parser): array of ref Id
{
	n := count(p);
	a := array[n] of ref Id;
	for(i := 0; i < n && !p.bad; i++){
		id := ref Id;
		id.offset = p.num();
		p.skip(':');
		id.name = p.upto(':');
		id.src = p.src();
		id.stoppc = 0;
		id.t = p.typ();
		p.skip('\n');
		a[i] = id;
	}
	if(p.bad)
		return nil;
	return a;
}

Parser.typ(p: self ref Parser): ref Type
{
	t := ref Type(nil, Tnone, 0, nil, nil, nil, nil);
	if(p.bad || p.i >= len p.s){
		p.bad = 1;
		return t;
	}
	c := p.s[p.i++];
	case c {
	'@' =>
		i := p.num();
		p.skip('\n');
		if(i < 0 || i >= len p.types)
			p.bad = 1;
		else
			return p.types[i];
	'n' =>
		t.kind = Tnone;
	'N' =>
		(t.kind, t.size) = (Tnil, 4);
	'B' =>
		(t.kind, t.size) = (Tbig, 8);
	'b' =>
		(t.kind, t.size) = (Tbyte, 1);
	'f' =>
		(t.kind, t.size) = (Treal, 8);
	'i' =>
		(t.kind, t.size) = (Tint, 4);
	's' =>
		(t.kind, t.size) = (Tstring, 4);
	'P' =>
		(t.kind, t.size) = (Tpoly, 4);
	'A' =>
		(t.kind, t.size) = (Tarray, 4);
		t.Of = p.typ();
	'C' =>
		(t.kind, t.size) = (Tchan, 4);
		t.Of = p.typ();
	'L' =>
		(t.kind, t.size) = (Tlist, 4);
		t.Of = p.typ();
	'R' =>
		(t.kind, t.size) = (Tref, 4);
		t.Of = p.typ();
	'F' =>
		t.kind = Tfn;
		t.ids = p.ids();
		t.Of = p.typ();
	't' =>
		t.kind = Ttuple;
		t.size = p.num();
		p.skip('.');
		t.ids = p.ids();
	'a' or 'p' =>
		t.kind = Tadt;
		t.name = p.upto(' ');
		t.src = p.src();
		t.size = p.num();
		p.skip('\n');
		t.ids = p.ids();
		if(c == 'p')
			tags(p, t);
	'm' =>
		(t.kind, t.size) = (Tmodule, 4);
		t.name = p.upto('\n');
		t.src = p.src();
		t.ids = p.ids();
	* =>
		p.bad = 1;
	}
	return t;
}

tags(p: ref Parser, t: ref Type)
{
	n := count(p);
	t.tags = array[n] of ref Type;
	last: ref Type;
	for(i := 0; i < n && !p.bad; i++){
		g := ref Type(nil, Tadtpick, 0, nil, nil, nil, nil);
		g.name = p.upto(':');
		g.src = p.src();
		if(p.i < len p.s && p.s[p.i] == '\n' && last != nil){
			p.i++;
			g.size = last.size;
			g.ids = last.ids;
		}else{
			g.size = p.num();
			p.skip('\n');
			g.ids = p.ids();
		}
		t.tags[i] = g;
		last = g;
	}
}

sym(sbl: string): (ref Sym, string)
{
	(s, err) := readfile(sbl);
	if(err != nil)
		return (nil, err);
	p := ref Parser(s, 0, 0, nil, nil, 0, 0, 0, nil);
	magic := p.upto('\n');
	if(len magic < 11 || magic[0:11] != "limbo .sbl ")
		return (nil, sbl + ": not a symbol file");
	y := ref Sym;
	y.path = sbl;
	y.name = p.upto('\n');
	n := count(p);
	p.files = array[n] of string;
	for(i := 0; i < n; i++)
		p.files[i] = p.upto('\n');
	n = count(p);
	y.src = array[n] of ref Src;
	y.srcstmt = array[n] of int;
	for(i = 0; i < n && !p.bad; i++){
		y.src[i] = p.src();
		y.srcstmt[i] = p.num();
		p.skip('\n');
	}
	npc := n;
	n = count(p);
	p.types = array[n] of ref Type;
	for(i = 0; i < n; i++)
		p.types[i] = ref Type(nil, Tnone, 0, nil, nil, nil, nil);
	for(i = 0; i < n && !p.bad; i++)
		*p.types[i] = *p.typ();
	y.adts = p.types;
	n = count(p);
	y.fns = array[n] of ref Id;
	for(i = 0; i < n && !p.bad; i++){
		f := ref Id;
		f.offset = p.num();
		p.skip(':');
		f.name = p.upto('\n');
		f.t = ref Type(nil, Tfn, 0, f.name, nil, nil, nil);
		f.t.ids = p.ids();
		f.t.tags = array[] of {ref Type(nil, Tlocal, 0, nil, nil, p.ids(), nil)};
		f.t.Of = p.typ();
		f.stoppc = npc;
		if(i > 0)
			y.fns[i-1].stoppc = f.offset;
		if(f.offset >= 0 && f.offset < npc)
			f.src = y.src[f.offset];
		y.fns[i] = f;
	}
	y.vars = p.ids();
	if(p.bad)
		return (nil, sbl + ": bad symbol file at character " + string p.i);
	return (y, nil);
}

Sym.pctosrc(s: self ref Sym, pc: int): ref Src
{
	if(pc < 0 || pc >= len s.src)
		return nil;
	return s.src[pc];
}

# the first pc of what starts at or soonest after a position; -1 if there is none
Sym.srctopc(s: self ref Sym, src: ref Src): int
{
	best := -1;
	want := src.start;
	for(pc := 0; pc < len s.src; pc++){
		at := s.src[pc].start;
		if(at.file != want.file || before(at, want))
			continue;
		if(best < 0 || before(at, s.src[best].start))
			best = pc;
	}
	return best;
}

before(a, b: Pos): int
{
	return a.line < b.line || (a.line == b.line && a.pos < b.pos);
}

Type.getkind(t: self ref Type, nil: ref Sym): int
{
	if(t == nil)
		return Terror;
	return t.kind;
}

Type.text(t: self ref Type, s: ref Sym): string
{
	if(t == nil)
		return "no type";
	case t.kind {
	Tadt or Tadtpick or Tmodule =>
		return t.name;
	Tarray or Tslice =>
		return "array of " + t.Of.text(s);
	Tbig =>
		return "big";
	Tbyte =>
		return "byte";
	Tchan =>
		return "chan of " + t.Of.text(s);
	Treal =>
		return "real";
	Tint =>
		return "int";
	Tlist =>
		return "list of " + t.Of.text(s);
	Tnil =>
		return "nil";
	Tnone =>
		return "none";
	Tref =>
		return "ref " + t.Of.text(s);
	Tstring =>
		return "string";
	Tpoly =>
		return "polymorphic";
	Ttuple =>
		return "(" + idtypes(t.ids, s) + ")";
	Tfn =>
		r := "fn(" + idtypes(t.ids, s) + ")";
		if(t.Of != nil && t.Of.kind != Tnone)
			r += ": " + t.Of.text(s);
		return r;
	Targs =>
		return "args";
	Tlocal =>
		return "locals";
	Tglobal =>
		return "module";
	}
	return "unknown type";
}

idtypes(ids: array of ref Id, s: ref Sym): string
{
	r := "";
	for(i := 0; i < len ids; i++){
		if(i > 0)
			r += ", ";
		r += ids[i].t.text(s);
	}
	return r;
}

#
# modules
#

Module.addsym(m: self ref Module, s: ref Sym)
{
	m.sym = s;
}

Module.dis(m: self ref Module): string
{
	return m.path;
}

# the symbol file beside the object, or beside its source
Module.sbl(m: self ref Module): string
{
	beside := swapsuffix(m.path, ".dis", ".sbl");
	(ok, nil) := sys->stat(beside);
	if(ok >= 0)
		return beside;
	d := load Dis Dis->PATH;
	if(d != nil){
		d->init();
		src := d->src(m.path);
		if(src != nil){
			src = swapsuffix(src, ".b", ".sbl");
			(ok, nil) = sys->stat(src);
			if(ok >= 0)
				return src;
		}
	}
	return beside;
}

Module.stdsym(m: self ref Module)
{
	if(m.sym == nil)
		(m.sym, nil) = sym(m.sbl());
}

swapsuffix(s, old, new: string): string
{
	n := len s - len old;
	if(n >= 0 && s[n:] == old)
		return s[0:n] + new;
	return s + new;
}

#
# processes
#

openprog(pid: int, file: string, mode: int): (ref Sys->FD, string)
{
	name := "/prog/" + string pid + "/" + file;
	fd := sys->open(name, mode);
	if(fd == nil)
		return (nil, sys->sprint("cannot open %s: %r", name));
	return (fd, nil);
}

prog(pid: int): (ref Prog, string)
{
	p := ref Prog;
	p.id = pid;
	err: string;
	(p.heap, err) = openprog(pid, "heap", Sys->ORDWR);
	if(err == nil)
		(p.ctl, err) = openprog(pid, "ctl", Sys->OWRITE);
	if(err == nil)
		(p.dbgctl, err) = openprog(pid, "dbgctl", Sys->ORDWR);
	if(err == nil)
		(p.stk, err) = openprog(pid, "stack", Sys->OREAD);
	if(err != nil)
		return (nil, err);
	return (p, nil);
}

startprog(dis, dir: string, ctxt: ref Draw->Context, argv: list of string): (ref Prog, string)
{
	ready := chan of (int, string);
	go := chan of int;
	spawn child(dis, dir, ctxt, argv, ready, go);
	(pid, err) := <-ready;
	if(err != nil)
		return (nil, err);
	p: ref Prog;
	(p, err) = prog(pid);
	if(err == nil)
		err = p.stop();
	if(err != nil){
		go <-= 0;
		return (nil, err);
	}
	go <-= 1;
	return (p, nil);
}

child(dis, dir: string, ctxt: ref Draw->Context, argv: list of string, ready: chan of (int, string), go: chan of int)
{
	pid := sys->pctl(Sys->NEWPGRP|Sys->FORKNS|Sys->FORKFD|Sys->FORKENV, nil);
	if(dir != nil && sys->chdir(dir) < 0){
		ready <-= (0, sys->sprint("cannot change to %s: %r", dir));
		return;
	}
	m := load Command dis;
	if(m == nil){
		ready <-= (0, sys->sprint("cannot load %s: %r", dis));
		return;
	}
	ready <-= (pid, nil);
	if(<-go)
		m->init(ctxt, argv);
}

tell(fd: ref Sys->FD, what: string): string
{
	if(sys->fprint(fd, "%s", what) < 0)
		return sys->sprint("%r");
	return nil;
}

Prog.status(p: self ref Prog): (int, string, string, string)
{
	(fd, err) := openprog(p.id, "status", Sys->OREAD);
	if(fd == nil)
		return (-1, nil, err, nil);
	buf := array[512] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return (-1, nil, sys->sprint("%r"), nil);
	# pid group user time state memory module
	(nf, f) := sys->tokenize(string buf[0:n], " \n");
	if(nf < 7)
		return (-1, nil, "bad status", nil);
	group := int hd tl f;
	user := hd tl tl f;
	f = tl tl tl tl f;
	state := hd f;
	if(state == "alt" || state == "send" || state == "recv")
		state += " blocked";
	return (group, user, state, hd tl tl f);
}

Prog.stack(p: self ref Prog): (array of ref Exp, string)
{
	sys->seek(p.stk, big 0, Sys->SEEKSTART);
	s := "";
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(p.stk, buf, len buf)) > 0)
		s += string buf[0:n];
	if(n < 0)
		return (nil, sys->sprint("%r"));
	(nl, lines) := sys->tokenize(s, "\n");
	a := array[nl] of ref Exp;
	k := 0;
	mods: list of ref Module;
	for(; lines != nil; lines = tl lines){
		(nf, f) := sys->tokenize(hd lines, " ");
		if(nf < 6)
			continue;
		fp := hex(hd f);
		pc := hex(hd tl f);
		f = tl tl f;
		data := hex(hd f);
		code := hex(hd tl f);
		comp := int hd tl tl f;
		path := hd tl tl tl f;
		m: ref Module;
		for(l := mods; l != nil; l = tl l)
			if((hd l).path == path && (hd l).data == data)
				m = hd l;
		if(m == nil){
			m = ref Module(path, code, data, comp, nil);
			mods = m :: mods;
		}
		a[k++] = ref Exp("unknown fn", fp, pc, m, p, nil);
	}
	return (a[0:k], nil);
}

hex(s: string): int
{
	v := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		if(c >= '0' && c <= '9')
			c -= '0';
		else if(c >= 'a' && c <= 'f')
			c -= 'a' - 10;
		else if(c >= 'A' && c <= 'F')
			c -= 'A' - 10;
		else
			break;
		v = v << 4 | c;
	}
	return v;
}

# the innermost frame, with its symbols if there are any
top(p: ref Prog): (ref Exp, int, string)
{
	(stk, err) := p.stack();
	if(err != nil)
		return (nil, 0, err);
	if(len stk == 0)
		return (nil, 0, "no stack");
	return (stk[0], len stk, nil);
}

stmt(e: ref Exp): int
{
	e.m.stdsym();
	if(e.m.sym == nil || e.pc < 0 || e.pc >= len e.m.sym.srcstmt)
		return -1;
	return e.m.sym.srcstmt[e.pc];
}

Prog.step(p: self ref Prog, how: int): string
{
	case how {
	StepExp =>
		return tell(p.dbgctl, "step 1");
	StepOut =>
		return tell(p.dbgctl, "toret");
	}
	(start, depth, err) := top(p);
	if(err != nil)
		return err;
	n := stmt(start);
	for(i := 0; i < Maxsteps; i++){
		err = tell(p.dbgctl, "step 1");
		if(err != nil)
			return err;
		e: ref Exp;
		d: int;
		(e, d, err) = top(p);
		if(err != nil)
			return err;
		while(how == StepOver && d > depth){
			err = tell(p.dbgctl, "toret");
			if(err == nil)
				(e, d, err) = top(p);
			if(err != nil)
				return err;
		}
		if(d != depth || e.m.path != start.m.path || n < 0 || stmt(e) != n)
			return nil;
	}
	return nil;
}

Prog.cont(p: self ref Prog): string
{
	return tell(p.dbgctl, "cont");
}

Prog.grab(p: self ref Prog): string
{
	return tell(p.dbgctl, "stop");
}

Prog.start(p: self ref Prog): string
{
	return tell(p.dbgctl, "start");
}

Prog.stop(p: self ref Prog): string
{
	return tell(p.dbgctl, "stop");
}

Prog.unstop(p: self ref Prog): string
{
	return tell(p.dbgctl, "unstop");
}

Prog.kill(p: self ref Prog): string
{
	return tell(p.ctl, "kill");
}

Prog.event(p: self ref Prog): string
{
	buf := array[512] of byte;
	n := sys->read(p.dbgctl, buf, len buf);
	if(n < 0)
		return sys->sprint("error: %r");
	return string buf[0:n];
}

Prog.setbpt(p: self ref Prog, dis: string, pc: int): string
{
	return tell(p.dbgctl, sys->sprint("bpt set %q %d", dis, pc));
}

Prog.delbpt(p: self ref Prog, dis: string, pc: int): string
{
	return tell(p.dbgctl, sys->sprint("bpt del %q %d", dis, pc));
}

#
# values
#

# ask the heap for one item at an address
query(p: ref Prog, addr: int, fmt: string): (string, string)
{
	err := tell(p.heap, sys->sprint("0x%ux.%s1", addr, fmt));
	if(err != nil)
		return (nil, err);
	buf := array[Sys->ATOMICIO] of byte;
	n := sys->pread(p.heap, buf, len buf, big 0);
	if(n < 0)
		return (nil, sys->sprint("%r"));
	s := string buf[0:n];
	if(fmt != "C" && s != "" && s[len s - 1] == '\n')
		s = s[0:len s - 1];
	return (s, nil);
}

# the two numbers of a.b
pair(s: string): (string, string)
{
	for(i := 0; i < len s && s[i] != '.'; i++)
		;
	if(i == len s)
		return (s, nil);
	return (s[0:i], s[i+1:]);
}

kindof(e: ref Exp): int
{
	if(e.id == nil)
		return Terror;
	return e.id.t.getkind(e.m.sym);
}

mkid(name: string, kind: int, ids: array of ref Id): ref Id
{
	return ref Id(nil, name, 0, 0, ref Type(nil, kind, 0, name, nil, ids, nil));
}

# an expression for something at an address
at(e: ref Exp, name: string, addr: int, t: ref Type): ref Exp
{
	return ref Exp(name, addr, e.pc, e.m, e.p, ref Id(nil, name, 0, 0, t));
}

members(e: ref Exp, base: int, ids: array of ref Id): array of ref Exp
{
	a := array[len ids] of ref Exp;
	for(i := 0; i < len ids; i++)
		a[i] = ref Exp(ids[i].name, base + ids[i].offset, e.pc, e.m, e.p, ids[i]);
	return a;
}

Exp.expand(e: self ref Exp): array of ref Exp
{
	if(e.id == nil)
		return nil;
	t := e.id.t;
	case kindof(e) {
	Tfn =>
		a := array[3] of ref Exp;
		a[0] = ref Exp("args", e.offset, e.pc, e.m, e.p, mkid("args", Targs, t.ids));
		locals: array of ref Id;
		if(len t.tags > 0)
			locals = t.tags[0].ids;
		a[1] = ref Exp("locals", e.offset, e.pc, e.m, e.p, mkid("locals", Tlocal, locals));
		vars: array of ref Id;
		if(e.m.sym != nil)
			vars = e.m.sym.vars;
		a[2] = ref Exp("module", e.m.data, e.pc, e.m, e.p, mkid("module", Tglobal, vars));
		return a;
	Targs or Tlocal or Tglobal or Ttuple =>
		return members(e, e.offset, t.ids);
	Tadt =>
		return adtmembers(e, e.offset, t);
	Tref =>
		(s, err) := query(e.p, e.offset, "P");
		if(err != nil || s == "nil")
			return nil;
		case t.Of.getkind(e.m.sym) {
		Tadt =>
			return adtmembers(e, hex(s), t.Of);
		Ttuple =>
			return members(e, hex(s), t.Of.ids);
		}
		return nil;
	Tlist =>
		(s, err) := query(e.p, e.offset, "L");
		if(err != nil)
			return nil;
		(tail, data) := pair(s);
		return array[] of {at(e, "hd", hex(data), t.Of), at(e, "tl", hex(tail), t)};
	Tarray =>
		(s, err) := query(e.p, e.offset, "A");
		if(err != nil || s == "nil")
			return nil;
		(ns, data) := pair(s);
		n := int ns;
		if(n > Maxitems)
			n = Maxitems;
		a := array[n] of ref Exp;
		for(i := 0; i < n; i++)
			a[i] = at(e, string i, hex(data) + i*t.Of.size, t.Of);
		return a;
	Tmodule =>
		(s, err) := query(e.p, e.offset, "M");
		if(err != nil || s == "nil")
			return nil;
		return members(e, hex(s), t.ids);
	}
	return nil;
}

# the members of an adt, and those of its tag
adtmembers(e: ref Exp, base: int, t: ref Type): array of ref Exp
{
	a := members(e, base, t.ids);
	if(len t.tags == 0)
		return a;
	(s, err) := query(e.p, base, "W");
	if(err != nil)
		return a;
	tag := int s;
	if(tag < 0 || tag >= len t.tags)
		return a;
	g := members(e, base, t.tags[tag].ids);
	b := array[len a + len g] of ref Exp;
	b[0:] = a;
	b[len a:] = g;
	return b;
}

Exp.val(e: self ref Exp): (string, int)
{
	fmt: string;
	case kindof(e) {
	Terror =>
		return ("unknown value", 0);
	Tint =>
		fmt = "W";
	Tbyte =>
		fmt = "B";
	Tbig =>
		fmt = "V";
	Treal =>
		fmt = "R";
	Tref or Tpoly or Tnil =>
		fmt = "P";
	Tstring =>
		fmt = "C";
	Tlist =>
		fmt = "L";
	Tarray =>
		fmt = "A";
	Tmodule =>
		fmt = "M";
	Tchan =>
		fmt = "c";
	Tfn or Targs or Tlocal or Tglobal or Tadt or Tadtpick or Ttuple =>
		return ("", 1);
	* =>
		return ("", 0);
	}
	(s, err) := query(e.p, e.offset, fmt);
	if(fmt == "L" && err != nil)
		return ("nil", 0);
	if(err != nil)
		return (err, 0);
	case fmt {
	"P" =>
		if(s == "nil")
			return (s, 0);
		if(kindof(e) != Tref)
			return ("@" + s, 0);
		k := e.id.t.Of.getkind(e.m.sym);
		return ("@" + s, k == Tadt || k == Ttuple);
	"C" =>
		(nil, text) := pair(s);
		return ("\"" + text + "\"", 0);
	"L" =>
		(nil, data) := pair(s);
		return ("@" + data, 1);
	"A" =>
		if(s == "nil")
			return (s, 0);
		(n, nil) := pair(s);
		return ("[" + n + "]", int n > 0);
	"M" =>
		return (s, s != "nil" && len e.id.t.ids > 0);
	}
	return (s, 0);
}

Exp.typename(e: self ref Exp): string
{
	if(e.id == nil)
		return "no info";
	return e.id.t.text(e.m.sym);
}

Exp.kind(e: self ref Exp): int
{
	return kindof(e);
}

Exp.src(e: self ref Exp): ref Src
{
	if(kindof(e) == Tfn && e.m.sym != nil)
		return e.m.sym.pctosrc(e.pc);
	if(e.id == nil)
		return nil;
	return e.id.src;
}

# find the function of a frame; nil or what is wrong
Exp.findsym(e: self ref Exp): string
{
	if(e.id != nil)
		return nil;
	e.m.stdsym();
	if(e.m.sym == nil)
		return "no symbol file for " + e.m.path;
	f := e.m.sym.fns;
	for(i := 0; i < len f; i++)
		if(e.pc >= f[i].offset && e.pc < f[i].stoppc){
			e.id = f[i];
			e.name = f[i].name;
			return nil;
		}
	return "pc out of bounds";
}

Exp.srcstr(e: self ref Exp): string
{
	s := e.src();
	if(s == nil)
		return nil;
	return sys->sprint("%s:%d.%d,%d.%d", s.start.file, s.start.line, s.start.pos, s.stop.line, s.stop.pos);
}
