implement Dis;

#
# Read object files; see dis(2) and dis(6).
#

include "sys.m";
	sys: Sys;

include "math.m";
	math: Math;

include "dis.m";

ops := array[] of {
	"nop", "alt", "nbalt", "goto", "call", "frame", "spawn", "runt", "load", "mcall", "mspawn",
	"mframe", "ret", "jmp", "case", "exit", "new", "newa", "newcb", "newcw", "newcf", "newcp", "newcm",
	"newcmp", "send", "recv", "consb", "consw", "consp", "consf", "consm", "consmp", "headb", "headw",
	"headp", "headf", "headm", "headmp", "tail", "lea", "indx", "movp", "movm", "movmp", "movb",
	"movw", "movf", "cvtbw", "cvtwb", "cvtfw", "cvtwf", "cvtca", "cvtac", "cvtwc", "cvtcw", "cvtfc",
	"cvtcf", "addb", "addw", "addf", "subb", "subw", "subf", "mulb", "mulw", "mulf", "divb", "divw",
	"divf", "modw", "modb", "andb", "andw", "orb", "orw", "xorb", "xorw", "shlb", "shlw", "shrb",
	"shrw", "insc", "indc", "addc", "lenc", "lena", "lenl", "beqb", "bneb", "bltb", "bleb", "bgtb",
	"bgeb", "beqw", "bnew", "bltw", "blew", "bgtw", "bgew", "beqf", "bnef", "bltf", "blef", "bgtf",
	"bgef", "beqc", "bnec", "bltc", "blec", "bgtc", "bgec", "slicea", "slicela", "slicec", "indw",
	"indf", "indb", "negf", "movl", "addl", "subl", "divl", "modl", "mull", "andl", "orl", "xorl",
	"shll", "shrl", "bnel", "bltl", "blel", "bgtl", "bgel", "beql", "cvtlf", "cvtfl", "cvtlw", "cvtwl",
	"cvtlc", "cvtcl", "headl", "consl", "newcl", "casec", "indl", "movpc", "tcmp", "mnewz", "cvtrf",
	"cvtfr", "cvtws", "cvtsw", "lsrw", "lsrl", "eclr", "newz", "newaz", "raise", "casel", "mulx",
	"divx", "cvtxx", "mulx0", "divx0", "cvtxx0", "mulx1", "divx1", "cvtxx1", "cvtfx", "cvtxf", "expw",
	"expl", "expf", "self"
};

# bytes of an object file; bad once they run out
Rd: adt
{
	a:	array of byte;
	o:	int;
	bad:	int;

	byte1:	fn(r: self ref Rd): int;
	word:	fn(r: self ref Rd): int;
	big1:	fn(r: self ref Rd): big;
	operand: fn(r: self ref Rd): int;
	count:	fn(r: self ref Rd): int;
	bytes:	fn(r: self ref Rd, n: int): array of byte;
	str:	fn(r: self ref Rd): string;
};

init()
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
}

Rd.byte1(r: self ref Rd): int
{
	if(r.o >= len r.a){
		r.bad = 1;
		return 0;
	}
	return int r.a[r.o++];
}

Rd.word(r: self ref Rd): int
{
	v := 0;
	for(i := 0; i < 4; i++)
		v = v << 8 | r.byte1();
	return v;
}

Rd.big1(r: self ref Rd): big
{
	hi := big r.word();
	return hi << 32 | big r.word() & 16rFFFFFFFF;
}

Rd.operand(r: self ref Rd): int
{
	b := r.byte1();
	case b >> 6 {
	0 =>
		return b;
	1 =>
		return b - 128;
	2 =>
		v := (b & 16r3f) << 8 | r.byte1();
		return v << 18 >> 18;
	}
	v := b & 16r3f;
	for(i := 0; i < 3; i++)
		v = v << 8 | r.byte1();
	return v << 2 >> 2;
}

# a number of items that take at least a byte each
Rd.count(r: self ref Rd): int
{
	n := r.operand();
	if(n < 0 || n > len r.a - r.o){
		r.bad = 1;
		return 0;
	}
	return n;
}

