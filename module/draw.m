# Images, drawing and text, built in; needs sys.m before it. See draw-intro(2).
Draw: module
{
	PATH:		con "$Draw";

	# colours, red green blue alpha from the top byte down
	Opaque:		con int 16rFFFFFFFF;
	Transparent:	con int 16r00000000;
	Black:		con int 16r000000FF;
	White:		con int 16rFFFFFFFF;
	Red:		con int 16rFF0000FF;
	Green:		con int 16r00FF00FF;
	Blue:		con int 16r0000FFFF;
	Cyan:		con int 16r00FFFFFF;
	Magenta:	con int 16rFF00FFFF;
	Yellow:		con int 16rFFFF00FF;
	Grey:		con int 16rEEEEEEFF;
	Paleyellow:	con int 16rFFFFAAFF;
	Darkyellow:	con int 16rEEEE9EFF;
	Darkgreen:	con int 16r448844FF;
	Palegreen:	con int 16rAAFFAAFF;
	Medgreen:	con int 16r88CC88FF;
	Darkblue:	con int 16r000055FF;
	Palebluegreen:	con int 16rAAFFFFFF;
	Paleblue:	con int 16r0000BBFF;
	Bluegreen:	con int 16r008888FF;
	Greygreen:	con int 16r55AAAAFF;
	Palegreygreen:	con int 16r9EEEEEFF;
	Yellowgreen:	con int 16r99994CFF;
	Medblue:	con int 16r000099FF;
	Greyblue:	con int 16r005DBBFF;
	Palegreyblue:	con int 16r4993DDFF;
	Purpleblue:	con int 16r8888CCFF;
	Notacolor:	con int 16rFFFFFF00;
	Nofill:		con Notacolor;

	# ends of lines
	Endsquare:	con 0;
	Enddisc:	con 1;
	Endarrow:	con 2;

	# Image.flush
	Flushoff:	con 0;
	Flushon:	con 1;
	Flushnow:	con 2;

	# what becomes of the covered parts of a window
	Refbackup:	con 0;
	Refnone:	con 1;

	# compositing: four bits and the operators made of them
	SinD:		con 8;
	DinS:		con 4;
	SoutD:		con 2;
	DoutS:		con 1;
	S:		con SinD | SoutD;
	SoverD:		con SinD | SoutD | DoutS;
	SatopD:		con SinD | DoutS;
	SxorD:		con SoutD | DoutS;
	D:		con DinS | DoutS;
	DoverS:		con DinS | DoutS | SoutD;
	DatopS:		con DinS | SoutD;
	DxorS:		con DoutS | SoutD;
	Clear:		con 0;

	# types of channel
	CRed:		con 0;
	CGreen:		con 1;
	CBlue:		con 2;
	CGrey:		con 3;
	CAlpha:		con 4;
	CMap:		con 5;
	CIgnore:	con 6;

	# how a pixel is put together: one byte of type and width for each channel, the last one lowest
	Chans: adt
	{
		desc:	int;

		mk:	fn(s: string): Chans;
		text:	fn(c: self Chans): string;
		eq:	fn(c: self Chans, d: Chans): int;
		depth:	fn(c: self Chans): int;
	};

	GREY1:	con Chans(16r31);
	GREY2:	con Chans(16r32);
	GREY4:	con Chans(16r34);
	GREY8:	con Chans(16r38);
	CMAP8:	con Chans(16r58);
	RGB15:	con Chans(16r61051525);
	RGB16:	con Chans(16r051625);
	RGB24:	con Chans(16r081828);
	RGBA32:	con Chans(16r08182848);
	ARGB32:	con Chans(16r48081828);
	XRGB32:	con Chans(16r68081828);

	Point: adt
	{
		x, y:	int;

		add, sub:	fn(p: self Point, q: Point): Point;
		mul, div:	fn(p: self Point, i: int): Point;
		eq:		fn(p: self Point, q: Point): int;
		in:		fn(p: self Point, r: Rect): int;
	};

	Rect: adt
	{
		min:	Point;
		max:	Point;

		canon:			fn(r: self Rect): Rect;
		dx, dy:			fn(r: self Rect): int;
		size:			fn(r: self Rect): Point;
		eq, Xrect, inrect:	fn(r: self Rect, s: Rect): int;
		clip:			fn(r: self Rect, s: Rect): (Rect, int);
		contains:		fn(r: self Rect, p: Point): int;
		combine:		fn(r: self Rect, s: Rect): Rect;
		addpt, subpt:		fn(r: self Rect, p: Point): Rect;
		inset:			fn(r: self Rect, n: int): Rect;
	};

	# a picture on or off the screen; iname is set for public images
	Image: adt
	{
		r:		Rect;
		clipr:		Rect;
		depth:		int;
		chans:		Chans;
		repl:		int;
		display:	ref Display;
		screen:		ref Screen;
		iname:		string;

		drawop:			fn(dst: self ref Image, r: Rect, src: ref Image, matte: ref Image,
				p: Point, op: int);
		draw:			fn(dst: self ref Image, r: Rect, src: ref Image, matte: ref Image, p: Point);
		gendrawop:		fn(dst: self ref Image, r: Rect, src: ref Image, p0: Point,
				matte: ref Image, p1: Point, op: int);
		gendraw:		fn(dst: self ref Image, r: Rect, src: ref Image, p0: Point,
				matte: ref Image, p1: Point);
		lineop:			fn(dst: self ref Image, p0, p1: Point, end0, end1, radius: int,
				src: ref Image, sp: Point, op: int);
		line:			fn(dst: self ref Image, p0, p1: Point, end0, end1, radius: int,
				src: ref Image, sp: Point);
		polyop:			fn(dst: self ref Image, p: array of Point, end0, end1, radius: int,
				src: ref Image, sp: Point, op: int);
		poly:			fn(dst: self ref Image, p: array of Point, end0, end1, radius: int,
				src: ref Image, sp: Point);
		bezsplineop:		fn(dst: self ref Image, p: array of Point, end0, end1, radius: int,
				src: ref Image, sp: Point, op: int);
		bezspline:		fn(dst: self ref Image, p: array of Point, end0, end1, radius: int,
				src: ref Image, sp: Point);
		fillpolyop:		fn(dst: self ref Image, p: array of Point, wind: int, src: ref Image,
				sp: Point, op: int);
		fillpoly:		fn(dst: self ref Image, p: array of Point, wind: int, src: ref Image,
				sp: Point);
		fillbezsplineop:	fn(dst: self ref Image, p: array of Point, wind: int, src: ref Image,
				sp: Point, op: int);
		fillbezspline:		fn(dst: self ref Image, p: array of Point, wind: int, src: ref Image,
				sp: Point);
		ellipseop:		fn(dst: self ref Image, c: Point, a, b, thick: int, src: ref Image,
				sp: Point, op: int);
		ellipse:		fn(dst: self ref Image, c: Point, a, b, thick: int, src: ref Image, sp: Point);
		fillellipseop:		fn(dst: self ref Image, c: Point, a, b: int, src: ref Image, sp: Point,
				op: int);
		fillellipse:		fn(dst: self ref Image, c: Point, a, b: int, src: ref Image, sp: Point);
		arcop:			fn(dst: self ref Image, c: Point, a, b, thick: int, src: ref Image,
				sp: Point, alpha, phi: int, op: int);
		arc:			fn(dst: self ref Image, c: Point, a, b, thick: int, src: ref Image,
				sp: Point, alpha, phi: int);
		fillarcop:		fn(dst: self ref Image, c: Point, a, b: int, src: ref Image, sp: Point,
				alpha, phi: int, op: int);
		fillarc:		fn(dst: self ref Image, c: Point, a, b: int, src: ref Image, sp: Point,
				alpha, phi: int);
		bezierop:		fn(dst: self ref Image, a, b, c, d: Point, end0, end1, radius: int,
				src: ref Image, sp: Point, op: int);
		bezier:			fn(dst: self ref Image, a, b, c, d: Point, end0, end1, radius: int,
				src: ref Image, sp: Point);
		fillbezierop:		fn(dst: self ref Image, a, b, c, d: Point, wind: int, src: ref Image,
				sp: Point, op: int);
		fillbezier:		fn(dst: self ref Image, a, b, c, d: Point, wind: int, src: ref Image,
				sp: Point);
		textop:			fn(dst: self ref Image, p: Point, src: ref Image, sp: Point,
				font: ref Font, str: string, op: int): Point;
		text:			fn(dst: self ref Image, p: Point, src: ref Image, sp: Point,
				font: ref Font, str: string): Point;
		textbgop:		fn(dst: self ref Image, p: Point, src: ref Image, sp: Point,
				font: ref Font, str: string, bg: ref Image, bgp: Point, op: int): Point;
		textbg:			fn(dst: self ref Image, p: Point, src: ref Image, sp: Point,
				font: ref Font, str: string, bg: ref Image, bgp: Point): Point;
		border:			fn(dst: self ref Image, r: Rect, i: int, src: ref Image, sp: Point);
		arrow:			fn(a, b, c: int): int;
		readpixels:		fn(src: self ref Image, r: Rect, data: array of byte): int;
		writepixels:		fn(dst: self ref Image, r: Rect, data: array of byte): int;
		name:			fn(src: self ref Image, name: string, in: int): int;
		top:			fn(win: self ref Image);
		bottom:			fn(win: self ref Image);
		flush:			fn(win: self ref Image, func: int);
		origin:			fn(win: self ref Image, log, scr: Point): int;
	};

	Display: adt
	{
		image, white, black, opaque, transparent: ref Image;

		allocate:	fn(dev: string): ref Display;
		startrefresh:	fn(d: self ref Display);
		publicscreen:	fn(d: self ref Display, id: int): ref Screen;
		getwindow:	fn(d: self ref Display, winname: string, screen: ref Screen, image: ref Image,
				backup: int): (ref Screen, ref Image);
		newimage:	fn(d: self ref Display, r: Rect, chans: Chans, repl, color: int): ref Image;
		color:		fn(d: self ref Display, color: int): ref Image;
		colormix:	fn(d: self ref Display, c1: int, c2: int): ref Image;
		rgb:		fn(d: self ref Display, r, g, b: int): ref Image;
		namedimage:	fn(d: self ref Display, name: string): ref Image;
		open:		fn(d: self ref Display, name: string): ref Image;
		readimage:	fn(d: self ref Display, fd: ref Sys->FD): ref Image;
		writeimage:	fn(d: self ref Display, fd: ref Sys->FD, i: ref Image): int;
		rgb2cmap:	fn(d: self ref Display, r, g, b: int): int;
		cmap2rgb:	fn(d: self ref Display, c: int): (int, int, int);
		cmap2rgba:	fn(d: self ref Display, c: int): int;
	};

	Font: adt
	{
		name:		string;
		height:		int;
		ascent:		int;
		display:	ref Display;

		open:	fn(d: ref Display, name: string): ref Font;
		build:	fn(d: ref Display, name, desc: string): ref Font;
		width:	fn(f: self ref Font, str: string): int;
		bbox:	fn(f: self ref Font, str: string): Rect;
	};

	Screen: adt
	{
		id:		int;
		image:		ref Image;
		fill:		ref Image;
		display:	ref Display;

		allocate:	fn(image, fill: ref Image, public: int): ref Screen;
		newwindow:	fn(screen: self ref Screen, r: Rect, backing: int, color: int): ref Image;
		top:		fn(screen: self ref Screen, wins: array of ref Image);
		bottom:		fn(screen: self ref Screen, wins: array of ref Image);
	};

	Pointer: adt
	{
		buttons:	int;
		xy:		Point;
		msec:		int;
	};

	# what a program with a window is given
	Context: adt
	{
		display:	ref Display;
		screen:		ref Screen;
		wm:		chan of (string, chan of (string, ref Wmcontext));
	};

	# the connection of a window to the window manager
	Wmcontext: adt
	{
		kbd:	chan of int;
		ptr:	chan of ref Pointer;
		ctl:	chan of string;
		wctl:	chan of string;
		images:	chan of ref Image;
		connfd:	ref Sys->FD;
		ctxt:	ref Context;
	};

	setalpha:	fn(c: int, a: int): int;
	bytesperline:	fn(r: Rect, d: int): int;
	icossin:	fn(deg: int): (int, int);
	icossin2:	fn(p: Point): (int, int);
};
