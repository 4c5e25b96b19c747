implement Tail;

#
# Prints the end of a file; see tail(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Tail: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

USAGE: con "usage: tail [-n N] [-c N] [-f] [-r] [+-N[bc][fr]] [file]\n";
MAXDIGITS: con 15;	# as a number of blocks still a big
POLL: con 5000;		# milliseconds between looks at a file that grows

Lines, Bytes: con iota;

unit := Lines;
fromstart: int;		# count from the beginning
count := big 10;
given: int;
follow, backwards: int;
out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	for(; argv != nil && len hd argv > 1 && ((hd argv)[0] == '-' || (hd argv)[0] == '+'); argv = tl argv){
		a := hd argv;
		if(a == "--"){
			argv = tl argv;
			break;
		}
		if(a[0] == '+' || str->in(a[1], "0-9")){
			number(a);
			continue;
		}
		for(i := 1; i < len a; i++)
			case a[i] {
			'f' =>
				follow = 1;
			'r' =>
				backwards = 1;
			'n' or 'c' =>
				v := a[i+1:];
				if(v == nil){
					argv = tl argv;
					if(argv == nil)
						usage();
					v = hd argv;
				}
				kind := a[i];
				number(v);
				if(kind == 'c')
					unit = Bytes;
				i = len a;
			* =>
				usage();
			}
	}
	if(len argv > 1)
		usage();
	if(backwards && (follow || fromstart || unit != Lines)){
		sys->fprint(sys->fildes(2), "tail: incompatible options\n");
		raise "fail:usage";
	}
	fd := sys->fildes(0);
	name := "<stdin>";
	if(argv != nil){
		name = hd argv;
		fd = sys->open(name, Sys->OREAD);
		if(fd == nil)
			fail(name);
	}
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(backwards){
		if(!given)
			count = big 16r7fffffff;
		reversed(fd, name);
	}else if(fromstart)
		skip(fd, name);
	else if(unit == Bytes)
		lastbytes(fd, name);
	else
		lastlines(fd, name);
	flush();
	while(follow){
		sys->sleep(POLL);
		copy(fd, name);
		flush();
	}
}

usage()
{
	sys->fprint(sys->fildes(2), "%s", USAGE);
	raise "fail:usage";
}

fail(name: string)
{
	if(out != nil)
		out.flush();
	sys->fprint(sys->fildes(2), "tail: %s: %r\n", name);
	raise "fail:error";
}

flush()
{
	if(out.flush() == Bufio->ERROR)
		fail("write error");
}

# [+-]N[bc][fr]
number(s: string)
{
	fromstart = 0;
	if(s != nil && (s[0] == '+' || s[0] == '-')){
		fromstart = s[0] == '+';
		s = s[1:];
	}
	digits := str->take(s, "0-9");
	s = s[len digits:];
	unit = Lines;
	if(digits != nil){
		if(len digits > MAXDIGITS)
			digits = "999999999999999";
		count = big digits;
		given = 1;
	}
	for(i := 0; i < len s; i++)
		case s[i] {
		'b' =>
			unit = Bytes;
			count *= big 1024;
		'c' =>
			unit = Bytes;
		'f' =>
			follow = 1;
		'r' =>
			backwards = 1;
		'l' =>
			unit = Lines;
		* =>
			usage();
		}
	if(digits == nil && s == nil)
		usage();
}

read(fd: ref Sys->FD, name: string, buf: array of byte): int
{
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		fail(name);
	return n;
}

copy(fd: ref Sys->FD, name: string)
{
	buf := array[Sys->ATOMICIO] of byte;
	while((n := read(fd, name, buf)) > 0)
		out.write(buf, n);
}

# all but the first bytes, or the lines before the one numbered count
skip(fd: ref Sys->FD, name: string)
{
	buf := array[Sys->ATOMICIO] of byte;
	left := count;
	if(unit == Lines)
		left--;
	while(left > big 0 && (n := read(fd, name, buf)) > 0){
		i := 0;
		if(unit == Bytes){
			i = n;
			if(left < big n)
				i = int left;
			left -= big i;
		}else
			for(; i < n && left > big 0; i++)
				if(buf[i] == byte '\n')
					left--;
		out.write(buf[i:], n - i);
	}
	copy(fd, name);
}

lastbytes(fd: ref Sys->FD, name: string)
{
	(ok, d) := sys->fstat(fd);
	if(ok >= 0 && d.length > count && sys->seek(fd, d.length - count, Sys->SEEKSTART) >= big 0){
		copy(fd, name);
		return;
	}
	a := all(fd, name);
	n := len a;
	if(big n > count)
		n = int count;
	out.write(a[len a - n:], n);
}

# the last lines; a file is read backwards in blocks, so that only its end counts
lastlines(fd: ref Sys->FD, name: string)
{
	if(count == big 0 && !follow)
		return;
	(ok, d) := sys->fstat(fd);
	if(ok >= 0 && d.length > big Sys->ATOMICIO && sys->seek(fd, big 0, Sys->SEEKEND) == d.length){
		buf := array[Sys->ATOMICIO] of byte;
		off := d.length;
		left := count;
	Search:
		while(off > big 0){
			n := len buf;
			if(off < big n)
				n = int off;
			off -= big n;
			sys->seek(fd, off, Sys->SEEKSTART);
			if(sys->readn(fd, buf, n) != n)
				break;
			for(i := n; --i >= 0;)
				if(buf[i] == byte '\n' && off + big (i+1) < d.length && --left == big 0){
					off += big (i+1);
					break Search;
				}
		}
		sys->seek(fd, off, Sys->SEEKSTART);
		copy(fd, name);
		return;
	}
	a := all(fd, name);
	left := count;
	for(i := len a - 1; i > 0; i--)
		if(a[i-1] == byte '\n' && --left == big 0)
			break;
	if(count == big 0)
		i = len a;
	if(i < 0)
		i = 0;
	out.write(a[i:], len a - i);
}

reversed(fd: ref Sys->FD, name: string)
{
	a := all(fd, name);
	e := len a;
	for(i := e - 1; e > 0 && count > big 0; i--)
		if(i <= 0 || a[i-1] == byte '\n'){
			out.write(a[i:e], e - i);
			if(a[e-1] != byte '\n')
				out.putc('\n');
			e = i;
			count--;
		}
}

all(fd: ref Sys->FD, name: string): array of byte
{
	a := array[Sys->ATOMICIO] of byte;
	n := 0;
	while((m := read(fd, name, a[n:])) > 0){
		n += m;
		if(n == len a){
			b := array[2*n] of byte;
			b[0:] = a;
			a = b;
		}
	}
	return a[0:n];
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tail: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
