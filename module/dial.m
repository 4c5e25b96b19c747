# Network connections; needs sys.m before it. See dial(2).
Dial: module
{
	PATH:	con "/dis/lib/dial.dis";

	Connection: adt
	{
		dfd, cfd:	ref Sys->FD;
		dir:		string;
	};

	Conninfo: adt
	{
		dir, root, spec, lsys, lserv, rsys, rserv, laddr, raddr: string;
	};

	announce:	fn(addr: string): ref Connection;
	dial:		fn(addr, local: string): ref Connection;
	listen:		fn(c: ref Connection): ref Connection;
	accept:		fn(c: ref Connection): ref Sys->FD;
	reject:		fn(c: ref Connection, why: string): int;
	netmkaddr:	fn(addr, net, svc: string): string;
	netinfo:	fn(c: ref Connection): ref Conninfo;
};
