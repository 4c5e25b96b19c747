# The Limbo compiler, built in. See limbo(2).
Limbo: module
{
	PATH:	con "$Limbo";

	# Options.flags
	Mustcompile, Dontcompile, Noinline, Selfrefs, Newaz, Oldcyclic, Symbols: con 1 << iota;

	Options: adt
	{
		incdirs:	list of string;	# where included files are looked for
		path:		string;		# source path to record; nil: the file's name
		debug:		string;		# letters of limbo's -D
		listed:		string;		# module or name for what = 't', 'T', 'd', 'X'
		what:		int;		# 'o': object, 'S': assembly, 'G': annotated; 't', 'T', 'd', 'a', 'A', 'X': listing
		flags:		int;
		warn:		int;		# 0, 1, 2
		maxerrors:	int;		# 0: 20
		stackextent:	int;		# 0: ten times the largest frame
	};

	# (object or assembly, symbols, listing and debugging text, messages); object and listing are nil after an error.
	compile:	fn(file: string, o: ref Options): (array of byte, array of byte, array of byte, array of string);

	# The object that assembly text is; or nil, the line and what is wrong with it.
	assemble:	fn(text: array of byte): (array of byte, int, string);
};
