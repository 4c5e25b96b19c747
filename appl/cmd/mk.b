implement Mk;

#
# Brings files up to date as a mkfile says; see mk(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "daytime.m";
	daytime: Daytime;

include "env.m";
	env: Env;

include "regex.m";
	regex: Regex;

include "string.m";
	str: String;

include "sh.m";
	sh: Sh;
	Context: import sh;

Mk: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

#
# The mkfile is read into variables and rules; a graph of targets and the rules that apply is made from the
# targets asked for down, and walked from its leaves up.
#

Var: adt
{
	name:	string;
	val:	list of string;
	locked:	int;		# by the command line: assignments do not change it
};

Rule: adt
{
	targets:	list of string;
	prereqs:	list of string;
	attrs:		string;
	recipe:		string;
	file:		string;
	line:		int;
	meta:		int;		# of % or &, or a regular expression
	prog:		string;		# of attribute P
};

Node: adt
{
	name:		string;
	time:		int;		# 0: does not exist
	exists:		int;
	virtual:	int;
	state:		int;
	arcs:		list of ref Arc;
	changed:	int;		# made now, or would have been
	failed:		int;
};

Fresh, Busy, Done: con iota;

# a rule that applies to a target, with its prerequisites
Arc: adt
{
	rule:		ref Rule;
	stem:		string;
	stems:		array of string;	# groups of a regular expression
	prereqs:	list of ref Node;
};

vars: list of ref Var;
rules: list of ref Rule;		# the last one first, until they are all read
nodes: list of ref Node;
first: list of string;			# targets of the first rule
nflag, aflag, eflag, tflag, kflag, iflag: int;
explain := 0;
made := 0;				# recipes that were run
failed: int;
ctxt: ref Draw->Context;

