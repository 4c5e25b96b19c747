implement Diff;

#
# Compares files line by line; see diff(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "readdir.m";
	readdir: Readdir;

include "names.m";
	names: Names;

Diff: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

eflag, fflag, bflag, wflag, rflag: int;
out: ref Iobuf;
differ, trouble: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	arg->init(argv);
	arg->setusage(nil);
	while((o := arg->opt()) != 0)
		case o {
		'e' =>	eflag = 1;
		'f' =>	fflag = 1;
		'b' =>	bflag = 1;
		'w' =>	wflag = 1;
		'r' =>	rflag = 1;
		* =>	usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		usage();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	files: list of string;
	for(; tl argv != nil; argv = tl argv)
		files = hd argv :: files;
	last := hd argv;
	(ok, d) := sys->stat(last);
	if(ok < 0 && last != "-")
		error(sys->sprint("can't stat %s: %r", last));
	else if(len files > 1 && (last == "-" || (d.mode & Sys->DMDIR) == 0))
		usage();
	else{
		many := len files > 1;
		l: list of string;
		for(; files != nil; files = tl files)
			l = hd files :: l;
		for(; l != nil; l = tl l)
			compare(hd l, last, 0, many);
	}
	if(out.flush() == Bufio->ERROR)
		error(sys->sprint("write error: %r"));
	if(trouble)
		raise "fail:error";
	if(differ)
		raise "fail:some";
}

usage()
{
	error("usage: diff [ -efbwr ] file1 ... file2");
	raise "fail:usage";
}

error(s: string)
{
	if(out != nil)
		out.flush();
	sys->fprint(sys->fildes(2), "diff: %s\n", s);
	trouble = 1;
}

stat(name: string): (int, int)
{
	if(name == "-")
		return (1, 0);
	(ok, d) := sys->stat(name);
	if(ok < 0){
		error(sys->sprint("can't stat %s: %r", name));
		return (0, 0);
	}
	return (1, d.mode & Sys->DMDIR);
}

# with a title if there are others
compare(a, b: string, depth, title: int)
{
	(aok, adir) := stat(a);
	(bok, bdir) := stat(b);
	if(!aok || !bok)
		return;
	if(adir && bdir){
		if(depth == 0 || rflag)
			directories(a, b, depth);
		else
			out.puts(sys->sprint("Common subdirectories: %s and %s\n", a, b));
		return;
	}
	if(depth > 0 && adir != bdir){
		differ = 1;
		out.puts(sys->sprint("File %s is a %s while file %s is a %s\n", a, kind(adir), b, kind(bdir)));
		return;
	}
	if(adir)
		a = within(a, names->basename(b, nil));
	else if(bdir)
		b = within(b, names->basename(a, nil));
	head := "";
	if(title)
		head = sys->sprint("diff %s %s\n", a, b);
	regular(a, b, head);
}

kind(isdir: int): string
{
	if(isdir)
		return "directory";
	return "regular file";
}

within(dir, name: string): string
{
	if(dir[len dir - 1] == '/')
		return dir + name;
	return dir + "/" + name;
}

directories(a, b: string, depth: int)
{
	(ad, an) := readdir->init(a, Readdir->NAME | Readdir->COMPACT);
	(bd, bn) := readdir->init(b, Readdir->NAME | Readdir->COMPACT);
	if(an < 0 || bn < 0){
		error(sys->sprint("can't read %s or %s: %r", a, b));
		return;
	}
	i := 0;
	j := 0;
	while(i < an || j < bn)
		if(j >= bn || i < an && ad[i].name < bd[j].name)
			only(a, ad[i++].name);
		else if(i >= an || bd[j].name < ad[i].name)
			only(b, bd[j++].name);
		else{
			compare(within(a, ad[i].name), within(b, bd[j].name), depth + 1, 1);
			i++;
			j++;
		}
}

only(dir, name: string)
{
	differ = 1;
	out.puts(sys->sprint("Only in %s: %s\n", dir, name));
}

Text: adt
{
	lines:	array of string;
	class:	array of int;	# equal for lines that are to count as equal
	binary:	int;
};

