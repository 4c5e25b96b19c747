implement Profile;

#
# Profiles of running programs, by the device #P; see profile(2) and prof(3).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "debug.m";
	debug: Debug;
	Module, Sym: import debug;

include "string.m";
	str: String;

include "profile.m";

DEV: con "/prof";

wanted: list of string;	# latest first
error: string;
record: con ".prf";	# where coverage is added up, beside the object file

init(): int
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		return fail(sys->sprint("cannot load %s: %r", Bufio->PATH));
	str = load String String->PATH;
	if(str == nil)
		return fail(sys->sprint("cannot load %s: %r", String->PATH));
	debug = load Debug Debug->PATH;
	if(debug == nil || !debug->init())
		return fail(sys->sprint("cannot load %s: %r", Debug->PATH));
	(ok, nil) := sys->stat(DEV + "/ctl");
	if(ok < 0 && sys->bind("#P", DEV, Sys->MREPL) < 0)
		return fail(sys->sprint("cannot bind #P to %s: %r", DEV));
	wanted = nil;
	error = nil;
	return 0;
}

lasterror(): string
{
	return error;
}

fail(s: string): int
{
	error = s;
	return -1;
}

#
# control
#

ctl(s: string): int
{
	fd := sys->open(DEV + "/ctl", Sys->OWRITE);
	if(fd == nil)
		return fail(sys->sprint("cannot open %s/ctl: %r", DEV));
	if(sys->fprint(fd, "%s", s) < 0)
		return fail(sys->sprint("%s: %r", s));
	return 0;
}

profile(m: string): int
{
	wanted = m :: wanted;
	return 0;
}

sample(i: int): int
{
	return ctl("interval " + string i);
}

begin(what: string): int
{
	names := "";
	for(l := wanted; l != nil; l = tl l)
		names = " " + str->quoted(hd l :: nil) + names;
	if(ctl("module" + names) < 0)
		return -1;
	return ctl(what);
}

start(): int
{
	return begin("start");
}

cpstart(pid: int): int
{
	return begin("startcp " + string pid);
}

memstart(mem: int): int
{
	digits := "";
	if(mem & MAIN)
		digits += "1";
	if(mem & HEAP)
		digits += "2";
	if(mem & IMAGE)
		digits += "3";
	return begin("startmp" + digits);
}

stop(): int
{
	return ctl("stop");
}

end(): int
{
	wanted = nil;
	return ctl("end");
}

#
# what has been counted
#

none(): Prof
{
	return Prof(nil, 0, nil);
}

first(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	buf := array[1024] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "";
	return string buf[0:n];
}

histogram(file: string): array of (int, int)
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return nil;
	a := array[64] of (int, int);
	n := 0;
	buf := array[64] of byte;
	while((k := sys->read(fd, buf, len buf)) > 0){
		(nil, w) := sys->tokenize(string buf[0:k], " ");
		if(n == len a){
			b := array[2 * n] of (int, int);
			b[0:] = a;
			a = b;
		}
		if(len w == 2)
			a[n++] = (int hd w, int hd tl w);
	}
	return a[0:n];
}

# all modules counted, in the order of the device
mods(): list of (string, string, array of (int, int))
{
	r: list of (string, string, array of (int, int));
	fd := sys->open(DEV, Sys->OREAD);
	if(fd == nil){
		error = sys->sprint("cannot open %s: %r", DEV);
		return nil;
	}
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			break;
		for(i := 0; i < n; i++){
			dir := DEV + "/" + d[i].name;
			if(d[i].mode & Sys->DMDIR)
				r = (first(dir + "/name"), first(dir + "/path"), histogram(dir + "/histogram")) :: r;
		}
	}
	q: list of (string, string, array of (int, int));
	for(; r != nil; r = tl r)
		q = hd r :: q;
	return q;
}

symbols(path: string): ref Sym
{
	m := ref Module(path, 0, 0, 0, nil);
	m.stdsym();
	return m.sym;
}

line(y: ref Sym, pc: int): int
{
	if(y == nil || (s := y.pctosrc(pc)) == nil)
		return 0;
	return s.start.line;
}

