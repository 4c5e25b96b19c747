load std
echo 'implement Server;
include "sys.m";
	sys: Sys;
include "draw.m";
include "dial.m";
Server: module { init: fn(nil: ref Draw->Context, nil: list of string); };

# server port answers ...: prints each question, and answers it by the next answers, with dots between: [x|e]address options
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	dial := load Dial Dial->PATH;
	argv = tl argv;
	c := dial->announce("udp!127.0.0.1!" + hd argv);
	sys->fprint(c.cfd, "headers");
	spawn serve(c, sys->open(c.dir + "/data", Sys->ORDWR), tl argv);
}

serve(nil: ref Dial->Connection, fd: ref Sys->FD, l: list of string)
{
	sys->pctl(Sys->NEWPGRP, nil);
	a := array[2000] of byte;
	for(; l != nil; l = tl l){
		if((n := sys->read(fd, a, len a)) < 52 + 300)
			break;
		q := a[52:n];
		sys->print("asked %s %s", text(q[10:16]), text(q[28:34]));
		for(i := 240; q[i] != byte 255; i += 2 + int q[i+1])
			if(int q[i] != 57 && int q[i] != 55)
				sys->print(" %d=%s", int q[i], text(q[i+2:i+2+int q[i+1]]));
		sys->print("\n");
		(nil, v) := sys->tokenize(hd l, ".");
		for(; v != nil; v = tl v){
			r := array[52 + 400] of {* => byte 0};
			r[0:] = a[0:52+240];
			r[52] = byte 2;
			s := hd v;
			if(s[0] == ''x'')
				r[52+4] ^= byte 1;
			else if(s[0] == ''e'')
				r[52+28] ^= byte 1;
			if(s[0] == ''x'' || s[0] == ''e'')
				s = s[1:];
			r[52+16:] = hex(s[0:8]);
			r[52+240:] = hex(s[8:]);
			sys->write(fd, r, len r);
		}
	}
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
}' >/tmp/server.b
limbo -o /tmp/server.dis /tmp/server.b
p=21752; q=21753
echo 'ipnet=lab ip=192.0.2.0 ipmask=255.255.255.0 ipgw=192.0.2.1 dns=192.0.2.53
ether=0200000000aa sys=box dnsdomain=lab.test ip=192.0.2.7 bootf=/kernel tftp=192.0.2.69' >/tmp/ndb
ip/bootpd -s 127.0.0.1 -t 3 -f /tmp/ndb -a 'udp!127.0.0.1!'^$p
fn dhcp {ip/dhcp -e 0200000000aa -a '127.0.0.1!'^$p -c 'udp!127.0.0.1!'^$q $*}

dhcp
dhcp -b
dhcp -d -r 192.0.2.8 >[2=1]
echo an interface
mkdir /tmp/net /tmp/net/udp /tmp/net/ipifc /tmp/net/ipifc/0 /tmp/ether
bind /net/udp /tmp/net/udp
i=/tmp/net/ipifc/0
>$i/ctl; >/tmp/net/iproute; >/tmp/net/ndb
echo 'device /tmp/ether maxtu 1500' >$i/status
echo -n 0200000000aa >/tmp/ether/addr
fn show {for f in $i/ctl /tmp/net/iproute {sed 's/(.)(add|remove)/\1; \2/g' $f; echo; >$f}; cat /tmp/net/ndb}
fn dhcp {ip/dhcp -x /tmp/net -a '127.0.0.1!'^$p -c 'udp!127.0.0.1!'^$q $*}
dhcp -np $i; show
db='ipnet=loop ip=127.0.0.0 ipmask=255.255.255.0 ipgw=192.0.2.'
echo $db^'1
ether=0200000000aa sys=box ip=127.0.0.1' >/tmp/ndb
dhcp -p -m $i >/tmp/log >[2=1]; show
sleep 2
echo $db^'2
ether=0200000000aa sys=box ip=127.0.0.1' >/tmp/ndb
sleep 2; show
echo $db^'2
ether=0200000000aa sys=box ip=127.0.0.2' >/tmp/ndb
sleep 2; show
cat /tmp/log

echo other servers
p=21755
fn dhcp {ip/dhcp -w 1000 -e 0200000000aa -h me -a '127.0.0.1!'^$p -c 'udp!127.0.0.1!21756' $*}
id=3604c0000201
o=0a000007; offer=$o^350102^$id; ack=$o^350105^$id
/tmp/server $p x^$offer e^$offer^.^$o^350102.00000000350102^$id^.^$ack^.^$o^35010299.^$offer x^$ack^.^$ack^0c05613d622063^0f00^0304c0000209
dhcp; echo $status
/tmp/server $p $offer $o^350106^$id $offer $ack^3304ffffffff^0c026800
dhcp; echo $status
/tmp/server $p $o $offer^.^$o^0104fffffe00
dhcp -r 10.0.0.1; dhcp -b
dhcp -w 100; echo $status
ip/dhcp -n -c 'udp!127.0.0.1!x'; echo $status
ip/dhcp /net/ipifc/0; echo $status; ip/dhcp /tmp; ip/dhcp -e 12; ip/dhcp -a x; ip/dhcp -a '1.2.3.4!0'; ip/dhcp -r ::1; ip/dhcp x y; echo $status
