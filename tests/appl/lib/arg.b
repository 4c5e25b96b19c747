# options of commands
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "arg.m";
	arg: Arg;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil){
		sys->print("cannot load Arg: %r\n");
		return;
	}

	arg->init(list of {"prog", "-ab", "-cfile", "-d", "val", "--", "-x"});
	while((c := arg->opt()) != 0)
		case c {
		'c' or 'd' =>
			sys->print("%c=%s\n", c, arg->arg());
		* =>
			sys->print("%c\n", c);
		}
	for(l := arg->argv(); l != nil; l = tl l)
		sys->print("rest %s\n", hd l);
	arg->init(list of {"p", "-", "-a"});
	sys->print("%d %d %s\n", arg->opt(), len arg->argv(), arg->progname());
	arg->init(list of {"p", "-a"});
	arg->setusage(nil);
	arg->opt();
	{
		arg->earg();
	} exception e {
	"fail:*" =>
		sys->print("%s\n", e);
	}
}
