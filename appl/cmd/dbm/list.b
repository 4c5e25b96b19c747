implement List;

#
# Prints all keys with their values; see dbm(1).
#

include "dbm.inc";

List: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	start("list", argv);
	arg->setusage("dbm/list file");
	argv = operands(1);
	if(tl argv != nil)
		arg->usage();
	db := opendb(hd argv, Sys->OREAD);
	for(k := db.firstkey(); k != nil; k = db.nextkey(k))
		sys->print("%s\t%s\n", string k, string db.fetch(k));
}
