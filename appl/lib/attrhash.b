implement Attrhash, Attrindex;

#
# Index files of attribute databases; see attrdb(2).
#
# An index is a table of 3-byte entries after an 8-byte header: the time of
# the file it was made for, and the number of entries.
#

include "sys.m";
	sys: Sys;

include "bufio.m";

include "attrdb.m";

init(): string
{
	sys = load Sys Sys->PATH;
	return nil;
}

attrindex(): Attrindex
{
	return load Attrindex SELF;
}

Index.open(dbf: Attrdb->Dbf, attr: string, fd: ref Sys->FD): ref Index
{
	if(sys == nil)
		init();
	(ok, d) := sys->fstat(fd);
	hdr := array[NDBHLEN] of byte;
	if(ok < 0 || sys->pread(fd, hdr, len hdr, big 0) != len hdr)
		return nil;
	mtime := get4(hdr);
	if(dbf.dir != nil && dbf.dir.mtime != mtime)
		return nil;	# out of date
	size := get4(hdr[4:]);
	if(size <= 0 || big size * big NDBPLEN + big NDBHLEN > d.length)
		return nil;
	tab := array[size * NDBPLEN] of byte;
	if(sys->pread(fd, tab, len tab, big NDBHLEN) != len tab)
		return nil;
	return ref Index(fd, attr, mtime, size, tab);
}

hash(s: string, hlen: int): int
{
	h := 0;
	a := array of byte s;
	for(i := 0; i < len a; i++)
		h = h*13 + int a[i] - 'a';
	h = h % hlen;
	if(h < 0)
		h += hlen;
	return h;
}

get3(a: array of byte): int
{
	return int a[2] << 16 | int a[1] << 8 | int a[0];
}

get4(a: array of byte): int
{
	return int a[3] << 24 | get3(a);
}
