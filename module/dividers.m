# Widgets with bars between them; needs draw.m and tk.m before it. See dividers(2).
Dividers: module
{
	init:	fn();

	Divider: adt
	{
		new:	fn(win: ref Tk->Toplevel, w: string, wl: list of string, dir: int): (ref Divider,
				chan of string);
		event:	fn(d: self ref Divider, e: string);

		win:		ref Tk->Toplevel;
		w:		string;
		state:		ref DState;
		dir:		int;
		widgets:	array of ref DWidget;
		canvsize:	Draw->Point;
	};

	EW, NS:	con iota;
	PATH:	con "/dis/lib/dividers.dis";

	DWidget: adt
	{
		w:	string;
		r:	Draw->Rect;
		size:	Draw->Point;
	};

	DState: adt
	{
		dragdiv:	int;
		dy:		int;
		maxy, miny:	int;
	};
};
