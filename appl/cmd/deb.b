implement Deb;

#
# A debugger with a line for each command; see deb(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "debug.m";
	debug: Debug;
	Exp, Id, Module, Pos, Prog, Src, Sym, Type: import debug;

include "string.m";
	str: String;

Deb: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Breakpoint: adt
{
	n:	int;
	path:	string;		# object file
	pc:	int;
	where:	string;
};

prog: ref Prog;
dispath: string;		# of the program
syms: list of (string, ref Sym);	# by object file
breaks: list of ref Breakpoint;
nbreaks := 0;
frames: array of ref Exp;
cur := 0;			# the frame that commands are about
started := 0;			# 0: a cont would begin the program
over := 0;			# it has ended
mine: int;			# we made it
listed: Pos;			# the last line that was listed

HELP: con
	"b [place]\tset a breakpoint, or list them; place: line, file:line or function\n" +
	"d n\t\tdelete breakpoint n\n" +
	"c\t\tcontinue\n" +
	"s, n, f, i\tstep: a statement, over calls, out of the function, an instruction\n" +
	"t\t\ttrace the stack\n" +
	"u, w\t\tto the caller's frame, and back\n" +
	"v\t\targuments and locals; g the module's variables\n" +
	"p expr\t\tprint: name, name.member, name[index]\n" +
	"l [line]\tlist source\n" +
	"x n fmt\t\tan item of memory at the hexadecimal address n; fmt as in prog(3)\n" +
	"k\t\tkill the program\n" +
	"q\t\tquit\n";

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	debug = load Debug Debug->PATH;
	if(debug == nil)
		nomod(Debug->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	debug->init();
	arg->init(argv);
	arg->setusage("deb [-t] [-f cmdfile] [-d dir] file.dis [arg ...]\n       deb [-t] [-f cmdfile] -p pid");
	cmdfile, dir, pid: string;
	while((o := arg->opt()) != 0)
		case o {
		't' =>	;	# this one is always in text
		'f' =>	cmdfile = arg->earg();
		'd' =>	dir = arg->earg();
		'p' =>	pid = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if((pid == nil) == (argv == nil))
		arg->usage();
	err: string;
	if(pid != nil){
		(prog, err) = debug->prog(int pid);
		if(err == nil)
			err = prog.grab();
		started = 1;
	}else{
		dispath = object(hd argv);
		(prog, err) = debug->startprog(dispath, dir, ctxt, argv);
		mine = 1;
	}
	if(err != nil){
		sys->fprint(sys->fildes(2), "deb: %s\n", err);
		raise "fail:error";
	}
	pids := chan of int;
	spawn events(prog, pids);
	watcher := <-pids;
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	if(cmdfile != nil && (in = bufio->open(cmdfile, Bufio->OREAD)) == nil){
		sys->fprint(sys->fildes(2), "deb: can't open %s: %r\n", cmdfile);
		if(mine)
			prog.kill();
		raise "fail:open";
	}
	if(pid != nil)
		arrived(nil);
	for(;;){
		if(cmdfile == nil)
			sys->print("deb: ");
		s := in.gets('\n');
		if(s == nil)
			break;
		(c, rest) := str->splitl(str->drop(s, " \t"), " \t\n");
		rest = str->drop(rest, " \t");
		if(rest != nil && rest[len rest - 1] == '\n')
			rest = rest[0:len rest - 1];
		if(c == "q")
			break;
		command(c, rest);
	}
	# a broken program would stay, and hold its files
	if(mine)
		prog.kill();
	else if(!over){
		for(; breaks != nil; breaks = tl breaks)
			prog.delbpt((hd breaks).path, (hd breaks).pc);
		prog.unstop();
	}
	fd := sys->open("/prog/" + string watcher + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

object(name: string): string
{
	for(l := list of {name, name + ".dis", "/dis/" + name, "/dis/" + name + ".dis"}; l != nil; l = tl l){
		(ok, d) := sys->stat(hd l);
		if(ok >= 0 && (d.mode & Sys->DMDIR) == 0)
			return hd l;
	}
	return name;
}

# lets new children run, which start stopped
events(p: ref Prog, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	while((s := p.event()) != nil){
		(n, l) := sys->tokenize(s, " ");
		if(n == 2 && hd l == "new"){
			sys->print("new process %s\n", hd tl l);
			(child, nil) := debug->prog(int hd tl l);
			if(child != nil)
				child.unstop();
		}else if(hd l == "exited" || hd l == "broken:" || hd l == "error:")
			return;
	}
}

command(c, rest: string)
{
	case c {
	"" =>
		;
	"?" or "h" =>
		sys->print("%s", HELP);
	"b" =>
		if(rest == nil)
			listbreaks();
		else
			setbreak(rest);
	"d" =>
		delbreak(int rest);
	"c" =>
		started = 1;
		run(prog.cont());
	"s" =>
		step(Debug->StepStmt);
	"n" =>
		step(Debug->StepOver);
	"f" =>
		step(Debug->StepOut);
	"i" =>
		step(Debug->StepExp);
	"t" =>
		for(i := 0; i < len frames; i++){
			mark := "  ";
			if(i == cur)
				mark = "* ";
			sys->print("%s%s\n", mark, describe(frames[i]));
		}
	"u" =>
		frame(cur + 1);
	"w" =>
		frame(cur - 1);
	"v" =>
		variables("args");
		variables("locals");
	"g" =>
		variables("module");
	"p" =>
		print(rest);
	"l" =>
		listing(rest);
	"x" =>
		memory(rest);
	"k" =>
		report(prog.kill());
		over = 1;
	* =>
		sys->print("unknown command %s; ? for help\n", c);
	}
}

report(err: string)
{
	if(err != nil)
		sys->print("%s\n", err);
}

#
# running
#

step(how: int)
{
	if(!started){
		# the first step goes to the first statement of init
		started = 1;
		s := symbols(dispath);
		f := function(s, "init");
		if(f != nil){
			prog.setbpt(dispath, f.offset);
			err := prog.cont();
			prog.delbpt(dispath, f.offset);
			if(err == "child: breakpoint")
				err = nil;
			run(err);
			return;
		}
	}
	run(prog.step(how));
}

run(err: string)
{
	prefix := "child: ";
	if(err != nil && len err > len prefix && err[0:len prefix] == prefix)
		err = err[len prefix:];
	if(err == "exited" || str->prefix("broken", err))
		over = 1;
	arrived(err);
}

arrived(why: string)
{
	if(why != nil)
		sys->print("%s\n", why);
	if(why == "exited"){
		frames = nil;
		return;
	}
	err: string;
	(frames, err) = prog.stack();
	if(err != nil){
		report(err);
		frames = nil;
		return;
	}
	for(i := 0; i < len frames; i++)
		frames[i].findsym();
	cur = 0;
	frame(0);
}

frame(n: int)
{
	if(n < 0 || n >= len frames){
		sys->print("no such frame\n");
		return;
	}
	cur = n;
	e := frames[n];
	sys->print("%s\n", describe(e));
	s := e.src();
	if(s != nil){
		listed = s.start;
		t := sourceline(s.start.file, e, s.start.line);
		if(t != nil)
			sys->print("%d\t%s\n", s.start.line, t);
	}
}

describe(e: ref Exp): string
{
	if(e.id == nil)
		return sys->sprint("unknown fn() Module %s PC %d", e.m.path, e.pc);
	s := e.srcstr();
	if(s == nil)
		s = "unknown place";
	return e.name + "() " + s;
}

#
# symbols and breakpoints
#

symbols(path: string): ref Sym
{
	for(l := syms; l != nil; l = tl l){
		(p, s) := hd l;
		if(p == path)
			return s;
	}
	m := ref Module(path, 0, 0, 0, nil);
	m.stdsym();
	syms = (path, m.sym) :: syms;
	return m.sym;
}

function(s: ref Sym, name: string): ref Id
{
	if(s != nil)
		for(i := 0; i < len s.fns; i++)
			if(s.fns[i].name == name)
				return s.fns[i];
	return nil;
}

# the object files that may be meant: those on the stack, and the program
objects(): list of string
{
	l: list of string;
	for(i := len frames; --i >= 0;)
		l = frames[i].m.path :: l;
	if(dispath != nil)
		l = dispath :: l;
	return l;
}

setbreak(place: string)
{
	(file, line) := str->splitl(place, ":");
	if(line != nil)
		line = line[1:];
	else if(str->take(place, "0-9") == place)
		(file, line) = (nil, place);
	for(l := objects(); l != nil; l = tl l){
		s := symbols(hd l);
		if(s == nil)
			continue;
		pc := -1;
		if(line == nil){
			f := function(s, place);
			if(f != nil)
				pc = f.offset;
		}else
			pc = linepc(s, file, int line);
		if(pc < 0)
			continue;
		err := prog.setbpt(hd l, pc);
		if(err != nil){
			report(err);
			return;
		}
		b := ref Breakpoint(++nbreaks, hd l, pc, place);
		if((p := s.pctosrc(pc)) != nil)
			b.where = sys->sprint("%s:%d.%d", p.start.file, p.start.line, p.start.pos);
		breaks = b :: breaks;
		sys->print("%d: %s pc %d\n", b.n, b.where, pc);
		return;
	}
	sys->print("no place %s\n", place);
}

# the first instruction of a line
linepc(s: ref Sym, file: string, line: int): int
{
	for(pc := 0; pc < len s.src; pc++){
		p := s.src[pc];
		if(p != nil && p.start.line == line && (file == nil || last(p.start.file) == last(file)))
			return pc;
	}
	return -1;
}

last(path: string): string
{
	(nil, name) := str->splitr(path, "/");
	return name;
}

listbreaks()
{
	r: list of ref Breakpoint;
	for(l := breaks; l != nil; l = tl l)
		r = hd l :: r;
	for(; r != nil; r = tl r)
		sys->print("%d: %s pc %d\n", (hd r).n, (hd r).where, (hd r).pc);
}

delbreak(n: int)
{
	r: list of ref Breakpoint;
	found := 0;
	for(; breaks != nil; breaks = tl breaks)
		if((hd breaks).n == n){
			found = 1;
			report(prog.delbpt((hd breaks).path, (hd breaks).pc));
		}else
			r = hd breaks :: r;
	for(; r != nil; r = tl r)
		breaks = hd r :: breaks;
	if(!found)
		sys->print("no breakpoint %d\n", n);
}

#
# values
#

# a part of the current frame: args, locals or module
part(name: string): array of ref Exp
{
	if(cur >= len frames)
		return nil;
	l := frames[cur].expand();
	for(i := 0; i < len l; i++)
		if(l[i].name == name)
			return l[i].expand();
	return nil;
}

variables(name: string)
{
	l := part(name);
	for(i := 0; i < len l; i++)
		show(l[i], "", 1);
}

print(expr: string)
{
	name := str->take(expr, "^.[ \t");
	e := find(part("locals"), name);
	if(e == nil)
		e = find(part("args"), name);
	if(e == nil)
		e = find(part("module"), name);
	rest := expr[len name:];
	while(e != nil && rest != nil){
		sep := rest[0];
		member := str->take(rest[1:], "^.[]");
		rest = rest[1 + len member:];
		if(sep == '[' && rest != nil)
			rest = rest[1:];
		e = find(e.expand(), member);
	}
	if(e == nil)
		sys->print("no variable %s\n", expr);
	else
		show(e, "", 2);
}

find(l: array of ref Exp, name: string): ref Exp
{
	for(i := 0; i < len l; i++)
		if(l[i].name == name)
			return l[i];
	return nil;
}

show(e: ref Exp, indent: string, depth: int)
{
	(v, more) := e.val();
	if(v != nil)
		v = " = " + v;
	sys->print("%s%s: %s%s\n", indent, e.name, e.typename(), v);
	if(more && depth > 1){
		l := e.expand();
		for(i := 0; i < len l; i++)
			show(l[i], indent + "\t", depth - 1);
	}
}

memory(rest: string)
{
	(n, l) := sys->tokenize(rest, " \t");
	if(n != 2){
		sys->print("usage: x address format\n");
		return;
	}
	if(sys->fprint(prog.heap, "0x%s.%s1", hd l, hd tl l) < 0){
		sys->print("%r\n");
		return;
	}
	buf := array[Sys->ATOMICIO] of byte;
	k := sys->pread(prog.heap, buf, len buf, big 0);
	if(k < 0)
		sys->print("%r\n");
	else
		sys->print("%s%s", string buf[0:k], "\n"[:k == 0 || int buf[k-1] != '\n']);
}

#
# source
#

sourcefile(file: string, e: ref Exp): ref Iobuf
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil && e != nil){
		# beside the object file
		(dir, nil) := str->splitr(e.m.path, "/");
		f = bufio->open(dir + last(file), Bufio->OREAD);
		if(f == nil && str->prefix("/dis/", e.m.path))
			f = bufio->open("/appl/cmd/" + last(file), Bufio->OREAD);
	}
	return f;
}

sourceline(file: string, e: ref Exp, line: int): string
{
	f := sourcefile(file, e);
	if(f == nil)
		return nil;
	s: string;
	while(line-- > 0 && (s = f.gets('\n')) != nil)
		;
	if(s != nil && s[len s - 1] == '\n')
		s = s[0:len s - 1];
	return s;
}

listing(rest: string)
{
	e: ref Exp;
	if(cur < len frames)
		e = frames[cur];
	first := listed.line;
	if(rest != nil)
		first = int rest;
	file := listed.file;
	if(file == nil && (s := symbols(dispath)) != nil)
		for(i := 0; i < len s.src && file == nil; i++)
			if(s.src[i] != nil)
				file = s.src[i].start.file;
	f: ref Iobuf;
	if(file != nil)
		f = sourcefile(file, e);
	if(f == nil){
		sys->print("no source\n");
		return;
	}
	for(n := 1; n < first + 10 && (t := f.gets('\n')) != nil; n++)
		if(n >= first)
			sys->print("%d\t%s%s", n, t, "\n"[:t[len t - 1] != '\n']);
	listed.line = n;
	listed.file = file;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "deb: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
