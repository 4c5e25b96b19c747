# File name patterns. See filepat(2).
Filepat: module
{
	PATH:	con "/dis/lib/filepat.dis";

	expand:	fn(pat: string): list of string;
	match:	fn(pat, name: string): int;
};
