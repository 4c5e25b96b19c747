# Scalable fonts, built in; needs draw.m before it. See freetype(2).
Freetype: module
{
	PATH:	con "$Freetype";

	Matrix: adt
	{
		a, b, c, d:	int;
	};

	Vector: adt
	{
		dx, dy:	int;
	};

	STYLE_ITALIC, STYLE_BOLD: con 1 << iota;

	Face: adt
	{
		nfaces, index, style, height, ascent: int;
		familyname, stylename:	string;

		setcharsize:	fn(face: self ref Face, pts, hdpi, vdpi: int): string;
		settransform:	fn(face: self ref Face, m: ref Matrix, v: ref Vector): string;
		haschar:	fn(face: self ref Face, c: int): int;
		loadglyph:	fn(face: self ref Face, c: int): ref Glyph;
	};

	Glyph: adt
	{
		top, left, height, width: int;
		advance:	Draw->Point;
		bitmap:		array of byte;
	};

	newface:	fn(path: string, index: int): ref Face;
	newmemface:	fn(data: array of byte, index: int): ref Face;
};