init(c: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	env = load Env Env->PATH;
	if(env == nil)
		nomod(Env->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	ctxt = c;
	sys->pctl(Sys->FORKENV, nil);
	arg->init(argv);
	arg->setusage("mk [-f file] [-n] [-a] [-e] [-t] [-k] [-i] [-d[egp]] [targets ...]");
	files: list of string;
	while((o := arg->opt()) != 0)
		case o {
		'f' =>	files = arg->earg() :: files;
		'n' =>	nflag = 1;
		'a' =>	aflag = 1;
		'e' =>	eflag = 1;
		't' =>	tflag = 1;
		'k' =>	kflag = 1;
		'i' =>	iflag = 1;
		'd' =>	explain = 1; arg->arg();
		* =>	arg->usage();
		}
	targets: list of string;
	for(l := env->getall(); l != nil; l = tl l)
		set((hd l).t0, str->unquoted((hd l).t1), 0);
	for(argv = arg->argv(); argv != nil; argv = tl argv){
		(name, val) := str->splitl(hd argv, "=");
		if(val != nil)
			set(name, str->unquoted(val[1:]), 1);
		else
			targets = hd argv :: targets;
	}
	targets = reverse(targets);
	set("MKFLAGS", nil, 0);
	set("nproc", "0" :: nil, 0);
	set("pid", string sys->pctl(0, nil) :: nil, 0);
	if(files == nil){
		if(sys->stat("mkfile").t0 >= 0)
			readfile("mkfile", "", 0);
	}else
		for(files = reverse(files); files != nil; files = tl files)
			readfile(hd files, "", 0);
	r: list of ref Rule;
	for(; rules != nil; rules = tl rules)
		r = hd rules :: r;
	rules = r;
	if(targets == nil)
		targets = first;
	if(targets == nil)
		fail("nothing to mk");
	for(; targets != nil; targets = tl targets){
		before := made;
		n := graph(hd targets, nil);
		set("alltarget", hd targets :: nil, 0);
		make(n);
		if(n.failed)
			failed = 1;
		else if(made == before)
			say(sys->sprint("'%s' is up to date", hd targets));
	}
	if(failed)
		raise "fail:error";
}

say(s: string)
{
	sys->fprint(sys->fildes(2), "mk: %s\n", s);
}

fail(s: string)
{
	say(s);
	raise "fail:error";
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

append(a, b: list of string): list of string
{
	for(a = reverse(a); a != nil; a = tl a)
		b = hd a :: b;
	return b;
}

#
# variables
#

set(name: string, val: list of string, locked: int)
{
	for(l := vars; l != nil; l = tl l){
		v := hd l;
		if(v.name == name){
			if(v.locked && !locked)
				return;
			v.val = val;
			v.locked = locked;
			return;
		}
	}
	vars = ref Var(name, val, locked) :: vars;
}

get(name: string): list of string
{
	for(l := vars; l != nil; l = tl l)
		if((hd l).name == name)
			return (hd l).val;
	return nil;
}

namechar(c: int): int
{
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c > 16r7f;
}

# the words of s, with variables and commands replaced; quotes keep text together
expand(s: string): list of string
{
	l: list of string;
	w := "";
	have := 0;
	for(i := 0; i < len s; i++)
		case s[i] {
		' ' or '\t' or '\n' =>
			if(have)
				l = w :: l;
			w = "";
			have = 0;
		'\'' =>
			have = 1;
			for(i++; i < len s; i++){
				if(s[i] == '\''){
					if(i+1 >= len s || s[i+1] != '\'')
						break;
					i++;
				}
				w[len w] = s[i];
			}
		'`' =>
			text: string;
			if(i+1 < len s && s[i+1] == '{'){
				j := closing(s, i+1);
				text = s[i+2:j];
				i = j;
			}else{
				(text, nil) = str->splitl(s[i+1:], "`");
				i += len text + 1;
			}
			(l, w, have) = splice(l, w, have, output(text));
		'$' =>
			val: list of string;
			(val, i) = variable(s, i);
			(l, w, have) = splice(l, w, have, val);
		* =>
			w[len w] = s[i];
			have = 1;
		}
	if(have)
		l = w :: l;
	return reverse(l);
}

closing(s: string, i: int): int
{
	depth := 0;
	for(; i < len s; i++)
		if(s[i] == '{')
			depth++;
		else if(s[i] == '}' && --depth == 0)
			return i;
	return len s;
}

# words in the middle of a word: the first and the last join what is around them
splice(l: list of string, w: string, have: int, val: list of string): (list of string, string, int)
{
	if(val == nil)
		return (l, w, have);
	w += hd val;
	for(val = tl val; val != nil; val = tl val){
		l = w :: l;
		w = hd val;
	}
	return (l, w, 1);
}

# $name, ${name} or ${name:A%B=C%D} at s[i], and the index of its last character
variable(s: string, i: int): (list of string, int)
{
	j := i + 1;
	if(j < len s && s[j] == '{'){
		e := closing(s, j);
		body := s[j+1:e];
		(name, pat) := str->splitl(body, ":");
		val := get(name);
		if(pat != nil)
			val = substitute(val, pat[1:]);
		return (val, e);
	}
	while(j < len s && namechar(s[j]))
		j++;
	if(j == i + 1)
		return ("$" :: nil, i);
	return (get(s[i+1:j]), j - 1);
}

substitute(val: list of string, pat: string): list of string
{
	(from, onto) := str->splitl(pat, "=");
	if(onto == nil)
		return val;
	(a, b) := str->splitl(from, "%");
	if(b != nil)
		b = b[1:];
	r: list of string;
	for(; val != nil; val = tl val){
		w := hd val;
		if(len w < len a + len b || w[0:len a] != a || w[len w - len b:] != b){
			r = w :: r;
			continue;
		}
		stem := w[len a:len w - len b];
		for(l := expand(onto[1:]); l != nil; l = tl l)
			r = replaced(hd l, stem) :: r;
	}
	return reverse(r);
}

replaced(s, stem: string): string
{
	r := "";
	for(i := 0; i < len s; i++)
		if(s[i] == '%' || s[i] == '&')
			r += stem;
		else
			r[len r] = s[i];
	return r;
}

# words that a command prints
output(cmd: string): list of string
{
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fail(sys->sprint("can't make pipe: %r"));
	started := chan of int;
	export(nil, nil);
	spawn command(cmd, p[1], started);
	<-started;
	p[1] = nil;
	f := bufio->fopen(p[0], Bufio->OREAD);
	l: list of string;
	while((s := f.gets('\n')) != nil){
		(nil, w) := sys->tokenize(s, " \t\n");
		for(; w != nil; w = tl w)
			l = hd w :: l;
	}
	return reverse(l);
}

command(cmd: string, fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->FORKFD | Sys->FORKENV, nil);
	sys->dup(fd.fd, 1);
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	fd = nil;
	started <-= 1;
	sh->system(ctxt, "{" + cmd + "}");
}

#
# the mkfile
#

Inp: adt
{
	f:	ref Iobuf;
	name:	string;
	line:	int;
	next:	string;		# a line that was read ahead

	get:	fn(in: self ref Inp): string;
};

# a line with those that continue it, without newline; nil at the end
Inp.get(in: self ref Inp): string
{
	if(in.next != nil){
		s := in.next;
		in.next = nil;
		return s;
	}
	r: string;
	while((s := in.f.gets('\n')) != nil){
		in.line++;
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		if(s != nil && s[len s - 1] == '\\'){
			r += s[0:len s - 1] + " ";
			continue;
		}
		return r + s + "\n";
	}
	return r;
}

readfile(name, text: string, istext: int)
{
	f: ref Iobuf;
	if(istext)
		f = bufio->sopen(text);
	else
		f = bufio->open(name, Bufio->OREAD);
	if(f == nil){
		say(sys->sprint("can't open %s: %r", name));
		raise "fail:error";
	}
	in := ref Inp(f, name, 0, nil);
	while((s := in.get()) != nil){
		line := in.line;
		s = comment(s[0:len s - 1]);
		if(str->drop(s, " \t") == nil)
			continue;
		if(s[0] == ' ' || s[0] == '\t')
			fail(sys->sprint("%s:%d: syntax error; recipe without rule", name, line));
		if(s[0] == '<'){
			if(len s > 1 && s[1] == '|'){
				out := "";
				for(l := outputlines(s[2:]); l != nil; l = tl l)
					out += hd l;
				readfile(s, out, 1);
			}else
				for(l := expand(s[1:]); l != nil; l = tl l)
					readfile(hd l, nil, 0);
			continue;
		}
		i := separator(s);
		if(i >= len s)
			fail(sys->sprint("%s:%d: syntax error; expected one of :<=", name, line));
		if(s[i] == '='){
			assign(str->drop(s[0:i], " \t"), s[i+1:], in);
			continue;
		}
		rule(s[0:i], s[i+1:], in, line);
	}
}

outputlines(cmd: string): list of string
{
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fail(sys->sprint("can't make pipe: %r"));
	started := chan of int;
	spawn command(cmd, p[1], started);
	<-started;
	p[1] = nil;
	f := bufio->fopen(p[0], Bufio->OREAD);
	l: list of string;
	while((s := f.gets('\n')) != nil)
		l = s :: l;
	return reverse(l);
}

# without what follows a # outside quotes
comment(s: string): string
{
	quoted := 0;
	for(i := 0; i < len s; i++)
		if(s[i] == '\'')
			quoted = !quoted;
		else if(s[i] == '#' && !quoted)
			return s[0:i];
	return s;
}

# the first : or = outside quotes, braces and references
separator(s: string): int
{
	quoted := 0;
	for(i := 0; i < len s; i++)
		case s[i] {
		'\'' =>
			quoted = !quoted;
		'{' =>
			if(!quoted)
				i = closing(s, i);
		':' or '=' =>
			if(!quoted)
				return i;
		}
	return len s;
}

trim(s: string): string
{
	s = str->drop(s, " \t");
	while(s != nil && (s[len s - 1] == ' ' || s[len s - 1] == '\t'))
		s = s[0:len s - 1];
	return s;
}

assign(name, val: string, nil: ref Inp)
{
	name = trim(name);
	# NAME=ATTR=value: the attribute U keeps it from recipes, which have all here
	set(name, expand(val), 0);
	v := get(name);
	env->setenv(name, str->quoted(v));
}

rule(head, rest: string, in: ref Inp, line: int)
{
	attrs := "";
	prog: string;
	i := separator(rest);
	if(i < len rest && rest[i] == ':'){
		attrs = str->drop(rest[0:i], " \t");
		rest = rest[i+1:];
		(a, p) := str->splitl(attrs, "P");
		if(p != nil){
			prog = p[1:];
			attrs = a + "P";
		}
	}
	recipe := "";
	while((s := in.get()) != nil){
		if(s[0] != ' ' && s[0] != '\t' && s != "\n" && s[0] != '#'){
			in.next = s;
			break;
		}
		if(s == "\n" || s[0] == '#'){
			# blank lines end a recipe only if what follows is none
			nextline := in.get();
			if(nextline == nil)
				break;
			in.next = nextline;
			if(nextline[0] != ' ' && nextline[0] != '\t')
				break;
			continue;
		}
		recipe += s[1:];
	}
	r := ref Rule(expand(head), expand(rest), attrs, recipe, in.name, line, 0, prog);
	for(l := r.targets; l != nil; l = tl l)
		if(contains(hd l, '%') || contains(hd l, '&'))
			r.meta = 1;
	if(contains(attrs, 'R'))
		r.meta = 1;
	if(first == nil && !r.meta)
		first = r.targets;
	rules = r :: rules;
}

contains(s: string, c: int): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == c)
			return 1;
	return 0;
}

