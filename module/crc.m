# Cyclic redundancy checks. See crc(2).
Crc: module
{
	PATH:	con "/dis/lib/crc.dis";

	CRCstate: adt
	{
		crc:	int;
		crctab:	array of int;
		reg:	int;
	};

	init:	fn(poly: int, reg: int): ref CRCstate;
	crc:	fn(state: ref CRCstate, buf: array of byte, nb: int): int;
	reset:	fn(state: ref CRCstate);
};
