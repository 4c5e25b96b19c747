# Ask for a file; needs draw.m before it. See selectfile(2).
Selectfile: module
{
	PATH:	con "/dis/lib/selectfile.dis";

	init:		fn(): string;
	filename:	fn(ctxt: ref Draw->Context, parent: ref Draw->Image, title: string,
			pat: list of string, dir: string): string;
};
