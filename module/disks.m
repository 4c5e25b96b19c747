# Disks and partitions; needs sys.m before it. See disks(2).
Disks: module
{
	PATH:	con "/dis/lib/disks.dis";

	Disk: adt
	{
		prefix, part:	string;
		fd, wfd, ctlfd:	ref Sys->FD;
		rdonly:		int;
		dtype:		string;
		secs:		big;
		secsize:	int;
		size, offset:	big;
		width, c, h, s:	int;
		chssrc:		string;

		open:	fn(f: string, mode: int, noctl: int): ref Disk;
		readn:	fn(d: self ref Disk, buf: array of byte, n: int): int;
	};

	init:	fn();

	PCpart: adt
	{
		active, ptype:		int;
		base, offset, size:	big;

		extract:	fn(a: array of byte, d: ref Disk): PCpart;
		bytes:		fn(p: self PCpart, d: ref Disk): array of byte;
	};

	Toffset:	con 446;
	TentrySize:	con 2 + 2 * 3 + 4 + 4;
	NTentry:	con 4;
	Magic0:		con 16r55;
	Magic1:		con 16rAA;
	Active:		con 16r80;
	Type9:		con 16r39;

	chstext:	fn(p: array of byte): string;
};
