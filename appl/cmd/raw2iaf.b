implement Raw2iaf;

#
# Puts the header of a sound file before samples; see wav2iaf(1).
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

Raw2iaf: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

NAME: con "raw2iaf";

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
	arg->setusage("raw2iaf [-r rate] [-c chans] [-b bits] [-e pcm|ulaw|alaw] [-o file] [file]");
	s := ref Sound(44100, 2, 0, "pcm");
	file: string;
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	s.rate = int arg->earg();
		'c' =>	s.chans = int arg->earg();
		'b' =>	s.bits = int arg->earg();
		'e' =>	s.enc = arg->earg();
		'o' =>	file = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv > 1)
		arg->usage();
	if(s.bits == 0){
		s.bits = 8;
		if(s.enc == "pcm")
			s.bits = 16;
	}
	err := s.check();
	if(err != nil)
		error(NAME, err, "error");
	name: string;
	if(argv != nil)
		name = hd argv;
	in := input(name);
	out := output(file);
	out.puts(s.text());
	n := copy(in, out, big -1);
	if(n % big s.frame() != big 0)
		error(NAME, "the last frame is not whole", "error");
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
