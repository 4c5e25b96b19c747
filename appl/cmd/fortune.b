implement Fortune;

#
# Prints a line of a file, chosen at random; see fortune(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "security.m";
	random: Random;

Fortune: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Default:	con "/lib/games/fortunes";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	random = load Random Random->PATH;
	if(random == nil)
		nomod(Random->PATH);
	file := Default;
	if(argv != nil && tl argv != nil){
		if(tl tl argv != nil){
			sys->fprint(sys->fildes(2), "usage: fortune [file]\n");
			raise "fail:usage";
		}
		file = hd tl argv;
	}
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "fortune: can't open %s: %r\n", file);
		raise "fail:open";
	}
	# each line so far is the one with the same chance
	f := bufio->fopen(fd, Bufio->OREAD);
	chosen: string;
	for(n := 1; (s := f.gets('\n')) != nil; n++)
		if((random->randomint(Random->NotQuiteRandom) & 16r7fffffff) % n == 0)
			chosen = s;
	if(chosen == nil){
		sys->print("Misfortune!\n");
		raise "fail:misfortune";
	}
	if(chosen[len chosen - 1] != '\n')
		chosen[len chosen] = '\n';
	sys->print("%s", chosen);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "fortune: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
