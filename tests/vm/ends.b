implement T;

# The data of a module end with 4 bytes, and may be the last there are in memory: it is loaded again and again while memory grows.

include "sys.m";
	sys: Sys;
include "draw.m";
include "string.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

# as large as the data of String
Like: adt
{
	a, b, c, d, e, f, g, h, i, j, k, l, m, n: int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	l: list of ref Like;
	pages: list of array of byte;
	for(i := 0; i < 80000; i++){
		if(i % 70 == 0)
			pages = array[15000] of byte :: pages;	# not all the memory is of blocks of this size
		l = ref Like :: ref Like :: l;
		if(i % 101 == 0)
			l = ref Like :: l;
		str := load String String->PATH;
		if(str == nil){
			sys->print("%d: cannot load %s: %r\n", i, String->PATH);
			raise "fail:load";
		}
		str = nil;
	}
	sys->print("done\n");
}
