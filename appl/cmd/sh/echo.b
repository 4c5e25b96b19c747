implement Shellbuiltin;

#
# The command echo inside the shell, for speed; see echo(1).
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
	c.addbuiltin("echo", myself);
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

runbuiltin(nil: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := sh->list2stringlist(tl cmd);
	nl := "\n";
	if(args != nil && (hd args == "-n" || hd args == "--")){
		if(hd args == "-n")
			nl = "";
		args = tl args;
	}
	s := "";
	for(; args != nil; args = tl args){
		s += hd args;
		if(tl args != nil)
			s += " ";
	}
	a := array of byte (s + nl);
	if(sys->write(sys->fildes(1), a, len a) != len a){
		sys->fprint(sys->fildes(2), "echo: write error: %r\n");
		return "write error";
	}
	return nil;
}