readfile(name: string): ref Text
{
	f: ref Iobuf;
	if(name == "-")
		f = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	else
		f = bufio->open(name, Bufio->OREAD);
	if(f == nil){
		error(sys->sprint("can't open %s: %r", name));
		return nil;
	}
	t := ref Text(array[256] of string, nil, 0);
	n := 0;
	while((s := f.gets('\n')) != nil){
		for(i := 0; i < len s && !t.binary; i++)
			if(s[i] == 0 || s[i] == Sys->UTFerror)
				t.binary = 1;
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		if(n == len t.lines){
			a := array[2*n] of string;
			a[0:] = t.lines;
			t.lines = a;
		}
		t.lines[n++] = s;
	}
	if(f.ungetb() == Bufio->ERROR){
		error(sys->sprint("error reading %s: %r", name));
		return nil;
	}
	t.lines = t.lines[0:n];
	return t;
}

NHASH: con 4093;

# numbers for the lines, as far as the options tell them apart
classify(a, b: ref Text): int
{
	tab := array[NHASH] of list of (string, int);
	n := 0;
	for(l := a :: b :: nil; l != nil; l = tl l){
		t := hd l;
		t.class = array[len t.lines] of int;
		for(i := 0; i < len t.lines; i++){
			s := reduce(t.lines[i]);
			h := 0;
			for(j := 0; j < len s; j++)
				h = h*31 + s[j];
			h = (h & 16r7fffffff) % NHASH;
			for(e := tab[h]; e != nil && (hd e).t0 != s; e = tl e)
				;
			if(e == nil){
				tab[h] = (s, n) :: tab[h];
				t.class[i] = n++;
			}else
				t.class[i] = (hd e).t1;
		}
	}
	return n;
}

reduce(s: string): string
{
	if(!bflag && !wflag)
		return s;
	r := "";
	blank := 0;
	for(i := 0; i < len s; i++)
		if(s[i] == ' ' || s[i] == '\t' || s[i] == '\r')
			blank = 1;
		else{
			if(blank && !wflag)
				r[len r] = ' ';
			blank = 0;
			r[len r] = s[i];
		}
	return r;
}

regular(a, b, head: string)
{
	ta := readfile(a);
	tb := readfile(b);
	if(ta == nil || tb == nil)
		return;
	nclass := classify(ta, tb);
	if(ta.binary || tb.binary){
		if(!equal(ta, tb)){
			differ = 1;
			out.puts(head);
			out.puts(sys->sprint("Binary files %s %s differ\n", a, b));
		}
		return;
	}
	hunks := changes(ta.class, tb.class, nclass);
	if(hunks == nil)
		return;
	differ = 1;
	out.puts(head);
	if(!eflag){
		r: list of Hunk;
		for(; hunks != nil; hunks = tl hunks)
			r = hd hunks :: r;
		hunks = r;
	}
	for(; hunks != nil; hunks = tl hunks)
		show(hd hunks, ta.lines, tb.lines);
}

equal(a, b: ref Text): int
{
	if(len a.lines != len b.lines)
		return 0;
	for(i := 0; i < len a.lines; i++)
		if(a.lines[i] != b.lines[i])
			return 0;
	return 1;
}

# lines a0:a1 become b0:b1
Hunk: adt
{
	a0, a1, b0, b1:	int;
};

show(h: Hunk, a, b: array of string)
{
	op := "c";
	if(h.a0 == h.a1)
		op = "a";
	else if(h.b0 == h.b1)
		op = "d";
	if(fflag)
		out.puts(op + span(h.a0, h.a1, " ") + "\n");
	else if(eflag)
		out.puts(span(h.a0, h.a1, ",") + op + "\n");
	else{
		out.puts(span(h.a0, h.a1, ",") + op + span(h.b0, h.b1, ",") + "\n");
		for(i := h.a0; i < h.a1; i++)
			out.puts("< " + a[i] + "\n");
		if(op == "c")
			out.puts("---\n");
		for(i = h.b0; i < h.b1; i++)
			out.puts("> " + b[i] + "\n");
		return;
	}
	if(op != "d"){
		for(i := h.b0; i < h.b1; i++)
			out.puts(b[i] + "\n");
		out.puts(".\n");
	}
}

# of nothing: the line before
span(i, j: int, sep: string): string
{
	if(j - i <= 1)
		return string j;
	return string (i+1) + sep + string j;
}

#
# The least changes. Lines that the other side has not at all cannot stay, so the search goes over the
# others only; there it divides at the middle of a shortest path through the grid of edits, which takes
# time by the number of differences and little space.
#

xs, ys: array of int;		# classes
keepx: array of int;		# which line of y, +1, one of x remains as; 0 for none
fwd, bwd: array of int;		# furthest x on each diagonal, from the start and from the end
zero: int;			# index of diagonal 0

