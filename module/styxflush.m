# Flushing in concurrent file servers; needs sys.m and styx.m before it. See styxflush(2).
Styxflush: module
{
	PATH:		con "/dis/lib/styxflush.dis";
	Einterrupted:	con "interrupted";

	init:	fn();
	tmsg:	fn(m: ref Styx->Tmsg, flushc: chan of (int, chan of int), reply: chan of ref Styx->Rmsg): (int,
			ref Styx->Rmsg);
	rmsg:	fn(m: ref Styx->Rmsg): int;
};
