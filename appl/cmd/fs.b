implement Fs;

#
# Evaluates an expression over trees of files; see fs(1).
#
# An expression is parsed by the shell, then compiled: functions are found and types are compared, and conversions put in, before anything
# is run. Functions that make trees and lists of entries start processes, which wait for those that take them (fs/tree.inc).
#

include "sys.m";
	sys: Sys;
	Dir: import sys;

include "draw.m";
	draw: Draw;

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "daytime.m";
	daytime: Daytime;

include "filepat.m";
	filepat: Filepat;

include "names.m";
	names: Names;

include "readdir.m";
	readdir: Readdir;

include "regex.m";
	regex: Regex;

include "sh.m";
	sh: Sh;
	Context, Listnode, Node: import sh;
	n_ADJ, n_ASSIGN, n_BLOCK, n_DUP, n_PIPE, n_REDIR, n_WORD: import Sh;

include "string.m";
	str: String;

Fs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# What can be called: options, those with a value apart, then the types of the arguments and of the result. A word that is no type
# is a string, and says what it is for; before `...' stands what there is one of, or more.
functions := array[] of {
	"and gate ...: gate",
	"bundle fs: void",
	"compose [-d] operator: cmp",
	"depth number: gate",
	"echo string: void",
	"entries fs: entries",
	"eval string: any",
	"filter [-d] gate fs: fs",
	"match [-ar] pattern: gate",
	"merge [-c cmp] fs fs ...: fs",
	"mode spec: gate",
	"not gate: gate",
	"or gate ...: gate",
	"path [-x] name ...: gate",
	"print entries: void",
	"proto [-r root] file: fs",
	"query command: gate",
	"readfile file: string",
	"run command: string",
	"select gate entries: entries",
	"setroot name fs: fs",
	"size entries: void",
	"unbundle file: fs",
	"union fs fs ...: fs",
	"walk dir: fs",
	"write [-uv] dir fs: void",
};

types: con " any cmp command entries fs gate string void ";

Fun: adt
{
	name, usage:	string;
	options:	list of (int, string);	# and the types of their values; nil if they have none
	params:		list of string;
	many:		int;			# the last again and again
	result:		string;
};

Expr: adt
{
	ty:	string;		# what it gives
	pick {
	Word =>
		s:	string;
	Call =>
		f:	ref Fun;
		options:	list of (int, ref Expr);
		args:	list of ref Expr;
	}
};

# What an expression gives; its type says which of these. There is none of type void.
Value: adt
{
	s:		string;		# a command too
	tree:		ref Tree;
	entries:	chan of ref Entry;
	gate:		ref Gate;
	cmp:		ref Cmp;
};

drawctxt: ref Draw->Context;
failed: int;

include "disk/archive.inc";
include "disk/proto.inc";
include "fs/tree.inc";
include "fs/gate.inc";
include "fs/merge.inc";
include "fs/bundle.inc";

