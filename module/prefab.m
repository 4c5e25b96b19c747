# Boxes of text and pictures for a remote control, built in; needs draw.m before it. See prefab-intro(2).
Prefab: module
{
	PATH:		con "$Prefab";

	# Element.kind
	EIcon:		con 0;
	EText:		con 1;
	ETitle:		con 2;
	EHorizontal:	con 3;
	EVertical:	con 4;
	ESeparator:	con 5;

	# Element.adjust: size
	Adjpack:	con 10;
	Adjequal:	con 11;
	Adjfill:	con 12;

	# Element.adjust: place
	Adjleft:	con 20;
	Adjup:		con 20;
	Adjcenter:	con 21;
	Adjright:	con 22;
	Adjdown:	con 22;

	Style: adt
	{
		titlefont:	ref Draw->Font;
		textfont:	ref Draw->Font;
		elemcolor:	ref Draw->Image;
		edgecolor:	ref Draw->Image;
		titlecolor:	ref Draw->Image;
		textcolor:	ref Draw->Image;
		highlightcolor:	ref Draw->Image;
	};

	Environ: adt
	{
		screen:	ref Draw->Screen;
		style:	ref Style;
	};

	Layout: adt
	{
		font:	ref Draw->Font;
		color:	ref Draw->Image;
		text:	string;
		icon:	ref Draw->Image;
		mask:	ref Draw->Image;
		tag:	string;
	};

	Element: adt
	{
		kind:		int;
		r:		Draw->Rect;
		environ:	ref Environ;
		tag:		string;
		kids:		list of ref Element;
		str:		string;
		mask:		ref Draw->Image;
		image:		ref Draw->Image;
		font:		ref Draw->Font;

		icon:		fn(env: ref Environ, r: Draw->Rect, icon, mask: ref Draw->Image): ref Element;
		text:		fn(env: ref Environ, text: string, r: Draw->Rect, kind: int): ref Element;
		layout:		fn(env: ref Environ, lay: list of Layout, r: Draw->Rect, kind: int): ref Element;
		elist:		fn(env: ref Environ, elem: ref Element, kind: int): ref Element;
		separator:	fn(env: ref Environ, r: Draw->Rect, icon, mask: ref Draw->Image): ref Element;
		append:		fn(elist: self ref Element, elem: ref Element): int;
		adjust:		fn(elem: self ref Element, equal: int, dir: int);
		clip:		fn(elem: self ref Element, r: Draw->Rect);
		scroll:		fn(elem: self ref Element, d: Draw->Point);
		translate:	fn(elem: self ref Element, d: Draw->Point);
		show:		fn(elist: self ref Element, elem: ref Element): int;
	};

	Compound: adt
	{
		image:		ref Draw->Image;
		environ:	ref Environ;
		r:		Draw->Rect;
		title:		ref Element;
		contents:	ref Element;

		iconbox:	fn(env: ref Environ, p: Draw->Point, title: string, icon,
				mask: ref Draw->Image): ref Compound;
		textbox:	fn(env: ref Environ, r: Draw->Rect, title, text: string): ref Compound;
		layoutbox:	fn(env: ref Environ, r: Draw->Rect, title: string, lay: list of Layout): ref Compound;
		box:		fn(env: ref Environ, p: Draw->Point, title, elist: ref Element): ref Compound;
		draw:		fn(comp: self ref Compound);
		redraw:		fn(comp: self ref Compound, r: Draw->Rect);
		scroll:		fn(comp: self ref Compound, elem: ref Element, d: Draw->Point);
		show:		fn(comp: self ref Compound, elem: ref Element): int;
		select:		fn(comp: self ref Compound, elem: ref Element, i: int, c: chan of int): (int,
				int, ref Element);
		tagselect:	fn(comp: self ref Compound, elem: ref Element, i: int, c: chan of int): (int,
				int, ref Element);
		highlight:	fn(comp: self ref Compound, elem: ref Element, on: int);
	};
};
