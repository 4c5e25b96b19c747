implement Auplay;

#
# Plays sound files; see auplay(1).
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

Auplay: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

NAME: con "auplay";

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
	arg->setusage("auplay [file ...]");
	if(arg->opt() != 0)
		arg->usage();
	argv = arg->argv();
	if(sys->stat("/dev/audio").t0 < 0 && sys->bind("#A", "/dev", Sys->MAFTER) < 0)
		error(NAME, sys->sprint("cannot bind #A: %r"), "bind");
	failed := 0;
	if(argv == nil && !play("<stdin>", bufio->fopen(sys->fildes(0), Bufio->OREAD)))
		failed = 1;
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			sys->fprint(sys->fildes(2), "%s: cannot open %s: %r\n", NAME, hd argv);
			failed = 1;
		}else if(!play(hd argv, f))
			failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

# false if the file is bad; without sound there is no point in going on
play(name: string, f: ref Iobuf): int
{
	(s, err) := Sound.read(f);
	if(err != nil){
		sys->fprint(sys->fildes(2), "%s: %s: %s\n", NAME, name, err);
		return 0;
	}
	audio := device("/dev/audio");
	if(sys->fprint(device("/dev/audioctl"), "out enc %s rate %d bits %d chans %d", s.enc, s.rate, s.bits, s.chans) < 0)
		error(NAME, sys->sprint("/dev/audioctl: %r"), "write error");
	buf := array[Sys->ATOMICIO] of byte;
	have := 0;
	while((n := f.read(buf[have:], len buf - have)) > 0){
		have += n;
		n = have - have % s.frame();
		if(n == 0)
			continue;
		if(sys->write(audio, buf, n) != n)
			error(NAME, sys->sprint("/dev/audio: %r"), "write error");
		buf[0:] = buf[n:have];
		have -= n;
	}
	if(n < 0)
		sys->fprint(sys->fildes(2), "%s: error reading %s: %r\n", NAME, name);
	return n == 0;
}

device(name: string): ref Sys->FD
{
	fd := sys->open(name, Sys->OWRITE);
	if(fd == nil)
		error(NAME, sys->sprint("cannot open %s: %r", name), "open");
	return fd;
}