Rd.bytes(r: self ref Rd, n: int): array of byte
{
	if(n < 0 || n > len r.a - r.o){
		r.bad = 1;
		return nil;
	}
	o := r.o;
	r.o += n;
	return r.a[o:r.o];
}

Rd.str(r: self ref Rd): string
{
	o := r.o;
	while(r.byte1() != 0)
		;
	if(r.bad)
		return nil;
	return string r.a[o:r.o-1];
}

readfile(file: string): (array of byte, string)
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return (nil, sys->sprint("open failed: %r"));
	(ok, d) := sys->fstat(fd);
	if(ok < 0)
		return (nil, sys->sprint("open failed: %r"));
	if(d.length < big 0 || d.length >= big 16r7fffffff)
		return (nil, "implausible length");
	a := array[int d.length] of byte;
	n := sys->readn(fd, a, len a);
	if(n != len a)
		return (nil, sys->sprint("read failed: %r"));
	return (a, nil);
}

loadobj(file: string): (ref Mod, string)
{
	if(sys == nil)
		init();
	(a, err) := readfile(file);
	if(err != nil)
		return (nil, err);
	r := ref Rd(a, 0, 0);
	m := ref Mod;
	m.magic = r.operand();
	case m.magic {
	XMAGIC =>
		;
	SMAGIC =>
		m.sign = r.bytes(r.count());
	* =>
		return (nil, "bad magic number");
	}
	m.rt = r.operand();
	m.ssize = r.operand();
	m.isize = r.count();
	m.dsize = r.operand();
	m.tsize = r.count();
	m.lsize = r.count();
	m.entry = r.operand();
	m.entryt = r.operand();
	code(r, m);
	types(r, m);
	err = data(r, m);
	if(err == nil && !r.bad){
		m.name = r.str();
		m.links = array[m.lsize] of ref Link;
		for(i := 0; i < m.lsize && !r.bad; i++){
			l := ref Link;
			l.pc = r.operand();
			l.desc = r.operand();
			l.sig = r.word();
			l.name = r.str();
			m.links[i] = l;
		}
		if(m.rt & HASLDT)
			imports(r, m);
		if(m.rt & HASEXCEPT)
			handlers(r, m);
	}
	if(err == nil && r.bad)
		err = "truncated file";
	if(err != nil)
		return (nil, err);
	m.srcpath = r.str();	# old files have none
	return (m, nil);
}

code(r: ref Rd, m: ref Mod)
{
	m.inst = array[m.isize] of ref Inst;
	for(i := 0; i < m.isize && !r.bad; i++){
		in := ref Inst(0, 0, 0, 0, 0);
		in.op = r.byte1();
		in.addr = r.byte1();
		if((in.addr & ARM) != AXNON)
			in.mid = r.operand();
		in.src = address(r, in.addr >> 3 & AMASK);
		in.dst = address(r, in.addr & AMASK);
		m.inst[i] = in;
	}
}

address(r: ref Rd, mode: int): int
{
	case mode {
	AMP or AFP or AIMM =>
		return r.operand();
	AIND|AMP or AIND|AFP =>
		first := r.operand();
		return first << 16 | r.operand() & 16rffff;
	}
	return 0;
}

types(r: ref Rd, m: ref Mod)
{
	m.types = array[m.tsize] of ref Type;
	for(i := 0; i < m.tsize && !r.bad; i++){
		id := r.operand();
		size := r.operand();
		np := r.count();
		if(id >= 0 && id < m.tsize)
			m.types[id] = ref Type(size, np, r.bytes(np));
		else
			r.bad = 1;
	}
}

