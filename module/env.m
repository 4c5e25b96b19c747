# Environment variables. See env(2).
Env: module
{
	getenv:		fn(var: string): string;
	setenv:		fn(var: string, val: string): int;
	getall:		fn(): list of (string, string);
	clone, new:	fn(): int;

	PATH:	con "/dis/lib/env.dis";
};
