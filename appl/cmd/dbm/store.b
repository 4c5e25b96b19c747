implement Store;

#
# Puts pairs into a hashed file; see dbm(1).
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

include "dbm.m";
	dbm: Dbm;
	Dbf: import dbm;

Store: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "dbm/store";

include "dbm.inc";

pairs: ref Dbf;
replace, there: int;

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("dbm/store [-r] file [key value ...]");
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	replace = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv % 2 != 1)
		arg->usage();
	file := hd argv;
	argv = tl argv;
	if(sys->stat(file + ".dir").t0 < 0 && sys->stat(file + ".pag").t0 < 0){
		pairs = Dbf.create(file, 8r666);
		if(pairs == nil)
			fail(sys->sprint("can't create %s: %r", file), "create");
	}else
		pairs = opendb(file, Sys->ORDWR);
	if(argv == nil)
		lines();
	for(; argv != nil; argv = tl tl argv)
		store(hd argv, hd tl argv);
	if(there)
		raise "fail:exists";
}

# pairs as dbm/list prints them
lines()
{
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	n := 0;
	while((s := in.gets('\n')) != nil){
		first := ++n;
		quotes := count(s, '\'');
		while(quotes & 1 && (t := in.gets('\n')) != nil){
			n++;
			s += t;
			quotes += count(t, '\'');
		}
		l := str->unquoted(s);
		if(l == nil)
			continue;
		if(len l != 2 || quotes & 1)
			fail(sys->sprint("line %d: not a key and a value", first), "error");
		store(hd l, hd tl l);
	}
}

count(s: string, c: int): int
{
	n := 0;
	for(i := 0; i < len s; i++)
		n += s[i] == c;
	return n;
}

store(key, value: string)
{
	if(key == nil)
		fail("the key is empty", "error");
	case pairs.store(array of byte key, array of byte value, replace) {
	0 =>
		;
	1 =>
		warn("already there: " + key);
		there = 1;
	* =>
		fail(sys->sprint("can't store %.40s: %r", key), "error");
	}
}
