load std
echo 'implement Ask;
include "sys.m";
	sys: Sys;
include "draw.m";
include "dial.m";
Ask: module { init: fn(nil: ref Draw->Context, nil: list of string); };

# ask port ether relay options: sends a question, and prints the addresses, the name of the file and the options of the answer
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	dial := load Dial Dial->PATH;
	argv = tl argv;
	c := dial->dial("udp!127.0.0.1!" + hd argv, nil);
	q := array[300] of {* => byte 0};
	q[0:] = hex("010106025566778800020000");
	q[28:] = hex(hd tl argv);
	if(hd tl tl argv == "relay")
		q[24:] = hex("7f000001");
	else if(hd tl tl argv == "other")
		q[44] = byte ''?'';
	o := hex("63825363" + hd tl tl tl argv + "ff");
	q[236:] = o;
	if(tl tl tl tl argv != nil)
		q[12:] = hex(hd tl tl tl tl argv);
	if(sys->write(c.dfd, q, len q) != len q)
		sys->print("write: %r\n");
	sys->pctl(Sys->NEWPGRP, nil);
	r := chan of array of byte;
	spawn reader(c.dfd, r);
	spawn timer(r);
	show(<-r);
	fd := sys->open("/prog/" + string sys->pctl(0, nil) + "/ctl", Sys->OWRITE);
	sys->fprint(fd, "killgrp");
}

reader(fd: ref Sys->FD, c: chan of array of byte)
{
	a := array[2000] of byte;
	n := sys->read(fd, a, len a);
	c <-= a[0:n];
}

timer(c: chan of array of byte)
{
	sys->sleep(700);
	c <-= nil;
}

show(a: array of byte)
{
	if(a == nil){
		sys->print("none\n");
		return;
	}
	sys->print("%s", text(a[0:3]));
	for(i := 12; i < 28; i += 4)
		sys->print(" %d.%d.%d.%d", int a[i], int a[i+1], int a[i+2], int a[i+3]);
	for(i = 108; a[i] != byte 0; i++)
		;
	sys->print(" %s %s %d", text(a[4:12]), string a[108:i], len a);
	for(i = 240; a[i] != byte 255; i += 2 + int a[i+1])
		sys->print(" %d=%s", int a[i], text(a[i+2:i+2+int a[i+1]]));
	sys->print("\n");
}

text(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i++)
		s += sys->sprint("%.2x", int a[i]);
	return s;
}

hex(s: string): array of byte
{
	a := array[len s / 2] of byte;
	for(i := 0; i < len a; i++)
		a[i] = byte (digit(s[2*i]) << 4 | digit(s[2*i+1]));
	return a;
}

digit(c: int): int
{
	if(c >= ''a'')
		return c - ''a'' + 10;
	return c - ''0'';
}' >/tmp/ask.b
limbo -o /tmp/ask.dis /tmp/ask.b
echo 'ipnet=lab ip=192.0.2.0 ipmask=255.255.255.192
	ipgw=192.0.2.1 dns=192.0.2.53 dns=192.0.2.54 dnsdomain=lab.test
ipnet=loop ip=127.0.0.0 ipmask=255.0.0.0
sys=box ether=0200000000aa ip=192.0.2.7 ip=127.0.0.9 bootf=/kernel tftp=server
sys=server ip=192.0.2.2 ntp=192.0.2.2
ether=0200000000bb dom=b.lab.test ip=192.0.2.8 ntp=server
ether=0200000000cc ip=198.51.100.1
ether=0200000000ee ip=127.0.0.1' >/tmp/ndb
p=21751
ip/bootpd -d -s 192.0.2.3 -t 3600 -f /tmp/ndb -a 'udp!127.0.0.1!'^$p >[2] /tmp/log
sleep 1
a=0200000000aa; b=0200000000bb
fn ask {/tmp/ask $p $*}
echo BOOTP
ask $a '' ''; ask $b '' ''; ask 0200000000cc '' ''; ask 0200000000dd '' ''; ask $a relay ''; ask $a other ''
echo DHCP
ask $b '' 350101
ask $b '' 3501033604c00002033204c0000208
ask $b '' 3501033604c00002043204c0000208
ask $b '' 3501033604c00002033204c0000209
ask 0200000000ee '' 350103 7f000001
ask $b '' 350107; ask $b '' 35020101
ask 0200000000dd '' 350108 7f000001
ask 0200000000dd '' 350108 c6336402
echo malformed
ask $a '' 0c7f00; ask $a '' 340104; ask $a '' 340101350101
echo changes
{echo; echo 'ether=0200000000dd ip=192.0.2.13'} >>/tmp/ndb
ask 0200000000dd '' ''
sed 's/![0-9]+:/:/' /tmp/log
ip/bootpd -f /tmp/nosuch; echo $status
ip/bootpd -a 'udp!127.0.0.1!x'; echo $status
ip/bootpd -c 0; ip/bootpd -t x; ip/bootpd -s ::1; ip/bootpd x; echo $status
