implement Sntp;

#
# Sets the clock from a time server; see sntp(8), and RFC 4330 for the messages.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "dial.m";
	dial: Dial;

include "ip.m";
	ip: IP;

Sntp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Size:		con 48;
Epoch:		con big 2208988800;	# seconds from 1900 to 1970
Mega:		con big 1000000;
Tries:		con 4;
Wait:		con 2000;		# ms

# where things are in a message
Stratum:	con 1;
Name:		con 12;
Originate:	con 24;
Receive:	con 32;
Transmit:	con 40;

debug: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	ip = load IP IP->PATH;
	if(ip == nil)
		nomod(IP->PATH);
	ip->init();
	inspect := 0;
	arg->init(argv);
	arg->setusage("ip/sntp [-di] [server]");
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	debug = 1;
		'i' =>	inspect = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	server := "$ntp";
	if(argv != nil){
		server = hd argv;
		if(tl argv != nil)
			arg->usage();
	}
	(offset, delay) := ask(dial->netmkaddr(server, "udp", "ntp"));
	now := clock() + offset;
	if(debug || inspect)
		sys->print("%s: offset %bd us, delay %bd us\n", daytime->text(daytime->local(int (now / Mega))), offset, delay);
	if(inspect)
		return;
	fd := sys->open("/dev/time", Sys->OWRITE);
	if(fd == nil || sys->fprint(fd, "%bd", clock() + offset) < 0)
		fatal(sys->sprint("can't set /dev/time: %r"), "time");
}

# how far the clock is behind the server's, and how long the way there and back took
ask(addr: string): (big, big)
{
	c := dial->dial(addr, nil);
	if(c == nil)
		fatal(sys->sprint("can't dial %s: %r", addr), "dial");
	replies := chan of array of byte;
	pids := chan of int;
	spawn reader(c.dfd, replies, pids);
	rpid := <-pids;
	ticks := chan of int;
	spawn ticker(ticks, pids);
	tpid := <-pids;
	offset, delay, t1: big;
	why := "no reply";
	for(i := 0; i < Tries; i++){
		m := array[Size] of {* => byte 0};
		m[0] = byte (4 << 3 | 3);	# version; client
		t1 = clock();
		puttime(m, Transmit, t1);
		if(sys->write(c.dfd, m, Size) != Size){
			why = sys->sprint("%r");
			break;
		}
		for(waiting := 1; waiting;)
			alt {
			r := <-replies =>
				t4 := clock();
				if(r == nil)
					why = "connection lost";
				else if(!answers(r, m)){
					if(debug)
						complain("not a reply to the question");
					continue;
				}else if((why = refusal(r)) == nil){
					t2 := gettime(r, Receive);
					t3 := gettime(r, Transmit);
					offset = (t2 - t1 + t3 - t4) / big 2;
					delay = t4 - t1 - (t3 - t2);
				}
				i = Tries;
				waiting = 0;
			<-ticks =>
				waiting = 0;
			}
	}
	kill(rpid);
	kill(tpid);
	if(why != nil)
		fatal(sys->sprint("%s: %s", addr, why), "no time");
	return (offset, delay);
}

# whether r is a server's reply to q
answers(r, q: array of byte): int
{
	if(len r < Size || (int r[0] & 7) != 4)
		return 0;
	for(i := 0; i < 8; i++)
		if(r[Originate+i] != q[Transmit+i])
			return 0;
	return 1;
}

# why there is no time in it
refusal(r: array of byte): string
{
	if(r[Stratum] == byte 0)
		return "refused: " + string r[Name:Name+4];
	if((int r[0] >> 6) == 3 || int r[Stratum] > 15)
		return "server is not synchronised";
	if(ip->get4(r, Transmit) == 0 && ip->get4(r, Transmit+4) == 0)
		return "no time in the reply";
	return nil;
}

# microseconds since 1970
clock(): big
{
	fd := sys->open("/dev/time", Sys->OREAD);
	buf := array[64] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		fatal(sys->sprint("can't read /dev/time: %r"), "time");
	return big string buf[0:n];
}

gettime(a: array of byte, o: int): big
{
	s := big ip->get4(a, o) & big 16rffffffff;
	f := big ip->get4(a, o + 4) & big 16rffffffff;
	if(s < big 1 << 31)
		s += big 1 << 32;	# from 2036 on
	return (s - Epoch) * Mega + (f * Mega >> 32);
}

puttime(a: array of byte, o: int, t: big)
{
	ip->put4(a, o, int (t / Mega + Epoch));
	ip->put4(a, o + 4, int ((t % Mega << 32) / Mega));
}

reader(fd: ref Sys->FD, replies: chan of array of byte, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		buf := array[1024] of byte;
		n := sys->read(fd, buf, len buf);
		if(n <= 0){
			replies <-= nil;
			return;
		}
		replies <-= buf[0:n];
	}
}

ticker(ticks: chan of int, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	for(;;){
		sys->sleep(Wait);
		ticks <-= 1;
	}
}

kill(pid: int)
{
	fd := sys->open("/prog/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "sntp: %s\n", s);
}

fatal(s, status: string)
{
	complain(s);
	raise "fail:" + status;
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "load");
}
