# Menus that pop up; needs draw.m and tk.m before it. See popup(2).
Popup: module
{
	PATH:	con "/dis/lib/popup.dis";

	init:	fn();
	post:	fn(win: ref Tk->Toplevel, p: Draw->Point, a: array of string, n: int): chan of int;
};
