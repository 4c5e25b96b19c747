implement Keys;

#
# Prints all keys; see dbm(1).
#

include "dbm.inc";

Keys: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	start("keys", argv);
	arg->setusage("dbm/keys file");
	argv = operands(1);
	if(tl argv != nil)
		arg->usage();
	db := opendb(hd argv, Sys->OREAD);
	for(k := db.firstkey(); k != nil; k = db.nextkey(k))
		sys->print("%s\n", string k);
}
