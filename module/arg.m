# Command options. See arg(2).
Arg: module
{
	PATH:	con "/dis/lib/arg.dis";

	init:			fn(argv: list of string);
	setusage:		fn(usage: string);
	usage:			fn();
	opt:			fn(): int;
	arg, earg, progname:	fn(): string;
	argv:			fn(): list of string;
};