# counts (pc, n) of a module as lines and functions
modprof(name, path: string, raw: array of (int, int)): Modprof
{
	y := symbols(path);
	m := Modprof(name, path, nil, raw, nil, nil, nil, 0, nil, 0);
	for(i := 0; i < len raw; i++)
		m.total += raw[i].t1;
	m.totals = array[] of {m.total};
	if(y == nil)
		return m;
	last := 0;
	for(pc := 0; pc < len y.srcstmt; pc++){
		s := y.pctosrc(pc);
		if(s == nil)
			continue;
		if(m.srcpath == nil)
			m.srcpath = s.start.file;
		if(s.stop.line > last)
			last = s.stop.line;
	}
	m.linetab = array[last + 1] of {* => 0};
	m.rngtab = array[last + 1] of ref Range;
	m.funtab = array[len y.fns] of Funprof;
	for(i = 0; i < len y.fns; i++)
		m.funtab[i] = Funprof(y.fns[i].name, line(y, y.fns[i].offset), 0, 0);
	for(i = 0; i < len raw; i++){
		(at, n) := raw[i];
		l := line(y, at);
		if(l > 0 && l < len m.linetab)
			m.linetab[l] += n;
		for(j := 0; j < len y.fns; j++)
			if(at >= y.fns[j].offset && at < y.fns[j].stoppc){
				m.funtab[j].count += n;
				if(at == y.fns[j].offset)
					m.funtab[j].counte += n;
			}
	}
	ranges(m, y);
	return m;
}

# what each instruction stands for in its line, and how often it was carried out
ranges(m: Modprof, y: ref Sym)
{
	f := array[len y.srcstmt] of {* => 0};
	for(i := 0; i < len m.rawtab; i++)
		if(m.rawtab[i].t0 < len f)
			f[m.rawtab[i].t0] = m.rawtab[i].t1;
	for(pc := len f - 1; pc >= 0; pc--){
		s := y.pctosrc(pc);
		if(s == nil || s.start.line <= 0 || s.start.line >= len m.rngtab)
			continue;
		u := s.stop.pos;
		if(s.stop.line != s.start.line)
			u = -1;
		m.rngtab[s.start.line] = ref Range(s.start.pos, u, f[pc], m.rngtab[s.start.line]);
	}
}

whole(l: list of Modprof): Prof
{
	p := none();
	for(; l != nil; l = tl l){
		p.mods = hd l :: p.mods;
		p.total += (hd l).total;
	}
	p.totals = array[] of {p.total};
	return p;
}

stats(): Prof
{
	r: list of Modprof;
	for(l := mods(); l != nil; l = tl l){
		(name, path, raw) := hd l;
		r = modprof(name, path, raw) :: r;
	}
	return whole(r);
}

#
# coverage: counts of each instruction, perhaps together with those of earlier runs
#

recordfile(path: string): string
{
	(nil, tail) := str->splitstrr(path, "/");
	n := len tail;
	if(n > 4 && tail[n-4:] == ".dis")
		tail = tail[0:n-4];
	return tail + record;
}

# a line for each instruction, after one with the object file's name
readrecord(file: string): (string, array of (int, int))
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil || (path := f.gets('\n')) == nil)
		return (nil, nil);
	path = path[0:len path - 1];
	l: list of (int, int);
	while((s := f.gets('\n')) != nil){
		(nil, w) := sys->tokenize(s, " \n");
		if(len w == 2)
			l = (int hd w, int hd tl w) :: l;
	}
	a := array[len l] of (int, int);
	for(i := len a; l != nil; l = tl l)
		a[--i] = hd l;
	return (path, a);
}

writerecord(file, path: string, raw: array of (int, int)): int
{
	f := bufio->create(file, Bufio->OWRITE, 8r666);
	if(f == nil)
		return fail(sys->sprint("cannot create %s: %r", file));
	f.puts(path + "\n");
	for(i := 0; i < len raw; i++)
		f.puts(sys->sprint("%d %d\n", raw[i].t0, raw[i].t1));
	if(f.flush() < 0)
		return fail(sys->sprint("cannot write %s: %r", file));
	return 0;
}

