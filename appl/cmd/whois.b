implement Whois;

#
# Asks who owns a name or address of the network; see whois(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "dial.m";
	dial: Dial;

include "string.m";
	str: String;

Whois: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

MAX: con 8;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("whois [-a addr] [-n] host");
	addr := "tcp!whois.iana.org!43";
	follow := 1;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = dial->netmkaddr(arg->earg(), "tcp", "43");
		'n' =>	follow = 0;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	for(n := 0; addr != nil && n < MAX; n++){
		sys->print("[using server %s]\n", addr);
		next := ask(addr, hd argv);
		if(!follow || next == addr)
			break;
		addr = next;
	}
}

# the answer is printed; the address of a server that knows more
ask(addr, name: string): string
{
	c := dial->dial(addr, nil);
	if(c == nil){
		sys->fprint(sys->fildes(2), "whois: can't dial %s: %r\n", addr);
		raise "fail:dial";
	}
	if(sys->fprint(c.dfd, "%s\r\n", name) < 0){
		sys->fprint(sys->fildes(2), "whois: can't write to %s: %r\n", addr);
		raise "fail:error";
	}
	next: string;
	f := bufio->fopen(c.dfd, Bufio->OREAD);
	while((s := f.gets('\n')) != nil){
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		sys->print("%s\n", s);
		(key, val) := str->splitl(str->drop(s, " \t"), ":");
		key = str->tolower(key);
		if(val != nil && (key == "refer" || key == "whois server" || key == "registrar whois server")){
			val = str->drop(val[1:], " \t");
			if(val != nil && next == nil)
				next = "tcp!" + val + "!43";
		}
	}
	return next;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "whois: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
