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

include "names.m";
	names: Names;

include "readdir.m";
	readdir: Readdir;

include "sh.m";
	sh: Sh;
	Context, Listnode, Node: import sh;
	n_ADJ, n_BLOCK, n_PIPE, n_WORD: import Sh;

include "string.m";
	str: String;

Fs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# What can be called: options, those with a value apart, then the types of the arguments and of the result. A word that is no type
# is a string, and says what it is for; before `...' stands what there is one of, or more.
functions := array[] of {
	"echo string: void",
	"entries fs: entries",
	"print entries: void",
	"walk dir: fs",
	"write [-uv] dir fs: void",
};

types: con " void fs entries string command any ";

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
};

drawctxt: ref Draw->Context;
failed: int;

include "fs/tree.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
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
	(n, err) := sh->parse("{" + s + "\n}");
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
	while(n.ntype == n_ADJ){
		last = n.right :: last;
		n = n.left;
	}
	if(n.ntype != n_WORD)
		bad("not a function: " + sh->cmd2string(n));
	f := find(word(n));
	if(f == nil)
		bad("unknown function " + word(n));
	return convert(apply(f, last), want, block);
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
			if((hd o).t1 != nil){
				if(i + 1 < len w)
					e = ref Expr.Word("string", w[i+1:]);
				else if((l = tl l) != nil)
					e = argument(hd l, (hd o).t1);
				else
					misused(f);
				i = len w;
			}
			options = (w[i], e) :: options;
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
	case n.ntype {
	n_WORD =>
		return convert(ref Expr.Word("string", word(n)), want, n);
	n_BLOCK =>
		if(want == "command")
			return ref Expr.Word(want, sh->cmd2string(n));
		return call(n, want);
	}
	bad("neither a word nor a block: " + sh->cmd2string(n));
	return nil;
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
	pick x := e {
	Word =>
		return ref Value(x.s, nil, nil);
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
		return run(x.f.name, options, args);
	}
	return nil;
}

# Was the option given, and with what?
option(options: list of (int, ref Value), c: int): (int, ref Value)
{
	for(; options != nil; options = tl options)
		if((hd options).t0 == c)
			return (1, (hd options).t1);
	return (0, nil);
}

run(name: string, options: list of (int, ref Value), args: array of ref Value): ref Value
{
	t := Tree.new();
	c := chan of ref Entry;
	r := ref Value(nil, nil, nil);
	case name {
	"echo" =>
		sys->print("%s\n", args[0].s);
	"entries" =>
		spawn entries(args[0].tree, c);
		r.entries = c;
	"print" =>
		while((e := <-args[0].entries) != nil)
			sys->print("%s\n", e.path);
	"walk" =>
		spawn walk(args[0].s, t);
		r.tree = t;
	"write" =>
		write(args[0].s, args[1].tree, option(options, 'u').t0, option(options, 'v').t0);
	}
	return r;
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "bad module");
}
