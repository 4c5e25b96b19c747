# The shell mash as seen by its loadable builtins; needs sys.m and draw.m before it. See mash(1) and mash(2).
Mash: module
{
	PATH:	con "/dis/mash.dis";

	# A command, a word or an expression, as parsed. What op, text and num mean is the shell's own business.
	Node: adt
	{
		op:		int;
		left, right:	cyclic ref Node;
		text:		string;
		num:		int;
	};

	# A rule of make. If it is implicit (:~) its targets are regular expressions, and its prerequisites are evaluated
	# for each target that one of them matches, with the groups in $1 to $9.
	Rule: adt
	{
		targets:	list of string;
		prereqs:	ref Node;	# words
		body:		ref Node;	# a command, or nil
		implicit:	int;
	};

	Var: adt
	{
		name:	string;
		val:	list of string;
	};

	Fn: adt
	{
		name:	string;
		body:	ref Node;
		mod:	Mashbuiltin;	# not nil: a builtin
	};

	# what processes share that do not have a copy of their own
	Shared: adt
	{
		ctxt:	ref Draw->Context;
		vars:	list of ref Var;
		fns:	list of ref Fn;
		rules:	list of ref Rule;	# the last one first
		flags:	int;
	};

	# variables of a function that runs
	Frame: adt
	{
		vars:	list of ref Var;
		depth:	int;
	};

	# flags
	Eexit, Echo, Noexec, Interactive: con 1 << iota;

	# the state of one process of the shell
	Context: adt
	{
		shared:	ref Shared;
		frame:	ref Frame;
		keep:	list of int;		# descriptors its children get
		wait:	ref Sys->FD;

		# the value of a variable: local, global, or of the environment
		get:	fn(c: self ref Context, name: string): list of string;
		# where it is now local there, or else globally, and in the environment
		set:	fn(c: self ref Context, name: string, val: list of string);
		setlocal: fn(c: self ref Context, name: string, val: list of string);
		# a new frame, with $args, $0, $1 and so on; the same shared state
		call:	fn(c: self ref Context, argv: list of string): ref Context;
		# a builtin from now on
		define:	fn(c: self ref Context, name: string, mod: Mashbuiltin);

		# the values of words
		words:	fn(c: self ref Context, n: ref Node): list of string;
		# run a command: its status, nil if all is well; raises fail:... for exit, and if flag Eexit is set
		exec:	fn(c: self ref Context, n: ref Node): string;
		# the same of a command that is made of words
		run:	fn(c: self ref Context, argv: list of string): string;
		# message and exception
		fail:	fn(c: self ref Context, msg: string);
	};

	init:	fn(ctxt: ref Draw->Context, argv: list of string);
	# a command as text that parses to the same
	text:	fn(n: ref Node): string;
	# what a command, or those of a block, would run, a line each: with the values of variables, if no commands stand in the words
	show:	fn(c: ref Context, n: ref Node): string;
};

# A module of builtins. load calls mashinit once in each shell; the names it defines (Context.define) call mashcmd, with the name in
# hd argv. The result is a status; exceptions fail:... are as in commands.
Mashbuiltin: module
{
	PATH:	con "/dis/mash";	# where load looks for names without a slash

	mashinit:	fn(mash: Mash, c: ref Mash->Context): string;
	mashcmd:	fn(c: ref Mash->Context, argv: list of string): string;
};
