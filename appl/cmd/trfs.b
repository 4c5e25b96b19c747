implement Trfs;

#
# A directory in which names have no blanks; see trfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "readdir.m";
	readdir: Readdir;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Trfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "trfs";

include "passfs.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	if(len argv != 3){
		sys->fprint(sys->fildes(2), "usage: trfs dir mountpoint\n");
		raise "fail:usage";
	}
	passthrough(hd tl argv, hd tl tl argv, Sys->MREPL | Sys->MCREATE);
}

change(s: string, a, b: int): string
{
	for(i := 0; i < len s; i++)
		if(s[i] == a)
			s[i] = b;
	return s;
}

outward(name: string): string
{
	return change(name, ' ', 16ra0);
}

inward(name: string): string
{
	return change(name, 16ra0, ' ');
}

mayopen(nil: ref Node, nil: int): int
{
	return 1;
}

closed(nil: ref Node, nil: int)
{
}
