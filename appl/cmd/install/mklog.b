implement Mklog;

#
# Starts a log of the files of a tree, for its replicas; see updatelog(8).
#

progname: con "mklog";
usage: con "install/mklog [-o] [-r root] [-t time] proto ...";
haslog: con 0;

include "treelog.inc";

Mklog: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};
