implement Zeros;

#
# Writes blocks of one value; see zeros(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "string.m";
	str: String;

Zeros: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

MAX: con 16r7fffffff;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("zeros [-r] [-v value] blocksize [number]");
	random := 0;
	value := 0;
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	random = 1;
		'v' =>	value = number(arg->earg(), 16);
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		arg->usage();
	size := number(hd argv, 0);
	count := -1;
	if(tl argv != nil)
		count = number(hd tl argv, 0);
	if(size <= 0)
		arg->usage();
	buf := array[size] of {* => byte value};
	if(random){
		fd := sys->open("/dev/random", Sys->OREAD);
		if(fd == nil || sys->readn(fd, buf, size) != size){
			sys->fprint(sys->fildes(2), "zeros: /dev/random: %r\n");
			raise "fail:error";
		}
	}
	out := sys->fildes(1);
	for(i := 0; count < 0 || i < count; i++)
		if(sys->write(out, buf, size) != size){
			sys->fprint(sys->fildes(2), "zeros: write error: %r\n");
			raise "fail:write error";
		}
}

number(s: string, base: int): int
{
	(n, rest) := str->tobig(s, base);
	if(s == nil || rest != nil || n < big 0 || n > big MAX)
		arg->usage();
	return int n;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "zeros: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
