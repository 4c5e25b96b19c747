implement Delete;

#
# Removes keys and their values; see dbm(1).
#

include "dbm.inc";

Delete: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	start("delete", argv);
	arg->setusage("dbm/delete file key ...");
	argv = operands(2);
	db := opendb(hd argv, Sys->ORDWR);
	missing := 0;
	for(argv = tl argv; argv != nil; argv = tl argv)
		if(db.delete(array of byte hd argv) < 0){
			complain("no key " + hd argv);
			missing = 1;
		}
	db.flush();
	if(missing)
		raise "fail:not found";
}
