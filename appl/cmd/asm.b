implement Asm;

#
# The assembler; see disasm(1). The work is done by $Limbo.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "names.m";
	names: Names;

include "limbo.m";
	limbo: Limbo;

Asm: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Maxtext: con 64*1024*1024;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	limbo = load Limbo Limbo->PATH;
	if(limbo == nil)
		nomod(Limbo->PATH);
	arg->init(argv);
	arg->setusage("asm [-l] [-o file.dis] file.s");
	listing := 0;
	out: string;
	while((o := arg->opt()) != 0)
		case o {
		'l' =>	listing = 1;
		'o' =>	out = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	file := hd argv;
	if(out == nil){
		out = names->basename(file, nil);
		if(len out > 2 && out[len out - 2:] == ".s")
			out = out[0:len out - 2];
		out += ".dis";
	}
	text := contents(file);
	if(listing && sys->write(sys->fildes(1), text, len text) != len text)
		fail(sys->sprint("write error: %r"));
	(object, line, why) := limbo->assemble(text);
	if(object == nil){
		if(line > 0)
			sys->fprint(sys->fildes(2), "%s:%d: %s\n", file, line, why);
		else
			sys->fprint(sys->fildes(2), "asm: %s: %s\n", file, why);
		raise "fail:errors";
	}
	fd := sys->create(out, Sys->OWRITE, 8r666);
	if(fd == nil)
		fail(sys->sprint("can't create %s: %r", out));
	if(sys->write(fd, object, len object) != len object)
		fail(sys->sprint("can't write %s: %r", out));
}

contents(file: string): array of byte
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		fail(sys->sprint("can't open %s: %r", file));
	a := array[64*1024] of byte;
	n := 0;
	while((k := sys->read(fd, a[n:], len a - n)) > 0){
		n += k;
		if(n > Maxtext)
			fail(file + ": too large");
		if(n == len a){
			b := array[2*n] of byte;
			b[0:] = a;
			a = b;
		}
	}
	if(k < 0)
		fail(sys->sprint("can't read %s: %r", file));
	return a[0:n];
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "asm: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "asm: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
