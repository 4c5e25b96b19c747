implement Regquery;

#
# Asks the registry for services; see registry(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Regquery: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

mnt := "/mnt/registry";
names: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("regquery [-m mntpt] [-n] [attr val ...]");
	while((o := arg->opt()) != 0)
		case o {
		'm' =>	mnt = arg->earg();
		'n' =>	names = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv % 2)
		arg->usage();
	if(argv != nil){
		query(argv);
		return;
	}
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	sys->print("> ");
	while((s := in.gets('\n')) != nil){
		query(str->unquoted(s));
		sys->print("> ");
	}
}

query(l: list of string)
{
	file := mnt + "/find";
	fd := sys->open(file, Sys->ORDWR);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "regquery: can't open %s: %r\n", file);
		raise "fail:open";
	}
	if(sys->fprint(fd, "%s", str->quoted(l)) < 0){
		sys->fprint(sys->fildes(2), "regquery: bad query: %r\n");
		return;
	}
	sys->seek(fd, big 0, Sys->SEEKSTART);
	f := bufio->fopen(fd, Bufio->OREAD);
	while((s := f.gets('\n')) != nil){
		if(names){
			w := str->unquoted(s);
			if(w != nil)
				sys->print("%s\n", str->quoted(hd w :: nil));
		}else
			sys->print("%s", s);
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "regquery: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