data(r: ref Rd, m: ref Mod): string
{
	l: list of ref Data;
	while(!r.bad && (b := r.byte1()) != 0){
		op := b >> 4;
		n := b & 15;
		if(n == 0)
			n = r.operand();
		off := r.operand();
		case op {
		DEFB =>
			l = ref Data.Bytes(op, n, off, r.bytes(n)) :: l;
		DEFW =>
			if(!room(r, n, 4))
				break;
			w := array[n] of int;
			for(i := 0; i < n; i++)
				w[i] = r.word();
			l = ref Data.Words(op, n, off, w) :: l;
		DEFS =>
			l = ref Data.String(op, n, off, string r.bytes(n)) :: l;
		DEFF =>
			if(!room(r, n, 8))
				break;
			f := array[n] of real;
			for(i := 0; i < n; i++)
				f[i] = math->bits64real(r.big1());
			l = ref Data.Reals(op, n, off, f) :: l;
		DEFA =>
			typex := r.word();
			l = ref Data.Array(op, n, off, typex, r.word()) :: l;
		DIND =>
			l = ref Data.Aindex(op, n, off, r.word()) :: l;
		DAPOP =>
			l = ref Data.Arestore(op, n, off) :: l;
		DEFL =>
			if(!room(r, n, 8))
				break;
			v := array[n] of big;
			for(i := 0; i < n; i++)
				v[i] = r.big1();
			l = ref Data.Bigs(op, n, off, v) :: l;
		* =>
			return "bad data item";
		}
	}
	for(; l != nil; l = tl l)
		m.data = hd l :: m.data;
	return nil;
}

room(r: ref Rd, n, size: int): int
{
	if(n < 0 || n > (len r.a - r.o)/size)
		r.bad = 1;
	return !r.bad;
}

imports(r: ref Rd, m: ref Mod)
{
	n := r.count();
	m.imports = array[n] of array of ref Import;
	for(i := 0; i < n && !r.bad; i++){
		k := r.count();
		m.imports[i] = array[k] of ref Import;
		for(j := 0; j < k && !r.bad; j++){
			sig := r.word();
			m.imports[i][j] = ref Import(sig, r.str());
		}
	}
	r.byte1();
}

handlers(r: ref Rd, m: ref Mod)
{
	n := r.count();
	m.handlers = array[n] of ref Handler;
	for(i := 0; i < n && !r.bad; i++){
		h := ref Handler;
		h.eoff = r.operand();
		h.pc1 = r.operand();
		h.pc2 = r.operand();
		d := r.operand();
		if(d >= 0 && d < m.tsize)
			h.t = m.types[d];
		k := r.operand();
		h.ne = k >> 16;
		k &= 16rffff;
		h.etab = array[k+1] of ref Except;
		for(j := 0; j < k && !r.bad; j++){
			s := r.str();
			h.etab[j] = ref Except(s, r.operand());
		}
		h.etab[k] = ref Except(nil, r.operand());
		m.handlers[i] = h;
	}
	r.byte1();
}

#
# text
#

op2s(op: int): string
{
	if(op < 0 || op >= len ops)
		return "OP" + string op;
	return ops[op];
}

operand2s(v, mode: int): string
{
	case mode {
	AMP =>
		return string v + "(mp)";
	AFP =>
		return string v + "(fp)";
	AIMM =>
		return "$" + string v;
	AIND|AMP =>
		return sys->sprint("%d(%d(mp))", v & 16rffff, v >> 16 & 16rffff);
	AIND|AFP =>
		return sys->sprint("%d(%d(fp))", v & 16rffff, v >> 16 & 16rffff);
	}
	return nil;
}

inst2s(in: ref Inst): string
{
	if(sys == nil)
		init();
	s := sys->sprint("%-10s", op2s(in.op));
	sep := "";
	src := operand2s(in.src, in.addr >> 3 & AMASK);
	if(src != nil){
		s += src;
		sep = ", ";
	}
	mid: string;
	case in.addr & ARM {
	AXIMM =>
		mid = "$" + string in.mid;
	AXINF =>
		mid = string in.mid + "(fp)";
	AXINM =>
		mid = string in.mid + "(mp)";
	}
	if(mid != nil){
		s += sep + mid;
		sep = ", ";
	}
	dst := operand2s(in.dst, in.addr & AMASK);
	if(dst != nil)
		s += sep + dst;
	return s;
}

src(file: string): string
{
	(m, nil) := loadobj(file);
	if(m == nil || m.srcpath == "" || m.srcpath[0] != '/')
		return nil;
	return m.srcpath;
}
