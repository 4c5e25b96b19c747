# Strings and character classes. See string(2).
String: module
{
	PATH:	con "/dis/lib/string.dis";

	splitl, splitr:		fn(s, cl: string): (string, string);
	drop, take:		fn(s, cl: string): string;
	in:			fn(c: int, cl: string): int;
	splitstrl, splitstrr:	fn(s, t: string): (string, string);
	prefix:			fn(pre, s: string): int;
	tolower, toupper:	fn(s: string): string;
	toint:			fn(s: string, base: int): (int, string);
	tobig:			fn(s: string, base: int): (big, string);
	toreal:			fn(s: string, base: int): (real, string);
	append:			fn(s: string, l: list of string): list of string;
	quoted:			fn(argv: list of string): string;
	quotedc:		fn(argv: list of string, cl: string): string;
	unquoted:		fn(args: string): list of string;
};
