implement Date;

#
# Prints the date; see date(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "string.m";
	str: String;

Date: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("date [-un] [seconds]");
	gmt, seconds: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		'u' =>	gmt = 1;
		'n' =>	seconds = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	now: int;
	case len argv {
	0 =>
		now = daytime->now();
	1 =>
		(n, rest) := str->tobig(hd argv, 10);
		if(hd argv == nil || rest != nil || len hd argv > 11 || n != big int n)
			arg->usage();
		now = int n;
	* =>
		arg->usage();
	}
	s: string;
	if(seconds)
		s = string now;
	else{
		tm: ref Daytime->Tm;
		if(gmt)
			tm = daytime->gmt(now);
		else
			tm = daytime->local(now);
		s = daytime->text(tm);
	}
	if(sys->print("%s\n", s) < 0){
		sys->fprint(sys->fildes(2), "date: write error: %r\n");
		raise "fail:write error";
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "date: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