#
# the graph
#

node(name: string): ref Node
{
	for(l := nodes; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	n := ref Node(name, 0, 0, 0, Fresh, nil, 0, 0);
	look(n);
	nodes = n :: nodes;
	return n;
}

look(n: ref Node)
{
	(ok, d) := sys->stat(n.name);
	n.exists = ok >= 0;
	n.time = 0;
	if(n.exists)
		n.time = d.mtime;
}

graph(name: string, above: list of string): ref Node
{
	for(l := above; l != nil; l = tl l)
		if(hd l == name)
			fail(sys->sprint("cycle in graph detected at target %s", name));
	n := node(name);
	if(n.state != Fresh)
		return n;
	n.state = Busy;
	above = name :: above;
	recipe := 0;
	for(r := rules; r != nil; r = tl r){
		if((hd r).meta)
			continue;
		for(t := (hd r).targets; t != nil; t = tl t)
			if(hd t == name){
				if((hd r).recipe != nil){
					if(recipe && (hd r).prereqs == nil)
						continue;
					recipe = 1;
				}
				n.arcs = arc(hd r, "", nil, (hd r).prereqs, above) :: n.arcs;
				if(contains((hd r).attrs, 'V'))
					n.virtual = 1;
				break;
			}
	}
	if(!recipe && !n.virtual)
		for(r = rules; r != nil; r = tl r){
			if(!(hd r).meta || contains((hd r).attrs, 'n') && n.virtual)
				continue;
			(ok, stem, groups) := matches(hd r, name);
			if(!ok)
				continue;
			prereqs: list of string;
			for(p := (hd r).prereqs; p != nil; p = tl p)
				prereqs = instance(hd p, stem, groups) :: prereqs;
			prereqs = reverse(prereqs);
			if(!makeable(prereqs, above))
				continue;
			n.arcs = arc(hd r, stem, groups, prereqs, above) :: n.arcs;
			if(contains((hd r).attrs, 'V'))
				n.virtual = 1;
			if((hd r).recipe != nil)
				break;
		}
	if(n.virtual){
		n.time = 0;
		n.exists = 0;
	}
	a: list of ref Arc;
	for(; n.arcs != nil; n.arcs = tl n.arcs)
		a = hd n.arcs :: a;
	n.arcs = a;
	n.state = Fresh;
	return n;
}

arc(r: ref Rule, stem: string, groups: array of string, prereqs: list of string, above: list of string): ref Arc
{
	l: list of ref Node;
	for(; prereqs != nil; prereqs = tl prereqs)
		l = graph(hd prereqs, above) :: l;
	p: list of ref Node;
	for(; l != nil; l = tl l)
		p = hd l :: p;
	return ref Arc(r, stem, groups, p);
}

matches(r: ref Rule, name: string): (int, string, array of string)
{
	for(t := r.targets; t != nil; t = tl t){
		if(contains(r.attrs, 'R')){
			(re, nil) := regex->compile(hd t, 1);
			if(re == nil)
				continue;
			m := regex->execute(re, name);
			if(m == nil || m[0].t0 != 0 || m[0].t1 != len name)
				continue;
			g := array[len m] of string;
			for(i := 0; i < len m; i++)
				if(m[i].t0 >= 0)
					g[i] = name[m[i].t0:m[i].t1];
			return (1, "", g);
		}
		(a, b) := str->splitl(hd t, "%&");
		if(b == nil)
			continue;
		amp := b[0] == '&';
		b = b[1:];
		if(len name < len a + len b || name[0:len a] != a || name[len name - len b:] != b)
			continue;
		stem := name[len a:len name - len b];
		if(amp && (contains(stem, '/') || contains(stem, '.')))
			continue;
		return (1, stem, nil);
	}
	return (0, nil, nil);
}

instance(s, stem: string, groups: array of string): string
{
	if(groups == nil)
		return replaced(s, stem);
	r := "";
	for(i := 0; i < len s; i++)
		if(s[i] == '\\' && i+1 < len s && s[i+1] >= '0' && s[i+1] <= '9'){
			n := s[++i] - '0';
			if(n < len groups)
				r += groups[n];
		}else
			r[len r] = s[i];
	return r;
}

# could each of them be made, or does it exist?
makeable(l: list of string, above: list of string): int
{
	if(len above > 20)
		return 0;
	for(; l != nil; l = tl l){
		for(a := above; a != nil; a = tl a)
			if(hd a == hd l)
				return 0;
		if(sys->stat(hd l).t0 >= 0)
			continue;
		ok := 0;
		for(r := rules; r != nil && !ok; r = tl r){
			if(!(hd r).meta){
				for(t := (hd r).targets; t != nil; t = tl t)
					if(hd t == hd l)
						ok = 1;
				continue;
			}
			(m, stem, groups) := matches(hd r, hd l);
			if(!m)
				continue;
			p: list of string;
			for(q := (hd r).prereqs; q != nil; q = tl q)
				p = instance(hd q, stem, groups) :: p;
			ok = makeable(p, hd l :: above);
		}
		if(!ok)
			return 0;
	}
	return 1;
}

#
# making
#

make(n: ref Node)
{
	if(n.state == Done)
		return;
	n.state = Done;
	if(n.arcs == nil){
		if(!n.exists){
			say(sys->sprint("don't know how to make '%s'", n.name));
			n.failed = 1;
			if(!kflag)
				raise "fail:error";
		}
		return;
	}
	stale := aflag || !n.exists;
	recipe: ref Arc;
	all, new: list of string;
	any := 0;
	for(a := n.arcs; a != nil; a = tl a){
		r := (hd a).rule;
		if(r.recipe != nil && recipe == nil)
			recipe = hd a;
		for(p := (hd a).prereqs; p != nil; p = tl p){
			m := hd p;
			make(m);
			if(m.failed)
				n.failed = 1;
			all = m.name :: all;
			if(m.changed || outofdate(n, m, r)){
				new = m.name :: new;
				stale = 1;
				if(m.changed)
					any = 1;
			}
		}
	}
	if(n.failed)
		return;
	if(recipe == nil){
		for(a = n.arcs; a != nil; a = tl a)
			if(contains((hd a).rule.attrs, 'N'))
				any = 1;
		if(n.virtual)
			n.changed = any || n.arcs != nil && (hd n.arcs).prereqs == nil;
		else if(!n.exists && !any){
			say(sys->sprint("no recipe to make '%s'", n.name));
			n.failed = 1;
			if(!kflag)
				raise "fail:error";
		}else
			n.changed = any;
		return;
	}
	if(!stale && !n.virtual)
		return;
	if(explain && new != nil)
		say(sys->sprint("%s is older than %s", n.name, hd new));
	n.changed = 1;
	run(n, recipe, reverse(all), reverse(new));
}

outofdate(n, m: ref Node, r: ref Rule): int
{
	if(n.virtual || !n.exists)
		return 1;
	if(contains(r.attrs, 'P') && r.prog != nil)
		return sh->system(ctxt, "{" + r.prog + " " + str->quoted(n.name :: m.name :: nil) + "}") != nil;
	return m.exists && m.time > n.time;
}

# for the recipe and its commands
export(n: ref Node, a: ref Arc)
{
	if(n != nil){
		set("target", n.name :: nil, 0);
		set("stem", nil, 0);
		if(a.stem != nil)
			set("stem", a.stem :: nil, 0);
		for(i := 0; i < len a.stems; i++)
			set("stem" + string i, a.stems[i] :: nil, 0);
	}
	for(l := vars; l != nil; l = tl l)
		if((hd l).name != nil && !contains((hd l).name, '/'))
			env->setenv((hd l).name, str->quoted((hd l).val));
}

run(n: ref Node, a: ref Arc, all, new: list of string)
{
	r := a.rule;
	made++;
	set("prereq", all, 0);
	set("newprereq", new, 0);
	export(n, a);
	if(!contains(r.attrs, 'Q') || nflag)
		sys->print("%s", shown(r.recipe));
	if(nflag)
		return;
	if(tflag){
		if(!n.virtual)
			touch(n);
		return;
	}
	result := chan of string;
	spawn shell(r, result);
	status := <-result;
	if(status != nil){
		text := r.recipe;
		if(text != nil && text[len text - 1] == '\n')
			text = text[0:len text - 1];
		say(sys->sprint("%s : exit status=%s", text, status));
		if(contains(r.attrs, 'D'))
			sys->remove(n.name);
		n.failed = 1;
		if(!kflag)
			raise "fail:error";
		return;
	}
	if(!n.virtual){
		look(n);
		if(!n.exists)
			n.time = daytime->now();
	}
}

touch(n: ref Node)
{
	sys->print("touch %s\n", n.name);
	d := Sys->nulldir;
	d.mtime = daytime->now();
	if(sys->wstat(n.name, d) < 0)
		sys->create(n.name, Sys->OREAD, 8r666);
	look(n);
}

# the recipe with its variables replaced
shown(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++){
		if(s[i] == '\''){
			r[len r] = s[i++];
			for(; i < len s; i++){
				r[len r] = s[i];
				if(s[i] == '\'')
					break;
			}
			continue;
		}
		if(s[i] != '$' || i+1 >= len s || !(namechar(s[i+1]) || s[i+1] == '{')){
			r[len r] = s[i];
			continue;
		}
		j: int;
		val: list of string;
		(val, j) = variable(s, i);
		name := s[i+1:j+1];
		if(val == nil && !known(name)){
			r += s[i:j+1];
			i = j;
			continue;
		}
		for(; val != nil; val = tl val){
			r += hd val;
			if(tl val != nil)
				r += " ";
		}
		i = j;
	}
	return r;
}

known(name: string): int
{
	for(l := vars; l != nil; l = tl l)
		if((hd l).name == name)
			return 1;
	return 0;
}

shell(r: ref Rule, result: chan of string)
{
	sys->pctl(Sys->FORKENV | Sys->FORKFD | Sys->FORKNS, nil);
	cmd := load Command "/dis/sh.dis";
	if(cmd == nil){
		result <-= sys->sprint("can't load sh: %r");
		return;
	}
	argv := "-c" :: r.recipe :: nil;
	if(!contains(r.attrs, 'E'))
		argv = "-e" :: argv;
	status: string;
	{
		cmd->init(ctxt, "sh" :: argv);
	}exception e{
	"fail:*" =>
		status = e[len "fail:":];
	"*" =>
		status = e;
	}
	result <-= status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mk: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
