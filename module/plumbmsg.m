# Messages of the plumber. See plumbmsg(2).
Plumbmsg: module
{
	PATH:	con "/dis/lib/plumbmsg.dis";

	Msg: adt
	{
		src, dst, dir, kind, attr: string;
		data:	array of byte;

		send:	fn(msg: self ref Msg): int;
		recv:	fn(): ref Msg;
		pack:	fn(msg: self ref Msg): array of byte;
		unpack:	fn(b: array of byte): ref Msg;
	};

	Attr: adt
	{
		name, val:	string;
	};

	init:		fn(doinput: int, rcvport: string, maxdata: int): int;
	shutdown:	fn();
	string2attrs:	fn(s: string): list of ref Attr;
	attrs2string:	fn(l: list of ref Attr): string;
	lookup:		fn(attrs: list of ref Attr, name: string): (int, string);
};
