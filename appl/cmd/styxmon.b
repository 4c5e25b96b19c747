implement Styxmon;

#
# Shows the messages between a mount and a server; see styxmon(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "sh.m";
	sh: Sh;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

Styxmon: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "pipecmd.inc";

requests, replies: int;
Maxmsg: con 1 << 20;

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	arg->init(argv);
	arg->setusage("styxmon [-r] [-t] cmd [arg...]");
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	replies = 1;
		't' =>	requests = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	if(!requests && !replies)
		requests = replies = 1;
	server := pipecmd(ctxt, argv);
	if(server == nil){
		sys->fprint(sys->fildes(2), "styxmon: can't make pipe: %r\n");
		raise "fail:error";
	}
	client := sys->fildes(0);
	spawn backward(server, client);
	while((a := styx->readmsg(client, Maxmsg).t0) != nil){
		if(requests)
			show(a, "->");
		if(sys->write(server, a, len a) != len a)
			break;
	}
}

backward(server, client: ref Sys->FD)
{
	while((a := styx->readmsg(server, Maxmsg).t0) != nil){
		if(replies)
			show(a, "<-");
		if(sys->write(client, a, len a) != len a)
			break;
	}
}

show(a: array of byte, dir: string)
{
	text := "?bad message";
	if(styx->istmsg(a)){
		(nil, t) := Tmsg.unpack(a);
		if(t != nil)
			text = t.text();
	}else{
		(nil, r) := Rmsg.unpack(a);
		if(r != nil)
			text = r.text();
	}
	sys->fprint(sys->fildes(2), "%s %s\n", dir, text);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "styxmon: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
