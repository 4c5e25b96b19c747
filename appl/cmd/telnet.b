implement Telnet;

#
# Talks to a terminal service; see telnet(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "dial.m";
	dial: Dial;

Telnet: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# commands and options of the protocol
Iac: con 255;
Dont: con 254;
Do: con 253;
Wont: con 252;
Will: con 251;
Sb: con 250;
Se: con 240;
Echo: con 1;
Sga: con 3;
Ttype: con 24;

net: ref Sys->FD;
ctl: ref Sys->FD;
remoteecho := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	arg->init(argv);
	arg->setusage("telnet host [port]");
	while(arg->opt() != 0)
		arg->usage();
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		arg->usage();
	addr := dial->netmkaddr(hd argv, "tcp", "23");
	if(tl argv != nil)
		addr = dial->netmkaddr(hd argv, "tcp", hd tl argv);
	c := dial->dial(addr, nil);
	if(c == nil){
		sys->fprint(sys->fildes(2), "telnet: can't dial %s: %r\n", addr);
		raise "fail:dial";
	}
	sys->fprint(sys->fildes(2), "telnet: connected to %s\n", addr);
	net = c.dfd;
	pid := chan of int;
	spawn keyboard(pid);
	kpid := <-pid;
	fromnet();
	if(ctl != nil)
		sys->fprint(ctl, "rawoff");
	fd := sys->open("#p/" + string kpid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

keyboard(pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	in := sys->fildes(0);
	buf := array[1024] of byte;
	while((n := sys->read(in, buf, len buf)) > 0){
		out := array[2*n] of byte;
		m := 0;
		for(i := 0; i < n; i++)
			if(buf[i] == byte '\n'){
				out[m++] = byte '\r';
				if(!remoteecho)
					out[m++] = byte '\n';
			}else{
				out[m++] = buf[i];
				if(buf[i] == byte Iac)
					out[m++] = byte Iac;
			}
		if(sys->write(net, out, m) != m)
			break;
	}
}

Data, Command, Option, Sub, Subcommand: con iota;

fromnet()
{
	out := sys->fildes(1);
	buf := array[4096] of byte;
	text := array[4096] of byte;
	state := Data;
	cmd := 0;
	sub := array[0] of byte;
	while((n := sys->read(net, buf, len buf)) > 0){
		m := 0;
		for(i := 0; i < n; i++){
			c := int buf[i];
			case state {
			Data =>
				if(c == Iac)
					state = Command;
				else if(c != '\r' && c != 0)
					text[m++] = byte c;
			Command =>
				state = Data;
				case c {
				Iac =>
					text[m++] = byte c;
				Do or Dont or Will or Wont =>
					cmd = c;
					state = Option;
				Sb =>
					sub = array[0] of byte;
					state = Sub;
				}
			Option =>
				state = Data;
				negotiate(cmd, c);
			Sub =>
				if(c == Iac)
					state = Subcommand;
				else if(len sub < 64){
					a := array[len sub + 1] of byte;
					a[0:] = sub;
					a[len sub] = byte c;
					sub = a;
				}
			Subcommand =>
				state = Sub;
				if(c == Se){
					state = Data;
					if(len sub == 2 && int sub[0] == Ttype && sub[1] == byte 1)
						terminal();
				}
			}
		}
		if(m > 0)
			sys->write(out, text, m);
	}
}

send(cmd, opt: int)
{
	a := array[] of {byte Iac, byte cmd, byte opt};
	sys->write(net, a, len a);
}

negotiate(cmd, opt: int)
{
	case cmd {
	Will =>
		if(opt == Echo){
			if(!remoteecho){
				remoteecho = 1;
				rawmode(1);
				send(Do, opt);
			}
		}else if(opt == Sga)
			send(Do, opt);
		else
			send(Dont, opt);
	Wont =>
		if(opt == Echo && remoteecho){
			remoteecho = 0;
			rawmode(0);
			send(Dont, opt);
		}
	Do =>
		if(opt == Sga || opt == Ttype)
			send(Will, opt);
		else
			send(Wont, opt);
	}
}

rawmode(on: int)
{
	if(ctl == nil)
		ctl = sys->open("/dev/consctl", Sys->OWRITE);
	if(ctl == nil)
		return;
	if(on)
		sys->fprint(ctl, "rawon");
	else
		sys->fprint(ctl, "rawoff");
}

terminal()
{
	name := array of byte "network";
	a := array[6 + len name] of byte;
	a[0:] = array[] of {byte Iac, byte Sb, byte Ttype, byte 0};
	a[4:] = name;
	a[4 + len name:] = array[] of {byte Iac, byte Se};
	sys->write(net, a, len a);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "telnet: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