# two lists in the order of instructions as one
merge(a, b: array of (int, int)): array of (int, int)
{
	r := array[len a + len b] of (int, int);
	n := i := j := 0;
	while(i < len a || j < len b)
		if(j == len b || i < len a && a[i].t0 < b[j].t0)
			r[n++] = a[i++];
		else if(i == len a || b[j].t0 < a[i].t0)
			r[n++] = b[j++];
		else
			r[n++] = (a[i].t0, a[i++].t1 + b[j++].t1);
	return r[0:n];
}

# a share of what can be carried out, in percent
covered(m: Modprof): Modprof
{
	n := hit := 0;
	for(i := 0; i < len m.rngtab; i++)
		for(r := m.rngtab[i]; r != nil; r = r.n){
			n++;
			hit += r.f > 0;
		}
	if(n > 0)
		m.coverage = hit * 100 / n;
	return m;
}

cpstats(rec: int, nil: int): Prof
{
	r: list of Modprof;
	for(l := mods(); l != nil; l = tl l){
		(name, path, raw) := hd l;
		if(rec){
			(was, old) := readrecord(recordfile(path));
			if(was == path)
				raw = merge(old, raw);
			if(writerecord(recordfile(path), path, raw) < 0)
				return none();
		}
		r = covered(modprof(name, path, raw)) :: r;
	}
	return whole(r);
}

cpfstats(nil: int): Prof
{
	r: list of Modprof;
	fd := sys->open(".", Sys->OREAD);
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			break;
		for(i := 0; i < n; i++){
			k := len d[i].name - len record;
			if(k <= 0 || d[i].name[k:] != record)
				continue;
			(path, raw) := readrecord(d[i].name);
			if(path != nil)
				r = covered(modprof(d[i].name[0:k], path, raw)) :: r;
		}
	}
	return whole(r);
}

coverage(p: Prof, nil: int): Coverage
{
	c: Coverage;
	for(l := p.mods; l != nil; l = tl l){
		m := hd l;
		text := source(m);
		lines: list of (list of (int, int, int), string);
		for(i := len m.rngtab - 1; i > 0; i--){
			rl: list of (int, int, int);
			for(r := m.rngtab[i]; r != nil; r = r.n)
				rl = (r.l, r.u, r.f) :: rl;
			s := "";
			if(i < len text)
				s = text[i];
			lines = (rl, s) :: lines;
		}
		c = (m.name, m.coverage, lines) :: c;
	}
	r: Coverage;
	for(; c != nil; c = tl c)
		r = hd c :: r;
	return r;
}

#
# memory
#

memstats(): Prof
{
	r: list of Modprof;
	now := most := 0;
	for(l := mods(); l != nil; l = tl l){
		(name, path, raw) := hd l;
		now1 := most1 := 0;
		used := array[len raw] of (int, int);
		n := 0;
		for(i := 0; i < len raw; i++){
			(at, k) := raw[i];
			if(at == 0)
				now1 = k;
			else if(at == 1)
				most1 = k;
			else if(at & 1)
				used[n++] = (at / 2 - 1, k);
		}
		m := modprof(name, path, used[0:n]);
		m.totals = array[] of {now1, most1};
		r = m :: r;
		now += now1;
		most += most1;
	}
	p := whole(r);
	p.totals = array[] of {now, most};
	return p;
}

#
# as text
#

# lines of the source from 1 on
source(m: Modprof): array of string
{
	if(m.srcpath == nil)
		return nil;
	f := open(m);
	if(f == nil)
		return nil;
	l: list of string;
	while((s := f.gets('\n')) != nil){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		l = s :: l;
	}
	a := array[len l + 1] of string;
	for(i := len l; l != nil; l = tl l)
		a[i--] = hd l;
	return a;
}

