# Archives of files on Venti servers; needs sys.m and venti.m before it. See vac(2).
Vac: module
{
	PATH:	con "/dis/lib/vac.dis";

	Rootsize:	con 300;
	Entrysize:	con 40;
	Dirblock:	con 8192;	# of entries and of metadata that are written

	# flags of an entry; bits 2 to 4 are its depth
	Eactive:	con 1 << 0;
	Edir:		con 1 << 1;
	Elocal:		con 1 << 5;

	# of a mode, besides 8r777
	Msticky, Msetuid, Msetgid, Mappend, Mexclusive, Mlink, Mdir: con 1 << (9 + iota);

	Root: adt
	{
		name, kind:	string;
		score:		array of byte;
		blocksize:	int;
		prev:		array of byte;

		pack:	fn(r: self ref Root): array of byte;
		unpack:	fn(a: array of byte): (ref Root, string);
	};

	# a stream of bytes, or of entries
	Entry: adt
	{
		gen, psize, dsize, depth, flags: int;
		size:		big;
		score:		array of byte;

		pack:	fn(e: self ref Entry): array of byte;
		unpack:	fn(a: array of byte): (ref Entry, string);
	};

	# what is said of a file
	Direntry: adt
	{
		elem:		string;
		entry, gen:	int;		# numbers of its entries in those of its directory
		mentry, mgen:	int;
		qid:		big;
		uid, gid, mid:	string;
		mtime, mcount, ctime, atime, mode: int;

		pack:	fn(d: self ref Direntry): array of byte;
		unpack:	fn(a: array of byte): (ref Direntry, string);
	};

	Source: adt
	{
		s:	ref Venti->Session;
		e:	ref Entry;
		cached:	array of (array of byte, array of byte);	# private: by height, score and block

		new:	fn(s: ref Venti->Session, e: ref Entry): (ref Source, string);
		block:	fn(t: self ref Source, n: big): (array of byte, string);
		read:	fn(t: self ref Source, off: big, count: int): (array of byte, string);
		entry:	fn(t: self ref Source, n: int): (ref Entry, string);
	};

	Sink: adt
	{
		s:	ref Venti->Session;
		e:	ref Entry;
		buf:	array of byte;		# private from here on
		n:	int;
		levels:	array of array of byte;
		fill:	array of int;
		top:	int;

		new:	fn(s: ref Venti->Session, dir, blocksize: int): ref Sink;
		write:	fn(t: self ref Sink, a: array of byte): string;
		add:	fn(t: self ref Sink, e: ref Entry): string;
		finish:	fn(t: self ref Sink): (ref Entry, string);
	};

	# a directory that is read
	Vacdir: adt
	{
		source:	ref Source;
		files:	list of ref Direntry;

		open:	fn(d: self ref Vacdir, f: ref Direntry): (ref Source, string);
		opendir: fn(d: self ref Vacdir, f: ref Direntry): (ref Vacdir, string);
		find:	fn(d: self ref Vacdir, name: string): ref Direntry;
	};

	# a directory that is written
	Vacout: adt
	{
		s:	ref Venti->Session;
		source:	ref Sink;
		nentry:	int;
		files:	list of ref Direntry;

		new:	fn(s: ref Venti->Session): ref Vacout;
		addfile: fn(v: self ref Vacout, d: ref Direntry, e: ref Entry): string;
		adddir:	fn(v: self ref Vacout, d: ref Direntry, source, meta: ref Entry): string;
		finish:	fn(v: self ref Vacout): (ref Entry, ref Entry, string);
	};

	init:		fn(v: Venti);
	open:		fn(s: ref Venti->Session, score: array of byte): (ref Vacdir, ref Direntry, ref Root, string);
	close:		fn(v: ref Vacout, d: ref Direntry, blocksize: int, prev: array of byte): (array of byte, string);
	dirmode:	fn(mode: int): int;
	vacmode:	fn(mode: int): int;
	goodname:	fn(s: string): int;
};
