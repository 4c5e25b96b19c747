# Connections to Venti servers of blocks; needs sys.m before it. See venti(2).
Venti: module
{
	PATH:	con "/dis/lib/venti.dis";

	Scoresize:	con 20;
	Maxblock:	con 56*1024;

	# what is in a block: the root of an archive, entries, scores of blocks (+1: scores of those, and so on), bytes
	Root:		con 1;
	Dir:		con 2;
	Pointer:	con 3;
	Data:		con 13;

	Session: adt
	{
		version:	string;		# that both sides speak
		sid:		string;		# what the server calls itself
		reqs:		chan of ref Request;	# these are private
		puts:		chan of int;
		errors:		chan of string;
		syncing:	chan of int;
		end:		chan of int;

		new:	fn(fd: ref Sys->FD): (ref Session, string);
		read:	fn(s: self ref Session, score: array of byte, kind, max: int): (array of byte, string);
		write:	fn(s: self ref Session, kind: int, block: array of byte): (array of byte, string);
		put:	fn(s: self ref Session, kind: int, block: array of byte): array of byte;
		sync:	fn(s: self ref Session): string;
		ping:	fn(s: self ref Session): string;
		close:	fn(s: self ref Session);
	};

	Request: adt
	{
		msg:	array of byte;
		answer:	chan of (array of byte, string);
	};

	init:		fn();
	dial:		fn(addr: string): (ref Session, string);
	score:		fn(block: array of byte): array of byte;
	zeroscore:	fn(): array of byte;
	truncated:	fn(kind: int, block: array of byte): array of byte;
	text:		fn(score: array of byte): string;
	parse:		fn(s: string): array of byte;
	eq:		fn(a, b: array of byte): int;
};
