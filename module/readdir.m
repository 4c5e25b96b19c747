# Sorted directories; needs sys.m before it. See readdir(2).
Readdir: module
{
	PATH:		con "/dis/lib/readdir.dis";

	# sort keys, or-ed with DESCENDING and COMPACT
	NAME, ATIME, MTIME, SIZE, NONE: con iota;
	DESCENDING:	con (1 << 5);

	init:		fn(path: string, sortkey: int): (array of ref Sys->Dir, int);
	readall:	fn(fd: ref Sys->FD, sortkey: int): (array of ref Sys->Dir, int);
	sortdir:	fn(a: array of ref Sys->Dir, key: int): (array of ref Sys->Dir, int);

	COMPACT:	con (1 << 4);
};
