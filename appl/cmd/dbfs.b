implement Dbfs;

#
# A file of records of text, with an empty line after each, as a directory; see dbfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Dbfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "dbfs";

include "dbfs.inc";

decode(a: array of byte): (array of byte, int, string)
{
	for(n := 0; n < len a && a[n] == byte '\n'; n++)
		;
	if(n > 0)
		return (nil, n, nil);
	for(; n < len a; n++)
		if(a[n] == byte '\n' && (n + 1 == len a || a[n+1] == byte '\n'))
			return (a[0:n+1], min(n + 2, len a), nil);
	return (a, n, nil);
}

min(a, b: int): int
{
	if(a < b)
		return a;
	return b;
}

encode(data: array of byte): array of byte
{
	a := array[len data + 2] of {* => byte '\n'};
	a[0:] = data;
	if(data[len data - 1] == byte '\n')
		a = a[0:len data + 1];
	return a;
}

fits(data: array of byte): string
{
	for(i := 0; i < len data; i++)
		if(data[i] == byte '\n' && (i == 0 || data[i-1] == byte '\n'))
			return "empty line in a record";
	return nil;
}

# the first line
title(data: array of byte): string
{
	for(n := 0; n < len data && data[n] != byte '\n'; n++)
		;
	return " " + string data[0:n];
}
