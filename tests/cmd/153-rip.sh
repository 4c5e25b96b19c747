load std
echo 'implement Router;
include "sys.m";
	sys: Sys;
include "draw.m";
include "dial.m";
Router: module { init: fn(nil: ref Draw->Context, nil: list of string); };

# router port dest message ...: a message is "asked", to print what comes, or is sent to the port dest
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	dial := load Dial Dial->PATH;
	argv = tl argv;
	c := dial->announce("udp!127.0.0.1!" + hd argv);
	dest := int hd tl argv;
	sys->fprint(c.cfd, "headers");
	fd := sys->open(c.dir + "/data", Sys->ORDWR);
	for(argv = tl tl argv; argv != nil; argv = tl argv){
		if(hd argv == "asked"){
			spawn asked(c, fd);
			continue;
		}
		m := hex(hd argv);
		a := array[52 + len m] of {* => byte 0};
		a[10:] = array[] of {byte 16rff, byte 16rff, byte 127, byte 0, byte 0, byte 1};
		a[48] = byte (dest >> 8);
		a[49] = byte dest;
		a[52:] = m;
		if(sys->write(fd, a, len a) != len a)
			sys->print("write: %r\n");
		sys->sleep(50);
	}
}

asked(nil: ref Dial->Connection, fd: ref Sys->FD)
{
	a := array[2000] of byte;
	n := sys->read(fd, a, len a);
	sys->print("asked ");
	for(i := 52; i < n; i++)
		sys->print("%.2x", int a[i]);
	sys->print("\n");
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
}' >/tmp/router.b
limbo -o /tmp/router.dis /tmp/router.b
v1=02010000; v2=02020000; none=00000000; m8=ff000000; m24=ffffff00; n10=0a000000; n11=0b000000
subfn entry {
	# network, mask, next hop, metric
	result=00020000^$1^$2^$3^000000^$4
}
fn router {/tmp/router $q $p $*}
fn rip {ip/rip -d -r 127.0.0.1 -a 'udp!127.0.0.1!'^$p -s $q $* >[2] /tmp/log}
fn log {sed 's/^rip: 127.0.0.1![0-9]+: //' /tmp/log}
a=${entry $n10 $m8 $none 02}; b=${entry c0000200 $m24 $none 05}; c=${entry $none $none $none 01}

echo version 2
p=21757; q=21758
router asked
rip -t 3
sleep 1
router $v2^$a^$b^$c $v2^$a
echo worse, better, gone, and what is no route
router $v2^${entry c0000200 $m24 $none 0f}^${entry $n10 $m8 $none 01}^${entry $none $none $none 10}
router $v2^${entry e0000000 $m8 $none 01}^${entry 7f000000 $m8 $none 01}^${entry $n11 ff00ff00 $none 01}^${entry 0b000001 $m8 $none 01}
router $v2^${entry $n11 $m8 $none 00}^${entry $n11 $m8 $none 11}^${entry $n11 $m8 $none 10}^00000000^$n11^$m8^$none^00000001
router $v2^00020063^$n11^$m8^$none^00000001
sleep 2; router $v2^$a; sleep 3
echo old
sleep 3
router 02 02020000ff 0200$a 01020000
router $v2^ffff0002^70617373000000000000000000000000^$a
q=21759
router $v2^$a
log

echo version 1
p=21760
rip
sleep 1
router $v1^${entry 0c000000 $none $none 01}^${entry c0000201 $none $none 01}^${entry 0d000000 $m8 $none 01}^${entry $none $none $none 02}

echo a password
p=21761
router asked
rip -k pass
sleep 1
auth=ffff000270617373000000000000000000000000
router $v2^$a $v1^${entry 0c000000 $none $none 01} $v2^$auth^$a $v2^ffff000270617374000000000000000000000000^$b $v2^ffff000370617373000000000000000000000000^$b
log

echo interfaces
mkdir /tmp/net /tmp/net/udp /tmp/net/ipifc /tmp/net/ipifc/0
bind /net/udp /tmp/net/udp
{echo 'device /tmp/ether maxtu 1500'; echo '	127.0.0.5	/104	127.0.0.0'; echo '	10.1.2.3	/120	10.1.2.0'} >/tmp/net/ipifc/0/status
>/tmp/net/iproute
p=21762
rip -x /tmp/net
sleep 1
d=${entry $n11 $m8 7f000009 02}
router $v2^$a^${entry $n11 $m8 $none 02}^${entry 0c000000 $m8 c0000201 01}^${entry 0a010200 $m24 $none 01} $v2^$d $v2^${entry 0c000000 $m8 $none 10}
router $v1^${entry 0a010300 $none $none 01}^${entry 0a010204 $none $none 01}
sed 's/(.)(add|remove)/\1; \2/g' /tmp/net/iproute; echo
echo 'device /tmp/ether maxtu 1500
	127.0.0.1	/104	127.0.0.0' >/tmp/net/ipifc/0/status
p=21763
rip -n -x /tmp/net
sleep 1
router $v2^$a
log
echo 'device /tmp/ether maxtu 1500
	10.1.2.3	/120	10.1.2.0' >/tmp/net/ipifc/0/status
p=21764
rip -n -x /tmp/net
sleep 1
router $v2^$a
log
ip/rip -a 'udp!127.0.0.1!x'; echo $status
ip/rip -s 0; ip/rip -t x; ip/rip -r ::1; ip/rip -k 12345678901234567; ip/rip x; echo $status
