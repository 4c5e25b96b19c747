# Picture files; needs bufio.m and draw.m before it. See imagefile(2).
RImagefile: module
{
	READGIFPATH:	con "/dis/lib/readgif.dis";
	READJPGPATH:	con "/dis/lib/readjpg.dis";
	READXBMPATH:	con "/dis/lib/readxbitmap.dis";
	READPICPATH:	con "/dis/lib/readpicfile.dis";
	READPNGPATH:	con "/dis/lib/readpng.dis";

	Rawimage: adt
	{
		r:			Draw->Rect;
		cmap:			array of byte;
		transp:			int;
		trindex:		byte;
		nchans:			int;
		chans:			array of array of byte;
		chandesc, fields:	int;
	};

	# chandesc
	CRGB:	con 0;
	CY:	con 1;
	CRGB1:	con 2;

	init:		fn(bufio: Bufio);
	read:		fn(fd: ref Bufio->Iobuf): (ref Rawimage, string);
	readmulti:	fn(fd: ref Bufio->Iobuf): (array of ref Rawimage, string);
};

WImagefile: module
{
	WRITEGIFPATH:	con "/dis/lib/writegif.dis";

	init:		fn(bufio: Bufio);
	writeimage:	fn(fd: ref Bufio->Iobuf, image: ref Draw->Image): string;
};

Imageremap: module
{
	PATH:	con "/dis/lib/imageremap.dis";

	init:	fn(d: ref Draw->Display);
	remap:	fn(i: ref RImagefile->Rawimage, d: ref Draw->Display, errdiff: int): (ref Draw->Image, string);
};
