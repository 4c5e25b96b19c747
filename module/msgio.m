# Framed messages; needs sys.m before it. See msgio(2).
Msgio: module
{
	PATH:	con "/dis/lib/msgio.dis";

	init:	fn();

	Maxmsg:	con 4096;

	getstring:	fn(fd: ref Sys->FD): (string, string);
	putstring:	fn(fd: ref Sys->FD, s: string): int;
	getbytearray:	fn(fd: ref Sys->FD): (array of byte, string);
	putbytearray:	fn(fd: ref Sys->FD, a: array of byte, n: int): int;
	puterror:	fn(fd: ref Sys->FD, s: string): int;
	getmsg:		fn(fd: ref Sys->FD): array of byte;
	sendmsg:	fn(fd: ref Sys->FD, buf: array of byte, n: int): int;
	senderrmsg:	fn(fd: ref Sys->FD, s: string): int;
};
