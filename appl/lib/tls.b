implement Tls;

#
# TLS over a connection, by the device #a; see tls(2).
#

include "sys.m";
	sys: Sys;

include "tls.m";

client(fd: ref Sys->FD, name: string): (ref Sys->FD, string)
{
	sys = load Sys Sys->PATH;
	return start(fd, sys->sprint("client %q", name));
}

server(fd: ref Sys->FD, certfile, keyfile: string): (ref Sys->FD, string)
{
	sys = load Sys Sys->PATH;
	return start(fd, sys->sprint("server %q %q", certfile, keyfile));
}

start(fd: ref Sys->FD, cmd: string): (ref Sys->FD, string)
{
	ctl := sys->open("#a/clone", Sys->ORDWR);
	if(ctl == nil)
		return (nil, sys->sprint("can't open #a/clone: %r"));
	buf := array[16] of byte;
	n := sys->read(ctl, buf, len buf);
	if(n <= 0)
		return (nil, sys->sprint("can't read #a/clone: %r"));
	if(sys->fprint(ctl, "fd %d", fd.fd) < 0 || sys->fprint(ctl, "%s", cmd) < 0)
		return (nil, sys->sprint("%r"));
	data := sys->open("#a/" + string buf[0:n] + "/data", Sys->ORDWR);
	if(data == nil)
		return (nil, sys->sprint("can't open the connection's data: %r"));
	return (data, nil);
}
