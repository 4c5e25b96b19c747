# The server side of window managers; needs sys.m and draw.m before it. See wmsrv(2).
Wmsrv: module
{
	PATH:	con "/dis/lib/wmsrv.dis";

	init:	fn(): (chan of (string, chan of (string, ref Draw->Wmcontext)), chan of (ref Client,
			chan of string), chan of (ref Client, array of byte, Sys->Rwrite));
	find:	fn(p: Draw->Point): ref Client;
	top:	fn(): ref Client;

	Window: adt
	{
		tag:	string;
		r:	Draw->Rect;
		img:	ref Draw->Image;
	};

	Client: adt
	{
		kbd:	chan of int;
		ptr:	chan of ref Draw->Pointer;
		ctl:	chan of string;
		stop:	chan of int;
		flags:	int;
		cursor:	string;
		wins:	list of ref Window;
		znext:	cyclic ref Client;
		images:	chan of (ref Draw->Point, ref Draw->Image, chan of int);
		id:	int;
		fid:	int;
		token:	int;
		wmctxt:	ref Draw->Wmcontext;

		window:		fn(c: self ref Client, tag: string): ref Window;
		contains:	fn(c: self ref Client, p: Draw->Point): int;
		image:		fn(c: self ref Client, tag: string): ref Draw->Image;
		setimage:	fn(c: self ref Client, tag: string, i: ref Draw->Image): int;
		setorigin:	fn(c: self ref Client, tag: string, o: Draw->Point): int;
		top, bottom, hide, unhide, remove: fn(c: self ref Client);
	};
};