changes(a, b: array of int, nclass: int): list of Hunk
{
	ina := array[nclass] of {* => 0};
	inb := array[nclass] of {* => 0};
	i, j: int;
	for(i = 0; i < len a; i++)
		ina[a[i]] = 1;
	for(i = 0; i < len b; i++)
		inb[b[i]] = 1;
	ax := array[len a] of int;
	bx := array[len b] of int;
	(xs, ax) = common(a, inb);
	(ys, bx) = common(b, ina);
	keepx = array[len xs] of {* => 0};
	zero = len xs + len ys + 2;
	fwd = array[2*zero + 1] of int;
	bwd = array[2*zero + 1] of int;
	search(0, len xs, 0, len ys);

	keep := array[len a] of {* => -1};
	for(i = 0; i < len xs; i++)
		if(keepx[i])
			keep[ax[i]] = bx[keepx[i] - 1];
	hunks: list of Hunk;
	i = j = 0;
	while(i < len a || j < len b){
		if(i < len a && keep[i] == j){
			i++;
			j++;
			continue;
		}
		h := Hunk(i, i, j, j);
		while(h.a1 < len a && keep[h.a1] < 0)
			h.a1++;
		h.b1 = len b;
		if(h.a1 < len a)
			h.b1 = keep[h.a1];
		hunks = h :: hunks;
		i = h.a1;
		j = h.b1;
	}
	return hunks;
}

# the lines that the other side has as well, and where they were
common(a, other: array of int): (array of int, array of int)
{
	r := array[len a] of int;
	at := array[len a] of int;
	n := 0;
	for(i := 0; i < len a; i++)
		if(other[a[i]]){
			at[n] = i;
			r[n++] = a[i];
		}
	return (r[0:n], at[0:n]);
}

search(x0, x1, y0, y1: int)
{
	while(x0 < x1 && y0 < y1 && xs[x0] == ys[y0])
		keepx[x0++] = ++y0;
	while(x0 < x1 && y0 < y1 && xs[x1-1] == ys[y1-1]){
		keepx[--x1] = y1;
		y1--;
	}
	if(x0 == x1 || y0 == y1)
		return;
	(x, y) := middle(x0, x1, y0, y1);
	search(x0, x, y0, y);
	search(x, x1, y, y1);
}

FAR: con 1 << 28;	# that a diagonal was not reached

# a point on a shortest path, about half-way; diagonals are x - y
middle(x0, x1, y0, y1: int): (int, int)
{
	lo := x0 - y1;
	hi := x1 - y0;
	fmid := x0 - y0;
	bmid := x1 - y1;
	odd := (fmid - bmid) & 1;
	fmin, fmax, bmin, bmax: int;
	fmin = fmax = fmid;
	bmin = bmax = bmid;
	fwd[zero + fmid] = x0;
	bwd[zero + bmid] = x1;
	for(;;){
		if(fmin > lo)
			fwd[zero + --fmin - 1] = -FAR;
		else
			fmin++;
		if(fmax < hi)
			fwd[zero + ++fmax + 1] = -FAR;
		else
			fmax--;
		d: int;
		for(d = fmax; d >= fmin; d -= 2){
			left := fwd[zero + d - 1];
			up := fwd[zero + d + 1];
			x := up;
			if(left >= up)
				x = left + 1;
			if(x < x0 || x > x1 || x - d > y1){
				fwd[zero + d] = -FAR;
				continue;
			}
			while(x < x1 && x - d < y1 && xs[x] == ys[x-d])
				x++;
			fwd[zero + d] = x;
			if(odd && d >= bmin && d <= bmax && bwd[zero + d] <= x)
				return (x, x - d);
		}
		if(bmin > lo)
			bwd[zero + --bmin - 1] = FAR;
		else
			bmin++;
		if(bmax < hi)
			bwd[zero + ++bmax + 1] = FAR;
		else
			bmax--;
		for(d = bmax; d >= bmin; d -= 2){
			left := bwd[zero + d - 1];
			up := bwd[zero + d + 1];
			x := left;	# by adding a line of y
			if(up <= left)
				x = up - 1;
			if(x > x1 || x < x0 || x - d < y0){
				bwd[zero + d] = FAR;
				continue;
			}
			while(x > x0 && x - d > y0 && xs[x-1] == ys[x-d-1])
				x--;
			bwd[zero + d] = x;
			if(!odd && d >= fmin && d <= fmax && x <= fwd[zero + d])
				return (x, x - d);
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "diff: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
