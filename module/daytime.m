# Dates and times. See daytime(2).
Daytime: module
{
	PATH:	con "/dis/lib/daytime.dis";

	Tm: adt
	{
		sec, min, hour, mday, mon, year, wday, yday: int;
		zone:	string;
		tzoff:	int;
	};

	now:		fn(): int;
	time:		fn(): string;
	text:		fn(tm: ref Tm): string;
	filet:		fn(now, file: int): string;
	local, gmt:	fn(tim: int): ref Tm;
	tm2epoch:	fn(tm: ref Tm): int;
	string2tm:	fn(date: string): ref Tm;
};