# as named by the compiler, or beside the object file
open(m: Modprof): ref Iobuf
{
	f := bufio->open(m.srcpath, Bufio->OREAD);
	if(f == nil){
		(dir, nil) := str->splitstrr(m.path, "/");
		(nil, tail) := str->splitstrr(m.srcpath, "/");
		f = bufio->open(dir + tail, Bufio->OREAD);
	}
	return f;
}

share(n, all, v: int): string
{
	if(v & FREQUENCY)
		return sys->sprint("%10d", n);
	if(all == 0)
		return "  0.00";
	return sys->sprint("%6.2f", real n * 100.0 / real all);
}

heading(m: Modprof, v: int)
{
	if(v & FULLHDR)
		sys->print("Module: %s (%s)\n", m.name, m.path);
	else
		sys->print("Module: %s\n", m.name);
}

lines(m: Modprof, v: int)
{
	text := source(m);
	for(i := 1; i < len m.linetab; i++){
		if(m.linetab[i] == 0 && !(v & VERBOSE))
			continue;
		s := "";
		if(i < len text)
			s = text[i];
		sys->print("%d\t%s\t%s\n", i, share(m.linetab[i], m.total, v), s);
	}
}

functions(m: Modprof, v: int)
{
	for(i := 0; i < len m.funtab; i++){
		f := m.funtab[i];
		if(f.count > 0 || v & VERBOSE)
			sys->print("%d\t%s\t%s\n", f.line, share(f.count, m.total, v), f.name);
	}
}

# v: what to show, lines if nothing is said
show(p: Prof, v: int): int
{
	if((v & (MODULE|FUNCTION|LINE)) == 0)
		v |= LINE;
	l: list of Modprof;
	if(v & MODULE)
		for(l = p.mods; l != nil; l = tl l)
			if((hd l).total > 0 || v & VERBOSE)
				sys->print("%s\t%s\n", share((hd l).total, p.total, v), (hd l).name);
	if((v & (FUNCTION|LINE)) == 0)
		return 0;
	for(l = p.mods; l != nil; l = tl l){
		m := hd l;
		if(m.linetab == nil){
			if(v & VERBOSE)
				sys->print("Module: %s: no symbol file for %s\n", m.name, m.path);
			continue;
		}
		if(m.total == 0 && !(v & VERBOSE))
			continue;
		heading(m, v);
		if(v & FUNCTION)
			functions(m, v);
		if(v & LINE)
			lines(m, v);
	}
	return 0;
}

# lines with what was never carried out are marked: - nothing of it, + a part
cpshow(p: Prof, v: int): int
{
	for(l := p.mods; l != nil; l = tl l){
		m := hd l;
		if(m.linetab == nil)
			continue;
		heading(m, v);
		sys->print("%d%% of the code\n", m.coverage);
		if(v & FUNCTION)
			functions(m, v | FREQUENCY);
		text := source(m);
		for(i := 1; i < len m.rngtab; i++){
			n := hit := most := 0;
			for(r := m.rngtab[i]; r != nil; r = r.n){
				n++;
				hit += r.f > 0;
				if(r.f > most)
					most = r.f;
			}
			s := "";
			if(i < len text)
				s = text[i];
			mark := " ";
			if(n > 0 && hit == 0)
				mark = "-";
			else if(hit < n)
				mark = "+";
			if(v & FREQUENCY && n > 0)
				mark += sys->sprint("%10d", most);
			else if(v & FREQUENCY)
				mark += "          ";
			if(v & VERBOSE || mark[0] != ' ' || v & FREQUENCY && n > 0)
				sys->print("%d\t%s\t%s\n", i, mark, s);
		}
	}
	return 0;
}

memshow(p: Prof, v: int): int
{
	if(len p.totals == 2)
		sys->print("in use %d, at most %d bytes\n", p.totals[0], p.totals[1]);
	for(l := p.mods; l != nil; l = tl l)
		if(len (hd l).totals == 2 && (v & MODULE || v & VERBOSE))
			sys->print("%10d%10d\t%s\n", (hd l).totals[0], (hd l).totals[1], (hd l).name);
	return show(p, v & ~MODULE | LINE | FREQUENCY);
}
