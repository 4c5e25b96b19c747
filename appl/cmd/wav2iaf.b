implement Wav2iaf;

#
# Makes sound files of RIFF WAVE ones; see wav2iaf(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "iaf.inc";

Wav2iaf: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

NAME: con "wav2iaf";

# encodings
PCM:	con 1;
ALAW:	con 6;
ULAW:	con 7;
EXTENDED: con 16rfffe;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		error(NAME, sys->sprint("cannot load %s: %r", Arg->PATH), "bad module");
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		error(NAME, sys->sprint("cannot load %s: %r", Bufio->PATH), "bad module");
	arg->init(argv);
	arg->setusage("wav2iaf [-o file] [file]");
	file: string;
	while((o := arg->opt()) != 0)
		case o {
		'o' =>	file = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1)
		arg->usage();
	name: string;
	if(argv != nil)
		name = hd argv;
	in := input(name);
	h := array[12] of byte;
	if(!fill(in, h) || string h[0:4] != "RIFF" || string h[8:12] != "WAVE")
		error(NAME, "not a WAVE file", "error");
	s: ref Sound;
	h = h[0:8];
	for(;;){
		if(!fill(in, h))
			error(NAME, "no samples in the file", "error");
		n := get4(h, 4);
		case string h[0:4] {
		"fmt " =>
			s = format(in, n);
		"data" =>
			if(s == nil)
				error(NAME, "samples come before their format", "error");
			out := output(file);
			out.puts(s.text());
			# who writes to a pipe does not know how many there will be
			if(n == big 0 || n == big 16r7fffffff * big 2 + big 1)
				n = big -1;
			else
				n -= n % big s.frame();
			if(copy(in, out, n) < n)
				error(NAME, "the file ends too early", "error");
			return;
		* =>
			skip(in, n + n % big 2);
		}
	}
}

# what the chunk of n bytes says
format(in: ref Iobuf, n: big): ref Sound
{
	if(n < big 16 || n > big 1000)
		error(NAME, "bad format", "error");
	a := array[int (n + n % big 2)] of byte;
	if(!fill(in, a))
		error(NAME, "the file ends too early", "error");
	tag := get2(a, 0);
	if(tag == EXTENDED && n >= big 26)
		tag = get2(a, 24);
	s := ref Sound(int get4(a, 4), get2(a, 2), get2(a, 14), nil);
	case tag {
	PCM =>	s.enc = "pcm";
	ALAW =>	s.enc = "alaw";
	ULAW =>	s.enc = "ulaw";
	* =>	s.enc = string tag;
	}
	err := s.check();
	if(err != nil)
		error(NAME, err, "error");
	return s;
}

# all of a; false at the end of the file
fill(in: ref Iobuf, a: array of byte): int
{
	for(n := 0; n < len a;){
		m := in.read(a[n:], len a - n);
		if(m < 0)
			error(NAME, sys->sprint("read error: %r"), "read error");
		if(m == 0)
			return 0;
		n += m;
	}
	return 1;
}

skip(in: ref Iobuf, n: big)
{
	buf := array[Sys->ATOMICIO] of byte;
	while(n > big 0){
		m := len buf;
		if(n < big m)
			m = int n;
		if(!fill(in, buf[0:m]))
			return;
		n -= big m;
	}
}

get2(a: array of byte, i: int): int
{
	return int a[i] | int a[i+1] << 8;
}

get4(a: array of byte, i: int): big
{
	return big get2(a, i) | big get2(a, i+2) << 16;
}

# standard output if there is no name
output(file: string): ref Iobuf
{
	if(file == nil)
		return bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	out := bufio->create(file, Bufio->OWRITE, 8r666);
	if(out == nil)
		error(NAME, sys->sprint("cannot create %s: %r", file), "create");
	return out;
}

input(file: string): ref Iobuf
{
	if(file == nil)
		return bufio->fopen(sys->fildes(0), Bufio->OREAD);
	in := bufio->open(file, Bufio->OREAD);
	if(in == nil)
		error(NAME, sys->sprint("cannot open %s: %r", file), "open");
	return in;
}

# so many bytes, all if n is negative; how many there were
copy(in, out: ref Iobuf, n: big): big
{
	buf := array[Sys->ATOMICIO] of byte;
	done := big 0;
	while(n < big 0 || done < n){
		m := len buf;
		if(n >= big 0 && n - done < big m)
			m = int (n - done);
		m = in.read(buf, m);
		if(m < 0)
			error(NAME, sys->sprint("read error: %r"), "read error");
		if(m == 0)
			break;
		if(out.write(buf, m) != m)
			error(NAME, sys->sprint("write error: %r"), "write error");
		done += big m;
	}
	if(out.flush() == Bufio->ERROR)
		error(NAME, sys->sprint("write error: %r"), "write error");
	return done;
}
