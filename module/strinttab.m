# Look up strings in a sorted table. See strinttab(2).
StringIntTab: module
{
	PATH:	con "/dis/lib/strinttab.dis";

	StringInt: adt
	{
		key:	string;
		val:	int;
	};

	lookup:		fn(t: array of StringInt, key: string): (int, int);
	revlookup:	fn(t: array of StringInt, val: int): string;
};
