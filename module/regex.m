# Regular expressions. See regex(2).
Regex: module
{
	PATH:	con "/dis/lib/regex.dis";

	# a compiled expression; its contents are private
	Re:	type ref Arena;

	compile:	fn(nil: string, nil: int): (Re, string);
	execute:	fn(nil: Re, nil: string): array of (int, int);
	executese:	fn(nil: Re, nil: string, se: (int, int), bol: int, eol: int): array of (int, int);

	ALT, CAT, DOT, SET, HAT, DOL, NUL, PCLO, CLO, OPT, LPN, RPN: con (1 << 16) + iota;

	refRex:	type int;

	Set: adt
	{
		neg:		int;
		ascii:		array of int;
		unicode:	list of (int, int);
	};

	Rex: adt
	{
		kind:		int;
		left, right:	refRex;
		set:		ref Set;
		pno:		int;
	};

	Arena: adt
	{
		rex:		array of Rex;
		ptr, start:	refRex;
		pno:		int;
	};
};
