implement Delete;

#
# Takes pairs out of a hashed file; see dbm(1).
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

Delete: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "dbm/delete";

include "dbm.inc";

include "each.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	argv = noopts(argv, "file [key ...]");
	all(opendb(hd argv, Sys->ORDWR), tl argv);
}

each(db: ref Dbf, key: array of byte): int
{
	if(db.fetch(key) == nil)
		return 0;
	if(db.delete(key) < 0)
		fail(sys->sprint("can't delete %s: %r", string key), "error");
	return 1;
}
