implement Fetch;

#
# Prints the values of keys; see dbm(1).
#

include "dbm.inc";

Fetch: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	start("fetch", argv);
	arg->setusage("dbm/fetch file key ...");
	argv = operands(2);
	db := opendb(hd argv, Sys->OREAD);
	missing := 0;
	for(argv = tl argv; argv != nil; argv = tl argv){
		v := db.fetch(array of byte hd argv);
		if(v == nil){
			complain("no key " + hd argv);
			missing = 1;
		}else
			sys->print("%s\n", string v);
	}
	if(missing)
		raise "fail:not found";
}