init(ctxt: ref Draw->Context, argv: list of string)
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
	filepat = load Filepat Filepat->PATH;
	if(filepat == nil)
		nomod(Filepat->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	drawctxt = ctxt;
	typing := 0;
	arg->init(argv);
	arg->setusage("fs [-p] expr\n       fs -P [function ...]");
	while((o := arg->opt()) != 0)
		case o {
		'p' =>
			typing = 1;
		'P' =>
			show(arg->argv());
			return;
		* =>
			arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	pid := sys->pctl(Sys->NEWPGRP, nil);
	{
		n := parse(text(argv));
		if(typing)
			sys->print("%s\n", call(n, nil).ty);
		else
			eval(call(n, "void"));
	}exception{
	"*" =>
		# processes may be waiting for those that read their trees
		fd := sys->open("/prog/" + string pid + "/ctl", Sys->OWRITE);
		if(fd != nil)
			sys->fprint(fd, "killgrp");
		raise;
	}
	if(failed)
		raise "fail:errors";
}

show(argv: list of string)
{
	for(l := argv; l != nil; l = tl l)
		if(find(hd l) == nil)
			fatal("unknown function " + hd l, "usage");
	for(i := 0; i < len functions; i++){
		for(l = argv; l != nil && !str->prefix(hd l + " ", functions[i]); l = tl l)
			;
		if(argv == nil || l != nil)
			sys->print("%s\n", functions[i]);
	}
}

# of the main process, which ends it
fatal(s, status: string)
{
	sys->fprint(sys->fildes(2), "fs: %s\n", s);
	raise "fail:" + status;
}

warn(s: string)
{
	sys->fprint(sys->fildes(2), "fs: %s\n", s);
	failed = 1;
}

#
# the compiler
#

# Arguments as an expression: one as it is, of several only those that are blocks.
text(argv: list of string): string
{
	if(tl argv == nil)
		return hd argv;
	s := "";
	for(; argv != nil; argv = tl argv){
		w := hd argv;
		if(w == nil || w[0] != '{')
			w = sh->quoted(ref Listnode(nil, w) :: nil, 1);
		s += " " + w;
	}
	return s;
}

parse(s: string): ref Node
{
	(n, err) := sh->parse("{" + s + "}");
	if(err != nil)
		bad(str->splitstrr(err, "internal: ").t1);
	if(n == nil || n.ntype != n_BLOCK)
		bad("not an expression: " + s);
	return n;
}

bad(s: string)
{
	fatal(s, "parse error");
}

# The call in a block: {f args} or {call | f args}, the same as {f args {call}}. Its type is to be want, whatever it is if that is nil.
call(n: ref Node, want: string): ref Expr
{
	block := n;
	while(n != nil && n.ntype == n_BLOCK)
		n = n.left;
	if(n == nil)
		bad("nothing in " + sh->cmd2string(block));
	last: list of ref Node;
	if(n.ntype == n_PIPE){
		if(n.redir != nil || n.left == nil)
			bad("not an expression: " + sh->cmd2string(n));
		last = ref Node(n_BLOCK, n.left, nil, nil, nil) :: nil;
		n = n.right;
	}
	for(; n.ntype == n_ADJ; n = n.left)
		last = values(n.right, last);
	if(n.ntype != n_WORD)
		bad("not a function: " + sh->cmd2string(n));
	f := find(word(n));
	if(f == nil)
		bad("unknown function " + word(n));
	return convert(apply(f, last), want, block);
}

# The words and blocks that n stands for, in front of l. What has variables and the like is the shell's affair.
values(n: ref Node, l: list of ref Node): list of ref Node
{
	if(n.ntype == n_WORD || n.ntype == n_BLOCK)
		return n :: l;
	if(n.ntype == n_REDIR || n.ntype == n_DUP)
		bad("not an argument: " + sh->cmd2string(n));
	c := Context.new(drawctxt);
	c.run(ref Listnode(ref Node(n_BLOCK, ref Node(n_ASSIGN, ref Node(n_WORD, nil, nil, "value", nil), n, nil, nil), nil, nil, nil), nil) :: nil, 0);
	r: list of ref Node;
	for(v := c.get("value"); v != nil; v = tl v)
		if((hd v).cmd != nil)
			r = (hd v).cmd :: r;
		else if((hd v).word != nil && (hd v).word[0] == '{')
			r = parse((hd v).word) :: r;
		else
			r = ref Node(n_WORD, nil, nil, (hd v).word, nil) :: r;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

apply(f: ref Fun, l: list of ref Node): ref Expr
{
	options: list of (int, ref Expr);
	for(; l != nil && (hd l).ntype == n_WORD; l = tl l){
		w := word(hd l);
		if(len w < 2 || w[0] != '-')
			break;
		if(w == "--"){
			l = tl l;
			break;
		}
		for(i := 1; i < len w; i++){
			for(o := f.options; o != nil && (hd o).t0 != w[i]; o = tl o)
				;
			if(o == nil)
				misused(f);
			e: ref Expr;
			letter := w[i];
			if((hd o).t1 != nil){
				if(i + 1 < len w)
					e = ref Expr.Word("string", w[i+1:]);
				else if((l = tl l) != nil)
					e = argument(hd l, (hd o).t1);
				else
					misused(f);
				i = len w;
			}
			options = (letter, e) :: options;
		}
	}
	args: list of ref Expr;
	p := f.params;
	for(; l != nil; l = tl l){
		if(p == nil)
			misused(f);
		args = argument(hd l, hd p) :: args;
		if(tl p != nil || !f.many)
			p = tl p;
	}
	if(p != nil && (!f.many || len args < len f.params))
		misused(f);
	r: list of ref Expr;
	for(; args != nil; args = tl args)
		r = hd args :: r;
	return ref Expr.Call(f.result, f, options, r);
}

misused(f: ref Fun)
{
	fatal("usage: " + f.usage, "usage");
}

argument(n: ref Node, want: string): ref Expr
{
	if(n.ntype == n_WORD)
		return convert(ref Expr.Word("string", word(n)), want, n);
	if(want == "command")
		return ref Expr.Word(want, sh->cmd2string(n));
	return call(n, want);
}

convert(e: ref Expr, want: string, n: ref Node): ref Expr
{
	if(want == nil || e.ty == want)
		return e;
	name: string;
	case e.ty + " " + want {
	"string fs" or "string entries" =>
		name = "walk";
	"string void" =>
		name = "echo";
	"fs entries" or "fs void" =>
		name = "entries";
	"entries void" =>
		name = "print";
	"string command" =>
		e.ty = want;
		return e;
	* =>
		if(e.ty == "any"){
			e.ty = want;
			return e;
		}
		bad(sys->sprint("%s gives %s, where %s is wanted", sh->cmd2string(n), e.ty, want));
	}
	f := find(name);
	return convert(ref Expr.Call(f.result, f, nil, e :: nil), want, n);
}

# Of what the shell would take as a pattern, the text; the parser marks its special characters.
word(n: ref Node): string
{
	s := n.word;
	t := "";
	for(i := 0; i < len s; i++){
		if(s[i] == Sh->GLOB && i + 1 < len s)
			i++;
		t[len t] = s[i];
	}
	return t;
}

find(name: string): ref Fun
{
	for(i := 0; i < len functions; i++)
		if(str->prefix(name + " ", functions[i]))
			return signature(name, functions[i]);
	return nil;
}

signature(name, usage: string): ref Fun
{
	f := ref Fun(name, nil, nil, nil, 0, nil);
	(f.usage, f.result) = str->splitstrl(usage, ": ");
	f.result = f.result[2:];
	params: list of string;
	(nil, l) := sys->tokenize(f.usage, " ");
	for(l = tl l; l != nil; l = tl l){
		w := hd l;
		if(w == "...")
			f.many = 1;
		else if(w[0] == '['){
			value: string;
			if(w[len w - 1] != ']'){
				l = tl l;
				value = typeof((hd l)[0:len hd l - 1]);
				w += "]";
			}
			for(i := 2; i < len w - 1; i++)
				f.options = (w[i], value) :: f.options;
		}else
			params = typeof(w) :: params;
	}
	for(; params != nil; params = tl params)
		f.params = hd params :: f.params;
	return f;
}

typeof(s: string): string
{
	if(str->splitstrl(types, " " + s + " ").t1 != nil)
		return s;
	return "string";
}

#
# the evaluator
#

eval(e: ref Expr): ref Value
{
	r := ref Value;
	pick x := e {
	Word =>
		r.s = x.s;
	Call =>
		options: list of (int, ref Value);
		for(o := x.options; o != nil; o = tl o){
			v: ref Value;
			if((hd o).t1 != nil)
				v = eval((hd o).t1);
			options = ((hd o).t0, v) :: options;
		}
		args := array[len x.args] of ref Value;
		i := 0;
		for(l := x.args; l != nil; l = tl l)
			args[i++] = eval(hd l);
		if(x.f.name == "eval")
			return eval(call(parse(args[0].s), x.ty));
		run(x.f.name, options, args, r);
	}
	return r;
}

# Was the option given, and with what?
option(options: list of (int, ref Value), c: int): (int, ref Value)
{
	for(; options != nil; options = tl options)
		if((hd options).t0 == c)
			return (1, (hd options).t1);
	return (0, nil);
}

# Calls a function; its value becomes r.
run(name: string, options: list of (int, ref Value), args: array of ref Value, r: ref Value)
{
	case name {
	"and" or "or" =>
		l: list of ref Gate;
		for(i := len args - 1; i >= 0; i--)
			l = args[i].gate :: l;
		if(name == "and")
			r.gate = ref Gate.And(l);
		else
			r.gate = ref Gate.Or(l);
	"bundle" =>
		bundle(args[0].tree);
	"compose" =>
		r.cmp = compose(args[0].s, option(options, 'd').t0);
	"depth" =>
		r.gate = depthgate(args[0].s);
	"echo" =>
		sys->print("%s\n", args[0].s);
	"entries" =>
		r.entries = chan of ref Entry;
		spawn entries(args[0].tree, r.entries);
	"filter" =>
		r.tree = Tree.new();
		spawn filter(args[0].gate, args[1].tree, r.tree, option(options, 'd').t0);
	"match" =>
		r.gate = matchgate(args[0].s, option(options, 'a').t0, option(options, 'r').t0);
	"merge" or "union" =>
		cmp := compose("AoverB", name == "union");
		if((v := option(options, 'c').t1) != nil)
			cmp = v.cmp;
		r.tree = args[0].tree;
		for(i := 1; i < len args; i++){
			t := Tree.new();
			spawn merge(r.tree, args[i].tree, t, cmp);
			r.tree = t;
		}
	"mode" =>
		r.gate = modegate(args[0].s);
	"not" =>
		r.gate = ref Gate.Not(args[0].gate);
	"path" =>
		l: list of string;
		for(i := 0; i < len args; i++)
			l = names->cleanname(args[i].s) :: l;
		r.gate = ref Gate.Path(l, option(options, 'x').t0);
	"print" =>
		while((e := <-args[0].entries) != nil)
			sys->print("%s\n", e.path);
	"proto" =>
		root := "/";
		if((v := option(options, 'r').t1) != nil)
			root = v.s;
		r.tree = Tree.new();
		spawn proto(root, args[0].s, r.tree);
	"query" =>
		r.gate = ref Gate.Query(command(args[0].s));
	"readfile" =>
		fd := sys->open(args[0].s, Sys->OREAD);
		if(fd == nil)
			fatal(sys->sprint("readfile: can't open %s: %r", args[0].s), "error");
		r.s = contents(fd, "readfile: " + args[0].s);
	"run" =>
		r.s = output(command(args[0].s), args[0].s);
	"select" =>
		r.entries = chan of ref Entry;
		spawn selected(args[0].gate, args[1].entries, r.entries);
	"setroot" =>
		r.tree = Tree.new();
		spawn setroot(names->cleanname(args[0].s), args[1].tree, r.tree);
	"size" =>
		total := big 0;
		while((e := <-args[0].entries) != nil)
			if(!isdir(e.d))
				total += e.d.length;
		sys->print("%bd\n", total);
	"unbundle" =>
		fd := sys->fildes(0);
		if(args[0].s != "-")
			fd = sys->open(args[0].s, Sys->OREAD);
		if(fd == nil)
			fatal(sys->sprint("unbundle: can't open %s: %r", args[0].s), "error");
		r.tree = Tree.new();
		spawn unbundle(bufio->fopen(fd, Bufio->OREAD), r.tree);
	"walk" =>
		r.tree = Tree.new();
		spawn walk(args[0].s, r.tree);
	"write" =>
		write(args[0].s, args[1].tree, option(options, 'u').t0, option(options, 'v').t0);
	}
}

#
# what comes from files and commands
#

Maxstring: con 1 << 20;		# bytes

# all there is, as one string without the newline at its end
contents(fd: ref Sys->FD, what: string): string
{
	a := array[Maxstring + 1] of byte;
	n := sys->readn(fd, a, len a);
	if(n < 0)
		fatal(sys->sprint("%s: read error: %r", what), "error");
	if(n > Maxstring)
		fatal(what + ": too long", "error");
	if(n > 0 && a[n-1] == byte '\n')
		n--;
	return string a[0:n];
}

command(s: string): list of ref Listnode
{
	if(s == nil || s[0] != '{')
		s = "{" + s + "}";
	(n, err) := sh->parse(s);
	if(err != nil)
		bad(str->splitstrr(err, "internal: ").t1);
	return ref Listnode(n, nil) :: nil;
}

# the status of a command
shell(cmd: list of ref Listnode, file: string): string
{
	{
		c := Context.new(drawctxt);
		if(file != nil)
			c.set("file", ref Listnode(nil, file) :: nil);
		return c.run(cmd, 0);
	}exception e{
	"fail:*" =>
		if(e == "fail:")
			return "failed";
		return e[5:];
	"*" =>
		return e;
	}
}

output(cmd: list of ref Listnode, s: string): string
{
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fatal(sys->sprint("run: can't make pipe: %r"), "error");
	started := chan of int;
	status := chan[1] of string;
	spawn writer(cmd, p[1], started, status);
	<-started;
	p[1] = nil;
	r := contents(p[0], "run: " + s);
	if((e := <-status) != nil)
		fatal("run: " + s + ": " + e, "error");
	return r;
}

writer(cmd: list of ref Listnode, fd: ref Sys->FD, started: chan of int, status: chan of string)
{
	sys->pctl(Sys->FORKFD, nil);
	sys->dup(fd.fd, 1);
	fd = nil;
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	started <-= 1;
	status <-= shell(cmd, nil);
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "bad module");
}
