implement Plumbmsg;

#
# Messages of the plumber; see plumbmsg(2).
#

include "sys.m";
	sys: Sys;

include "plumbmsg.m";

Slack:	con 1000;	# bytes of a message beside its data

input: ref Sys->FD;	# to the plumber
port: ref Sys->FD;	# from it
portname: string;
maxdata: int;

init(doinput: int, rcvport: string, max: int): int
{
	sys = load Sys Sys->PATH;
	input = port = nil;
	portname = nil;
	maxdata = max;
	if(!doinput && rcvport == nil)
		return 1;
	input = sys->open("/chan/plumb.input", Sys->OWRITE);
	if(input == nil)
		return -1;
	if(rcvport == nil)
		return 1;
	port = sys->open("/chan/plumb." + rcvport, Sys->OREAD);
	if(port == nil)
		return -1;
	portname = rcvport;
	tell("start");
	return 1;
}

tell(what: string)
{
	(ref Msg(portname, "plumb", "", "text", "", array of byte what)).send();
}

shutdown()
{
	if(port != nil)
		tell("stop");
	port = nil;
}

Msg.send(m: self ref Msg): int
{
	if(input == nil)
		return -1;
	a := m.pack();
	return sys->write(input, a, len a);
}

Msg.recv(): ref Msg
{
	if(port == nil)
		return nil;
	buf := array[maxdata + Slack] of byte;
	n := sys->read(port, buf, len buf);
	if(n <= 0)
		return nil;
	return Msg.unpack(buf[0:n]);
}

Msg.pack(m: self ref Msg): array of byte
{
	hdr := array of byte (m.src + "\n" + m.dst + "\n" + m.dir + "\n" + m.kind + "\n" + m.attr + "\n"
		+ string len m.data + "\n");
	a := array[len hdr + len m.data] of byte;
	a[0:] = hdr;
	a[len hdr:] = m.data;
	return a;
}

# a line of a: itself, and where the next starts, -1 if it does not end
line(a: array of byte, i: int): (string, int)
{
	if(i < 0)
		return (nil, -1);
	for(j := i; j < len a; j++)
		if(a[j] == byte '\n')
			return (string a[i:j], j + 1);
	return (nil, -1);
}

Msg.unpack(b: array of byte): ref Msg
{
	m := ref Msg;
	i := 0;
	n: string;
	(m.src, i) = line(b, i);
	(m.dst, i) = line(b, i);
	(m.dir, i) = line(b, i);
	(m.kind, i) = line(b, i);
	(m.attr, i) = line(b, i);
	(n, i) = line(b, i);
	if(i < 0)
		return nil;
	size := int n;
	if(size < 0 || size > len b - i)
		return nil;
	m.data = b[i:i+size];
	return m;
}

string2attrs(s: string): list of ref Attr
{
	l: list of ref Attr;
	for(i := 0; i < len s;){
		for(j := i; j < len s && s[j] != '\t'; j++)
			;
		for(k := i; k < j && s[k] != '='; k++)
			;
		if(k < j)
			l = ref Attr(s[i:k], s[k+1:j]) :: l;
		else if(j > i)
			l = ref Attr(s[i:j], nil) :: l;
		i = j + 1;
	}
	r: list of ref Attr;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

attrs2string(l: list of ref Attr): string
{
	s := "";
	for(; l != nil; l = tl l){
		if(s != "")
			s += "\t";
		s += (hd l).name + "=" + (hd l).val;
	}
	return s;
}

lookup(attrs: list of ref Attr, name: string): (int, string)
{
	for(; attrs != nil; attrs = tl attrs)
		if((hd attrs).name == name)
			return (1, (hd attrs).val);
	return (0, nil);
}
