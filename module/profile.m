# Profiles of modules. See profile(2).
Profile: module
{
	PATH:	con "/dis/lib/profile.dis";

	Range: adt
	{
		l, u, f:	int;
		n:		cyclic ref Range;
	};

	Funprof: adt
	{
		name:			string;
		line, count, counte:	int;
	};

	Modprof: adt
	{
		name, path, srcpath:	string;
		rawtab:			array of (int, int);
		linetab:		array of int;
		rngtab:			array of ref Range;
		funtab:			array of Funprof;
		total:			int;
		totals:			array of int;
		coverage:		int;
	};

	Prof: adt
	{
		mods:	list of Modprof;
		total:	int;
		totals:	array of int;
	};

	Coverage:	type list of (string, int, list of (list of (int, int, int), string));

	MODULE:		con 1;
	FUNCTION:	con 2;
	LINE:		con 4;
	VERBOSE:	con 8;
	FULLHDR:	con 16;
	FREQUENCY:	con 32;

	init:		fn(): int;
	lasterror:	fn(): string;
	profile:	fn(m: string): int;
	sample:		fn(i: int): int;
	start, stop:	fn(): int;
	stats:		fn(): Prof;
	show:		fn(p: Prof, v: int): int;
	end:		fn(): int;
	cpstart:	fn(pid: int): int;
	cpstats:	fn(rec: int, v: int): Prof;
	cpfstats:	fn(v: int): Prof;
	cpshow:		fn(p: Prof, v: int): int;
	coverage:	fn(p: Prof, v: int): Coverage;

	MAIN:	con 1;
	HEAP:	con 2;
	IMAGE:	con 4;

	memstart:	fn(mem: int): int;
	memstats:	fn(): Prof;
	memshow:	fn(p: Prof, v: int): int;
};
