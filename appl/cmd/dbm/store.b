implement Store;

#
# Stores pairs of keys and values; see dbm(1).
#

include "dbm.inc";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Store: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

db: ref Dbf;
replace, failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	start("store", argv);
	arg->setusage("dbm/store [-cr] file [key value ...]");
	create := 0;
	while((o := arg->opt()) != 0)
		case o {
		'c' =>	create = 1;
		'r' =>	replace = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv % 2 == 0)
		arg->usage();
	file := hd argv;
	argv = tl argv;
	if(create){
		db = Dbf.create(file, 8r666);
		if(db == nil)
			fatal(sys->sprint("cannot create %s: %r", file), "create");
	}else
		db = opendb(file, Sys->ORDWR);
	if(argv == nil)
		lines();
	for(; argv != nil; argv = tl tl argv)
		store(hd argv, hd tl argv);
	db.flush();
	if(failed)
		raise "fail:errors";
}

# KEY TAB VALUE, as dbm/list prints them
lines()
{
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		fatal(sys->sprint("cannot load %s: %r", Bufio->PATH), "load");
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	for(n := 1; (s := in.gets('\n')) != nil; n++){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		for(i := 0; i < len s && s[i] != '\t'; i++)
			;
		if(i == 0 || i == len s){
			complain(sys->sprint("line %d: not a key, a tab and a value", n));
			failed = 1;
		}else
			store(s[0:i], s[i+1:]);
	}
}

store(k, v: string)
{
	case db.store(array of byte k, array of byte v, replace) {
	0 =>
		;
	1 =>
		complain(sys->sprint("%s is there already", k));
		failed = 1;
	* =>
		complain(sys->sprint("cannot store %s: %r", k));
		failed = 1;
	}
}
