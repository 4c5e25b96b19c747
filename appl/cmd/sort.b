implement Sort;

#
# Sorts the lines of a file; see sort(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Sort: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

numeric, descending, unique: int;

Line: adt
{
	text:	string;
	num:	big;
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	arg->init(argv);
	arg->setusage("sort [-n] [file]");
	while((o := arg->opt()) != 0)
		case o {
		'n' =>	numeric = 1;
		'r' =>	descending = 1;
		'u' =>	unique = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1)
		arg->usage();
	in: ref Iobuf;
	if(argv == nil || hd argv == "-")
		in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	else
		in = bufio->open(hd argv, Bufio->OREAD);
	if(in == nil){
		sys->fprint(sys->fildes(2), "sort: cannot open %s: %r\n", hd argv);
		raise "fail:open file";
	}
	a := readlines(in);
	mergesort(a, array[len a] of ref Line);
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	n := 0;
	for(i := 0; i < len a; i++)
		if(!unique || n == 0 || compare(a[n-1], a[i]) != 0)
			a[n++] = a[i];
	for(i = 0; i < n; i++)
		if(descending)
			out.puts(a[n-1-i].text + "\n");
		else
			out.puts(a[i].text + "\n");
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "sort: write error: %r\n");
		raise "fail:write error";
	}
}

readlines(in: ref Iobuf): array of ref Line
{
	a := array[256] of ref Line;
	n := 0;
	while((s := in.gets('\n')) != nil){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		if(n == len a){
			b := array[2*n] of ref Line;
			b[0:] = a;
			a = b;
		}
		l := ref Line(s, big 0);
		if(numeric)
			l.num = big s;
		a[n++] = l;
	}
	return a[0:n];
}

compare(a, b: ref Line): int
{
	if(numeric){
		if(a.num < b.num)
			return -1;
		return a.num > b.num;
	}
	if(a.text < b.text)
		return -1;
	return a.text > b.text;
}

# stable
mergesort(a, tmp: array of ref Line)
{
	n := len a;
	if(n < 2)
		return;
	m := n / 2;
	mergesort(a[0:m], tmp[0:m]);
	mergesort(a[m:], tmp[m:]);
	if(compare(a[m-1], a[m]) <= 0)
		return;
	tmp[0:] = a;
	i := 0;
	j := m;
	for(k := 0; k < n; k++)
		if(j >= n || i < m && compare(tmp[i], tmp[j]) <= 0)
			a[k] = tmp[i++];
		else
			a[k] = tmp[j++];
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sort: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
