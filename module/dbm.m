# Hashed files of keys and values; needs sys.m before it. See dbm(2).
Dbm: module
{
	PATH:	con "/dis/lib/dbm.dis";

	Datum:	type array of byte;

	Dbf: adt
	{
		create:		fn(file: string, perm: int): ref Dbf;
		open:		fn(file: string, flags: int): ref Dbf;
		fetch:		fn(db: self ref Dbf, key: Datum): Datum;
		delete:		fn(db: self ref Dbf, key: Datum): int;
		store:		fn(db: self ref Dbf, key: Datum, dat: Datum, replace: int): int;
		firstkey:	fn(db: self ref Dbf): Datum;
		nextkey:	fn(db: self ref Dbf, key: Datum): Datum;
		flush:		fn(db: self ref Dbf);
		isrdonly:	fn(db: self ref Dbf): int;

		dirf, pagf:	ref Sys->FD;
		flags, maxbno, bitno, hmask, blkno, pagbno: int;
		pagbuf:		array of byte;
		dirbno:		int;
		dirbuf:		array of byte;
	};

	init:	fn();
};
