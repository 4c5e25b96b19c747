implement Updatelog;

#
# Goes on with the log of the files of a tree; see updatelog(8).
#

progname: con "updatelog";
usage: con "install/updatelog [-o] [-r root] [-t time] log proto ...";
haslog: con 1;

include "treelog.inc";

Updatelog: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};
