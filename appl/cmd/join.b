implement Join;

#
# Joins lines of two sorted files on a common field; see join(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Join: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Line: adt
{
	key:	string;
	fields:	array of string;
};

File: adt
{
	f:	ref Iobuf;
	name:	string;
	field:	int;		# of the key, from 0
	next:	ref Line;	# nil at the end

	read:	fn(f: self ref File);
	group:	fn(f: self ref File): list of ref Line;
};

sep := "";			# nil: runs of blanks
empty := "";
output: list of (int, int);	# file 1 or 2, 0 for the key; field from 0
out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("join [-a n] [-v n] [-e s] [-j m] [-1 m] [-2 m] [-o list] [-t c] file1 file2");
	alone := array[3] of {* => 0};
	paired := 1;
	f := array[3] of {* => ref File(nil, nil, 0, nil)};
	for(i := 1; i < 3; i++)
		f[i] = ref File(nil, nil, 0, nil);
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	alone[which(arg->earg())] = 1;
		'v' =>
			alone[which(arg->earg())] = 1;
			paired = 0;
		'e' =>	empty = arg->earg();
		'j' =>	f[1].field = f[2].field = number(arg->earg());
		'1' or '2' =>
			f[o - '0'].field = number(arg->earg());
		'o' =>
			(nil, l) := sys->tokenize(arg->earg(), ", ");
			for(; l != nil; l = tl l)
				output = selector(hd l) :: output;
		't' =>	sep = arg->earg()[0:1];
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 2)
		arg->usage();
	r: list of (int, int);
	for(; output != nil; output = tl output)
		r = hd output :: r;
	output = r;
	for(i = 1; i < 3; i++){
		f[i].name = hd argv;
		if(hd argv == "-")
			f[i].f = bufio->fopen(sys->fildes(0), Bufio->OREAD);
		else
			f[i].f = bufio->open(hd argv, Bufio->OREAD);
		if(f[i].f == nil){
			sys->fprint(sys->fildes(2), "join: cannot open %s: %r\n", hd argv);
			raise "fail:open";
		}
		f[i].read();
		argv = tl argv;
	}
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	while(f[1].next != nil || f[2].next != nil){
		if(f[2].next == nil || f[1].next != nil && f[1].next.key < f[2].next.key){
			if(alone[1])
				show(f[1].next, nil);
			f[1].read();
		}else if(f[1].next == nil || f[2].next.key < f[1].next.key){
			if(alone[2])
				show(nil, f[2].next);
			f[2].read();
		}else{
			a := f[1].group();
			b := f[2].group();
			if(paired)
				for(; a != nil; a = tl a)
					for(l := b; l != nil; l = tl l)
						show(hd a, hd l);
		}
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "join: write error: %r\n");
		raise "fail:write error";
	}
}

which(s: string): int
{
	if(s != "1" && s != "2")
		arg->usage();
	return int s;
}

number(s: string): int
{
	(n, rest) := str->toint(s, 10);
	if(rest != nil || n < 1)
		arg->usage();
	return n - 1;
}

# 0, 1.n or 2.n
selector(s: string): (int, int)
{
	if(s == "0")
		return (0, 0);
	if(len s < 3 || s[1] != '.')
		arg->usage();
	return (which(s[0:1]), number(s[2:]));
}

File.read(f: self ref File)
{
	s := f.f.gets('\n');
	f.next = nil;
	if(s == nil){
		if(f.f.ungetb() == Bufio->ERROR){
			if(out != nil)
				out.flush();
			sys->fprint(sys->fildes(2), "join: error reading %s: %r\n", f.name);
			raise "fail:read error";
		}
		return;
	}
	if(s[len s - 1] == '\n')
		s = s[0:len s - 1];
	a := split(s);
	key := "";
	if(f.field < len a)
		key = a[f.field];
	f.next = ref Line(key, a);
}

split(s: string): array of string
{
	l: list of string;
	n := 0;
	if(sep == nil)
		(n, l) = sys->tokenize(s, " \t");
	else{
		r: list of string;
		start := 0;
		for(i := 0; i <= len s; i++)
			if(i == len s || s[i] == sep[0]){
				r = s[start:i] :: r;
				start = i + 1;
				n++;
			}
		for(; r != nil; r = tl r)
			l = hd r :: l;
	}
	a := array[n] of string;
	for(i := 0; i < n; i++){
		a[i] = hd l;
		l = tl l;
	}
	return a;
}

# the lines with the key of the next one
File.group(f: self ref File): list of ref Line
{
	l: list of ref Line;
	key := f.next.key;
	while(f.next != nil && f.next.key == key){
		l = f.next :: l;
		f.read();
	}
	r: list of ref Line;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

show(a, b: ref Line)
{
	words: list of string;
	key := a;
	if(key == nil)
		key = b;
	if(output != nil){
		for(l := output; l != nil; l = tl l){
			(n, i) := hd l;
			x := a;
			if(n == 2)
				x = b;
			if(n == 0)
				words = value(key.key) :: words;
			else if(x != nil && i < len x.fields)
				words = value(x.fields[i]) :: words;
			else
				words = empty :: words;
		}
	}else
		words = others(b, others(a, value(key.key) :: nil));
	r: list of string;
	for(; words != nil; words = tl words)
		r = hd words :: r;
	glue := sep;
	if(glue == nil)
		glue = " ";
	for(first := 1; r != nil; r = tl r){
		if(!first)
			out.puts(glue);
		out.puts(hd r);
		first = 0;
	}
	out.putc('\n');
}

value(s: string): string
{
	if(s == nil)
		return empty;
	return s;
}

# the fields of a line less the key, in front of those that are there
others(x: ref Line, words: list of string): list of string
{
	if(x == nil)
		return words;
	seen := 0;
	for(i := 0; i < len x.fields; i++)
		if(!seen && x.fields[i] == x.key)
			seen = 1;
		else
			words = value(x.fields[i]) :: words;
	return words;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "join: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
