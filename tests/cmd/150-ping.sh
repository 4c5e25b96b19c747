load std
echo 'implement P;
include "sys.m";
	sys: Sys;
include "draw.m";
P: module { init: fn(nil: ref Draw->Context, nil: list of string); };

# A network whose only system answers echoes, each in a way of its own.
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	net := hd tl argv;
	sys->bind("#s", net, Sys->MBEFORE);
	clone := sys->file2chan(net, "clone");
	sys->bind("#s", net + "/0", Sys->MBEFORE);
	data := sys->file2chan(net + "/0", "data");
	sync := chan of int;
	spawn serve(clone, data, hd tl tl argv, sync);
	<-sync;
}

serve(clone, data: ref Sys->FileIO, v: string, sync: chan of int)
{
	sync <-= 1;
	queue: list of array of byte;
	n := 0;
	waiting: chan of (array of byte, string);
	for(;;) alt {
	(nil, nil, nil, rc) := <-clone.read =>
		if(rc != nil)
			rc <-= (array of byte "0", nil);
	(nil, d, nil, wc) := <-clone.write =>
		if(wc != nil){
			sys->print("%s\n", string d);
			wc <-= (len d, nil);
		}
	(nil, nil, nil, rc) := <-data.read =>
		if(rc == nil){
			queue = nil;
			waiting = nil;
		}else if(queue != nil){
			rc <-= (hd queue, nil);
			queue = tl queue;
		}else
			waiting = rc;
	(nil, d, nil, wc) := <-data.write =>
		if(wc == nil){
			n = 0;
			continue;
		}
		wc <-= (len d, nil);
		l := answers(d, v, n++);
		while(l != nil){
			if(waiting != nil){
				waiting <-= (hd l, nil);
				waiting = nil;
			}else
				queue = append(queue, hd l);
			l = tl l;
		}
	}
}

append(l: list of array of byte, a: array of byte): list of array of byte
{
	if(l == nil)
		return a :: nil;
	return hd l :: append(tl l, a);
}

answers(q: array of byte, v: string, n: int): list of array of byte
{
	case v {
	"4" =>
		r := reply4(q);
		case n {
		0 =>	return r :: nil;
		1 =>	return nil;
		2 =>
			spoilt := reply4(q);
			spoilt[8] = byte 1;
			spoilt[len spoilt - 1] ^= byte 1;
			other := reply4(q);
			other[8] = byte 2;
			other[20+6] ^= byte 128;
			fix(other[20:]);
			return array of byte "x" :: array[1] of {byte 16r45} :: array[20] of {* => byte 16r4f} :: q :: spoilt :: other :: r :: r :: nil;
		3 =>
			r[0] = byte 16r46;	# an option
			o := array[24 + len r - 20] of {* => byte 0};
			o[0:] = r[0:20];
			o[24:] = r[20:];
			return o :: nil;
		}
	"6" =>
		r := array[len q] of byte;
		r[0:] = q;
		r[7] = byte 60;
		r[8:] = array[16] of {15 => byte 1, * => byte 0};
		r[40] = byte 129;
		return array[41] of {* => byte 16r60} :: r :: nil;
	}
	return nil;
}

reply4(q: array of byte): array of byte
{
	r := array[len q] of byte;
	r[0:] = q;
	r[8] = byte 57;
	r[12:] = array[] of {byte 192, byte 0, byte 2, byte 1, byte 192, byte 0, byte 2, byte 7};
	r[20] = byte 0;
	r[20+4] = byte 77;
	fix(r[20:]);
	return r;
}

fix(e: array of byte)
{
	e[2] = e[3] = byte 0;
	s := 0;
	for(i := 0; i < len e; i += 2)
		s += int e[i] << 8 | int e[i+1];
	while(s >> 16)
		s = (s & 16rffff) + (s >> 16);
	e[2] = ~(byte (s >> 8));
	e[3] = ~(byte s);
}' >/tmp/p.b
limbo -o /tmp/p.dis /tmp/p.b
mkdir /tmp/net /tmp/net/icmp /tmp/net/icmp/0 /tmp/net/icmpv6 /tmp/net/icmpv6/0
/tmp/p /tmp/net/icmp 4
/tmp/p /tmp/net/icmpv6 6
fn ping {ip/ping $* | sed 's/[0-9]+ µs/N µs/g; s/(min|avg|max) [0-9]+/\1 N/g'}
ping -a -n 4 -i 30 -w 900 '/tmp/net/icmp!192.0.2.1'; echo $status
sleep 1
ping -l -n 4 -i 30 -w 900 '/tmp/net/icmp!192.0.2.1'
sleep 1
ip/ping -q -n 2 -i 1 -w 900 '/tmp/net/icmp!192.0.2.1' >/tmp/out; echo $status
sed 's/;.*//' /tmp/out
ping -a -n 1 -s 2000 '/tmp/net/icmpv6!::1!1'
ip/ping -n 1 192.0.2.1; echo $status
ip/ping -n 1 2001:db8::1; ip/ping -6 -n 1 'nobody'
ip/ping; echo $status; ip/ping -s 15 x; ip/ping -n 1x x; ip/ping -i -1 x; ip/ping x y
