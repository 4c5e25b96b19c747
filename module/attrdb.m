# Attribute databases; needs sys.m and bufio.m before it. See attrdb(2).
Attrdb: module
{
	PATH:	con "/dis/lib/attrdb.dis";

	Attr: adt
	{
		attr, val:	string;
		tag:		int;
	};

	Tuples: adt
	{
		n:	int;
		pairs:	list of ref Attr;

		hasattr:	fn(t: self ref Tuples, attr: string): int;
		haspair:	fn(t: self ref Tuples, attr: string, value: string): int;
		find:		fn(t: self ref Tuples, attr: string): list of ref Attr;
		findbyattr:	fn(t: self ref Tuples, attr: string, value: string, rattr: string): list of ref Attr;
	};

	Dbentry: adt
	{
		n:	int;
		lines:	list of ref Tuples;

		find:		fn(e: self ref Dbentry, attr: string): list of (ref Tuples, list of ref Attr);
		findfirst:	fn(e: self ref Dbentry, attr: string): string;
		findpair:	fn(e: self ref Dbentry, attr: string, value: string): list of ref Tuples;
		findbyattr:	fn(e: self ref Dbentry, attr: string, value: string, rattr: string):
				list of (ref Tuples, list of ref Attr);
	};

	Dbptr: adt
	{
		dbs:	list of ref Dbf;
		index:	ref Attrindex->Index;
		pick {
		Direct =>
			offset:	int;
		Hash =>
			current:	int;
			next:	int;
		}
	};

	Dbf: adt
	{
		fd:		ref Bufio->Iobuf;
		name:		string;
		dir:		ref Sys->Dir;
		indices:	list of ref Attrindex->Index;
		lockc:		chan of int;

		open:			fn(path: string): ref Dbf;
		sopen:			fn(data: string): ref Dbf;
		changed, reopen:	fn(f: self ref Dbf): int;
		readentry:		fn(dbf: self ref Dbf, offset: int, attr: string, value: string,
				useval: int): (ref Dbentry, int, int);
	};

	Db: adt
	{
		dbs:	list of ref Dbf;

		open:			fn(path: string): ref Db;
		sopen:			fn(data: string): ref Db;
		append:			fn(db1: self ref Db, db2: ref Db): ref Db;
		changed, reopen:	fn(db: self ref Db): int;
		find:			fn(db: self ref Db, start: ref Dbptr, attr: string): (ref Dbentry, ref Dbptr);
		findpair:		fn(db: self ref Db, start: ref Dbptr, attr: string, value: string):
				(ref Dbentry, ref Dbptr);
		findbyattr:		fn(db: self ref Db, start: ref Dbptr, attr: string, value: string,
				rattr: string): (ref Dbentry, ref Dbptr);
	};

	init:		fn(): string;
	parseentry:	fn(s: string, lno: int): (ref Dbentry, int, string);
	parseline:	fn(s: string, lno: int): (ref Tuples, string);
};

Attrindex: module
{
	PATH:	con "/dis/lib/attrhash.dis";

	Index: adt
	{
		fd:		ref Sys->FD;
		attr:		string;
		mtime, size:	int;
		tab:		array of byte;

		open:	fn(dbf: Attrdb->Dbf, attr: string, fd: ref Sys->FD): ref Index;
	};

	init:	fn(): string;
};

Attrhash: module
{
	PATH:		con "/dis/lib/attrhash.dis";
	NDBPLEN:	con 3;
	NDBHLEN:	con 4 + 4;
	NDBSPEC:	con 1 << 23;
	NDBCHAIN:	con NDBSPEC;
	NDBNAP:		con NDBSPEC | 1;

	init:		fn(): string;
	attrindex:	fn(): Attrindex;
	hash:		fn(s: string, hlen: int): int;
	get3, get4:	fn(a: array of byte): int;
};
