implement Read;

#
# Copies one read from its input to its output; see read(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "string.m";
	str: String;

Read: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

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
	arg->setusage("read [-[ero] offset] [count]");
	in := sys->fildes(0);
	where := -1;
	offset := big 0;
	while((o := arg->opt()) != 0){
		case o {
		'o' =>	where = Sys->SEEKSTART;
		'e' =>	where = Sys->SEEKEND;
		'r' =>	where = Sys->SEEKRELA;
		* =>	arg->usage();
		}
		offset = number(arg->earg());
	}
	argv = arg->argv();
	count := Sys->ATOMICIO;
	if(argv != nil){
		count = int hd argv;
		if(tl argv != nil || count < 0)
			arg->usage();
	}
	if(where >= 0 && sys->seek(in, offset, where) < big 0){
		sys->fprint(sys->fildes(2), "read: seek failed: %r\n");
		raise "fail:error";
	}
	if(count == 0)
		return;
	buf := array[count] of byte;
	n := sys->read(in, buf, len buf);
	if(n < 0){
		sys->fprint(sys->fildes(2), "read: read error: %r\n");
		raise "fail:error";
	}
	if(n == 0)
		raise "fail:eof";
	if(sys->write(sys->fildes(1), buf, n) != n){
		sys->fprint(sys->fildes(2), "read: write error: %r\n");
		raise "fail:write error";
	}
}

number(s: string): big
{
	(n, rest) := str->tobig(s, 0);
	if(s == nil || rest != nil)
		arg->usage();
	return n;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "read: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
