implement Shellbuiltin;

#
# Reports of test scripts to the test harness; see sh-test(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	c.addbuiltin("report", myself);
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, nil: string, nil: int): string
{
	return nil;
}

runsbuiltin(nil: ref Context, nil: Sh, nil: list of ref Listnode): list of ref Listnode
{
	return nil;
}

usage(c: ref Context)
{
	c.fail("usage", "usage: report INF|WRN|ERR|FTL verbosity message...");
}

# a line on the harness's descriptor, $ITESTMFD, or on fd 2
runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := sh->list2stringlist(tl cmd);
	if(len args < 3)
		usage(c);
	severity := hd args;
	case severity {
	"INF" or "WRN" or "ERR" or "FTL" =>
		;
	* =>
		usage(c);
	}
	verbosity := hd tl args;
	if(verbosity == nil || verbosity[0] < '0' || verbosity[0] > '9')
		usage(c);
	msg := "";
	for(args = tl tl args; args != nil; args = tl args){
		msg += hd args;
		if(tl args != nil)
			msg += " ";
	}
	n := 2;
	v := c.get("ITESTMFD");
	if(v != nil)
		n = int (hd v).word;
	if(sys->fprint(sys->fildes(n), "%s:%d:%s\n", severity, int verbosity, msg) < 0)
		c.fail("write error", sys->sprint("report: write error: %r"));
	return nil;
}
