implement Fetch;

#
# Prints values of a hashed file; see dbm(1).
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

Fetch: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "dbm/fetch";

include "dbm.inc";

include "each.inc";

out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	argv = noopts(argv, "file [key ...]");
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	{
		all(opendb(hd argv, Sys->OREAD), tl argv);
	}exception{
	"fail:*" =>
		out.flush();
		raise;
	}
	out.flush();
}

each(db: ref Dbf, key: array of byte): int
{
	v := db.fetch(key);
	if(v == nil)
		return 0;
	out.write(v, len v);
	out.putc('\n');
	return 1;
}
