# Exceptions of other processes. See exception(2).
Exception: module
{
	PATH:	con "/dis/lib/exception.dis";

	getexc:	fn(pid: int): (int, string, string);

	NOTIFYLEADER, PROPAGATE:	con iota;

	setexcmode:	fn(mode: int): int;
};
