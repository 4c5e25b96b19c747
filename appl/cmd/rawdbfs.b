implement Rawdbfs;

#
# A file of records of any bytes, with a line that has the length before each, as a directory; see dbfs(4).
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

Rawdbfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "rawdbfs";

include "dbfs.inc";

decode(a: array of byte): (array of byte, int, string)
{
	size := 0;
	for(n := 0; n < len a && a[n] >= byte '0' && a[n] <= byte '9' && n < 9; n++)
		size = 10*size + int a[n] - '0';
	if(n == 0 || n == len a || a[n] != byte '\n')
		return (nil, 0, "no length of a record");
	n++;
	if(size > len a - n - 1)
		return (nil, 0, "record is cut short");
	if(a[n + size] != byte '\n')
		return (nil, 0, "length of the record is wrong");
	if(size == 0)
		return (nil, n + 1, nil);
	return (a[n:n+size], n + size + 1, nil);
}

encode(data: array of byte): array of byte
{
	head := array of byte (string len data + "\n");
	a := array[len head + len data + 1] of byte;
	a[0:] = head;
	a[len head:] = data;
	a[len a - 1] = byte '\n';
	return a;
}

fits(data: array of byte): string
{
	if(len data > 999999999)
		return "record is too long";
	return nil;
}

title(nil: array of byte): string
{
	return nil;
}
