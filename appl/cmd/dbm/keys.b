implement Keys;

#
# Prints the keys of a hashed file; see dbm(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "dbm.m";
	dbm: Dbm;
	Dbf: import dbm;

Keys: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "dbm/keys";

include "dbm.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	argv = noopts(argv, "file");
	if(tl argv != nil)
		arg->usage();
	db := opendb(hd argv, Sys->OREAD);
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	for(k := db.firstkey(); k != nil; k = db.nextkey(k)){
		out.write(k, len k);
		out.putc('\n');
	}
	out.flush();
}
