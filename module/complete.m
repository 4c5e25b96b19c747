# Completion of file names. See complete(2).
Complete: module
{
	PATH:	con "/dis/lib/complete.dis";

	Completion: adt
	{
		advance, complete:	int;
		str:			string;
		nmatch:			int;
		filename:		array of string;
	};

	init:		fn();
	complete:	fn(dir, s: string): (ref Completion, string);
};
