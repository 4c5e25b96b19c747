implement Printenv;

#
# Prints the environment; see env(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "env.m";
	env: Env;

Printenv: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	env = load Env Env->PATH;
	if(env == nil)
		nomod(Env->PATH);
	for(l := env->getall(); l != nil; l = tl l){
		(name, value) := hd l;
		if(sys->print("%s=%s\n", name, value) < 0){
			sys->fprint(sys->fildes(2), "env: write error: %r\n");
			raise "fail:write error";
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "env: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
