implement Virgil;

#
# Ask the broadcast service where something is; see virgil(2).
#

include "sys.m";
	sys: Sys;

include "dial.m";
	dial: Dial;

include "keyring.m";

include "security.m";

Tries:	con 3;
Wait:	con 2000;	# ms

virgil(args: list of string): string
{
	sys = load Sys Sys->PATH;
	dial = load Dial Dial->PATH;
	if(dial == nil || args == nil || tl args == nil)
		return nil;
	question := hd tl args;
	for(w := tl tl args; w != nil; w = tl w)
		question += " " + hd w;
	c := dial->announce("udp!*!0");
	if(c == nil || sys->fprint(c.cfd, "headers") < 0)
		return nil;
	fd := sys->open(c.dir + "/data", Sys->ORDWR);
	if(fd == nil)
		return nil;
	answers := chan of string;
	pidc := chan of int;
	spawn reader(fd, question, answers, pidc);
	rpid := <-pidc;
	ticks := chan of int;
	spawn ticker(ticks, pidc);
	tpid := <-pidc;
	answer: string;
	for(i := 0; i < Tries && answer == nil; i++){
		broadcast(fd, question);
		alt {
		answer = <-answers =>
			;
		<-ticks =>
			;
		}
	}
	kill(rpid);
	kill(tpid);
	return answer;
}

# the address header in front of a datagram: remote, local and interface address, then the ports
broadcast(fd: ref Sys->FD, question: string)
{
	Hdr: con 3*16 + 2*2;
	q := array of byte question;
	a := array[Hdr + len q] of {* => byte 0};
	for(i := 10; i < 16; i++)
		a[i] = byte 16rff;
	a[Hdr-4] = byte (2202 >> 8);
	a[Hdr-3] = byte 2202;
	a[Hdr:] = q;
	sys->write(fd, a, len a);
}

# answers are question=value
reader(fd: ref Sys->FD, question: string, answers: chan of string, pidc: chan of int)
{
	Hdr: con 3*16 + 2*2;
	pidc <-= sys->pctl(0, nil);
	buf := array[2048] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		if(n <= Hdr)
			continue;
		s := string buf[Hdr:n];
		for(i := 0; i < len s && s[i] != '='; i++)
			;
		if(i < len s && s[0:i] == question)
			answers <-= s[i+1:];
	}
}

ticker(c: chan of int, pidc: chan of int)
{
	pidc <-= sys->pctl(0, nil);
	for(;;){
		sys->sleep(Wait);
		c <-= 1;
	}
}

kill(pid: int)
{
	fd := sys->open("#p/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}
