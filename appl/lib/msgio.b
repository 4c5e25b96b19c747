implement Msgio;

#
# Framed messages, and messages on delimited connections; see msgio(2).
#

include "sys.m";
	sys: Sys;

include "msgio.m";

Hdrlen:	con 5;
Errmark: con byte 255;

init()
{
	sys = load Sys Sys->PATH;
}

sendmsg(fd: ref Sys->FD, buf: array of byte, n: int): int
{
	if(fd == nil || buf == nil || n < 0)
		return -1;
	return send(fd, sys->aprint("%4.4d\n", n), buf[0:n]);
}

senderrmsg(fd: ref Sys->FD, s: string): int
{
	a := array of byte s;
	if(fd == nil || send(fd, sys->aprint("!%3.3d\n", len a), a) < 0)
		return -1;
	return 0;
}

send(fd: ref Sys->FD, hdr, buf: array of byte): int
{
	if(sys->write(fd, hdr, len hdr) != len hdr)
		return -1;
	n := len buf;
	if(sys->write(fd, buf, n) != n)
		return -1;
	return n;
}

getmsg(fd: ref Sys->FD): array of byte
{
	if(fd == nil){
		sys->werrstr("nil fd");
		return nil;
	}
	hdr := array[Hdrlen] of byte;
	n := sys->readn(fd, hdr, len hdr);
	if(n <= 0){
		sys->werrstr("hungup");
		return nil;
	}
	if(n != len hdr)
		return bad();
	iserr := hdr[0] == byte '!';
	if(iserr)
		n = number(string hdr[1:4]);
	else
		n = number(string hdr[0:4]);
	if(n < 0 || n >= Maxmsg)
		return bad();
	buf := array[n] of byte;
	if(sys->readn(fd, buf, n) != n)
		return bad();
	if(iserr){
		sys->werrstr(string buf);
		return nil;
	}
	return buf;
}

# leading zeros and blanks do not matter
number(s: string): int
{
	return int s;
}

bad(): array of byte
{
	sys->werrstr("input or format error");
	return nil;
}

#
# one write or read a message, after a byte that says what it is
#

put(fd: ref Sys->FD, mark: byte, a: array of byte): int
{
	n := len a;
	if(n > Maxmsg - 1)
		n = Maxmsg - 1;
	b := array[n + 1] of byte;
	b[0] = mark;
	b[1:] = a[0:n];
	return sys->write(fd, b, len b);
}

putstring(fd: ref Sys->FD, s: string): int
{
	if(fd == nil || s == nil)
		return -1;
	return put(fd, byte 0, array of byte s);
}

puterror(fd: ref Sys->FD, s: string): int
{
	if(fd == nil || s == nil)
		return -1;
	return put(fd, Errmark, array of byte s);
}

putbytearray(fd: ref Sys->FD, a: array of byte, n: int): int
{
	if(fd == nil)
		return -1;
	if(n > len a)
		n = len a;
	if(n < 0)
		n = 0;
	return put(fd, byte 0, a[0:n]);
}

getbytearray(fd: ref Sys->FD): (array of byte, string)
{
	buf := array[Maxmsg] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return (nil, "hungup");
	if(buf[0] == byte 0)
		return (buf[1:n], nil);
	if(buf[0] != Errmark)
		return (nil, "failure");
	if(n > 64)
		n = 64;
	s := string buf[1:n];
	if(s == nil)
		s = "unknown";
	return (nil, s);
}

getstring(fd: ref Sys->FD): (string, string)
{
	(a, err) := getbytearray(fd);
	if(err != nil)
		return (nil, err);
	return (string a, nil);
}
