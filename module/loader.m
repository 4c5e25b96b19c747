# Build and inspect modules in memory, built in. See loader(2).
Nilmod: module
{
};

Loader: module
{
	PATH:	con "$Loader";

	Inst: adt
	{
		op, addr:	byte;
		src, mid, dst:	int;
	};

	Typedesc: adt
	{
		size:	int;
		map:	array of byte;
	};

	Link: adt
	{
		name:		string;
		sig, pc, tdesc:	int;
	};

	Niladt: adt
	{
	};

	ifetch:		fn(mp: Nilmod): array of Inst;
	tdesc:		fn(mp: Nilmod): array of Typedesc;
	newmod:		fn(name: string, ss, nlink: int, inst: array of Inst, data: ref Niladt): Nilmod;
	tnew:		fn(mp: Nilmod, size: int, map: array of byte): int;
	link:		fn(mp: Nilmod): array of Link;
	ext:		fn(mp: Nilmod, idx, pc: int, tdesc: int): int;
	dnew:		fn(size: int, map: array of byte): ref Niladt;
	compile:	fn(mp: Nilmod, flag: int): int;
};
