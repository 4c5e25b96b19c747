implement Promptstring;

#
# Asks at the console and prints the answer; see promptstring(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Promptstring: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil){
		sys->fprint(sys->fildes(2), "promptstring: cannot load %s: %r\n", Arg->PATH);
		raise "fail:bad module";
	}
	arg->init(argv);
	arg->setusage("promptstring [-r rawchar] prompt [default]");
	raw := 0;
	mark := "*";
	while((o := arg->opt()) != 0)
		case o {
		'r' =>
			raw = 1;
			mark = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || tl argv != nil && tl tl argv != nil)
		arg->usage();
	dflt := "";
	if(tl argv != nil)
		dflt = hd tl argv;
	cons := sys->open("/dev/cons", Sys->ORDWR);
	if(cons == nil){
		sys->fprint(sys->fildes(2), "promptstring: can't open /dev/cons: %r\n");
		raise "fail:error";
	}
	ctl: ref Sys->FD;
	if(raw && (ctl = sys->open("/dev/consctl", Sys->OWRITE)) != nil)
		sys->fprint(ctl, "rawon");
	sys->fprint(cons, "%s", hd argv);
	if(dflt != nil && !raw)
		sys->fprint(cons, "[%s]", dflt);
	sys->fprint(cons, ": ");
	(s, ok) := answer(cons, ctl != nil, mark);
	if(ctl != nil){
		sys->fprint(ctl, "rawoff");
		sys->fprint(cons, "\n");
	}
	if(!ok)
		raise "fail:eof";
	if(s == nil)
		s = dflt;
	sys->print("%s\n", s);
}

# a line; each character of a secret one shows as mark
answer(cons: ref Sys->FD, raw: int, mark: string): (string, int)
{
	s := "";
	buf := array[1] of byte;
	part := array[Sys->UTFmax] of byte;
	npart := 0;
	while(sys->read(cons, buf, 1) == 1){
		case int buf[0] {
		'\n' or '\r' =>
			return (s, 1);
		4 =>
			return (s, s != nil);
		'\b' or 16r7f =>
			if(raw){
				if(s != nil){
					s = s[0:len s - 1];
					sys->fprint(cons, "\b \b");
				}
				continue;
			}
		16r15 =>
			if(raw){
				s = "";
				continue;
			}
		}
		part[npart++] = buf[0];
		(c, n, nil) := sys->byte2char(part[0:npart], 0);
		if(n == 0)
			continue;
		s[len s] = c;
		npart = 0;
		if(raw)
			sys->fprint(cons, "%s", mark);
	}
	return (s, s != nil);
}
