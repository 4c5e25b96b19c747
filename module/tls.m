#
# TLS over a connection, by the device #a; see tls(2).
#
Tls: module
{
	PATH:	con "/dis/lib/tls.dis";

	# both return the descriptor that speaks TLS over fd, or nil and what went wrong; the connection ends with it
	client:	fn(fd: ref Sys->FD, name: string): (ref Sys->FD, string);
	server:	fn(fd: ref Sys->FD, certfile, keyfile: string): (ref Sys->FD, string);
};
