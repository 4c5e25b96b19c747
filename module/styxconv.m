# Relay between the old and the new file protocol; needs sys.m before it. See styxconv(2).
Styxconv: module
{
	PATHOLD2NEW:	con "/dis/lib/styxconv/old2new.dis";
	PATHNEW2OLD:	con "/dis/lib/styxconv/new2old.dis";

	init:		fn();
	styxconv:	fn(client: ref Sys->FD, server: ref Sys->FD);
};
