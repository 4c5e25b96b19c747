# Symbols and control of processes; needs sys.m and draw.m before it. See debug(2).
Debug: module
{
	PATH:	con "/dis/lib/debug.dis";
	Terror, Tid, Tadt, Tadtpick, Tarray, Tbig, Tbyte, Tchan, Treal, Tfn, Targ, Tlocal,
	Tglobal, Tint, Tlist, Tmodule, Tnil, Tnone, Tref, Tstring, Ttuple, Tend, Targs, Tslice,
	Tpoly:	con iota;

	Pos: adt
	{
		file:		string;
		line, pos:	int;
	};

	Src: adt
	{
		start, stop:	Pos;
	};

	Id: adt
	{
		src:		ref Src;
		name:		string;
		offset, stoppc:	int;
		t:		cyclic ref Type;
	};

	Type: adt
	{
		src:		ref Src;
		kind, size:	int;
		name:		string;
		Of:		cyclic ref Type;
		ids:		cyclic array of ref Id;
		tags:		cyclic array of ref Type;

		text:		fn(t: self ref Type, sym: ref Sym): string;
		getkind:	fn(t: self ref Type, sym: ref Sym): int;
	};

	Sym: adt
	{
		path, name:	string;
		src:		array of ref Src;
		srcstmt:	array of int;
		adts:		array of ref Type;
		fns, vars:	array of ref Id;

		srctopc:	fn(s: self ref Sym, src: ref Src): int;
		pctosrc:	fn(s: self ref Sym, pc: int): ref Src;
	};

	Module: adt
	{
		path:			string;
		code, data, comp:	int;
		sym:			ref Sym;

		addsym:		fn(m: self ref Module, sym: ref Sym);
		stdsym:		fn(m: self ref Module);
		dis, sbl:	fn(m: self ref Module): string;
	};

	StepExp, StepStmt, StepOver, StepOut: con iota;

	Prog: adt
	{
		id:			int;
		heap, ctl, dbgctl, stk:	ref Sys->FD;

		status:		fn(p: self ref Prog): (int, string, string, string);
		stack:		fn(p: self ref Prog): (array of ref Exp, string);
		step:		fn(p: self ref Prog, how: int): string;
		cont, grab, start, stop, unstop, kill, event: fn(p: self ref Prog): string;
		setbpt, delbpt:	fn(p: self ref Prog, dis: string, pc: int): string;
	};

	Exp: adt
	{
		name:		string;
		offset, pc:	int;
		m:		ref Module;
		p:		ref Prog;
		id:		ref Id;

		expand:			fn(e: self ref Exp): array of ref Exp;
		val:			fn(e: self ref Exp): (string, int);
		typename:		fn(e: self ref Exp): string;
		kind:			fn(e: self ref Exp): int;
		src:			fn(e: self ref Exp): ref Src;
		findsym, srcstr:	fn(e: self ref Exp): string;
	};

	init:		fn(): int;
	sym:		fn(sbl: string): (ref Sym, string);
	prog:		fn(pid: int): (ref Prog, string);
	startprog:	fn(dis, dir: string, ctxt: ref Draw->Context, argv: list of string): (ref Prog, string);
};
