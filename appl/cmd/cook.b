implement Cook;

#
# Formats documents marked up in SGML as HTML, LaTeX, plain text and manual pages; see cook(1) and sgml(6).
#
# A document becomes a tree (cook/sgml.inc), whose elements are numbered and find what they refer to; contents, notes and index are
# trees too, made of what is in the document (cook/refs.inc). One walk (cook/walk.inc) prints a tree in any format. A format is a table
# of what comes before and after the elements, and functions for what a table cannot say (cook/html.inc and so on).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "names.m";
	names: Names;

include "string.m";
	str: String;

include "tables.m";
	tables: Tables;
	Strhash: import tables;

Cook: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# An element, or a piece of text.
Elem: adt
{
	decl:		ref Decl;		# nil: text
	text:		string;			# of text, as it is to be read
	kind:		string;			# what rules of formats are for: the name, then what tells its like apart
	attrs:		list of (string, string);
	up:		cyclic ref Elem;
	kids:		cyclic list of ref Elem;	# the last first, until the element has ended
	file:		string;			# where it begins
	line:		int;
	implied:	int;			# its start tag was left out
	number:		string;
	id:		string;
	page:		int;			# that has it, see pages
	target:		cyclic ref Elem;	# of a REF

	attr:	fn(e: self ref Elem, name: string): string;	# its value; nil: it is not given
	is:	fn(e: self ref Elem, name: string): int;	# has this name
	child:	fn(e: self ref Elem, name: string): ref Elem;	# the first that has this name
	plain:	fn(e: self ref Elem): string;			# its text without markup
};

# What may be said of documents of any format.
contents := 1;
width := 72;
split := 0;
outfile: string;

errors := 0;
MaxErrors: con 100;
Stop: con "cook: stop";		# raised when there is no going on

include "cook/sgml.inc";
include "cook/declare.inc";
include "cook/refs.inc";
include "cook/walk.inc";
include "cook/table.inc";
include "cook/html.inc";
include "cook/latex.inc";
include "cook/text.inc";
include "cook/man.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	tables = load Tables Tables->PATH;
	if(tables == nil)
		nomod(Tables->PATH);
	arg->init(argv);
	arg->setusage("cook [-c|-h|-l|-m|-t] [-pT] [-w width] [-o outfile] [file]");
	format := 'h';
	formats := 0;
	while((o := arg->opt()) != 0)
		case o {
		'c' or 'h' or 'l' or 'm' or 't' =>
			format = o;
			formats++;
		'o' =>	outfile = arg->earg();
		'p' =>	split = 1;
		'T' =>	contents = 0;
		'w' =>
			rest: string;
			(width, rest) = str->toint(arg->earg(), 10);
			if(rest != nil || width < 20 || width > 10000)
				arg->usage();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(formats > 1 || split && (format != 'h' || outfile == nil) || argv != nil && tl argv != nil)
		arg->usage();
	file := "";
	if(argv != nil)
		file = hd argv;
	doc: ref Elem;
	{
		doc = parse(file);
		if(doc != nil)
			resolve(doc);
	} exception {
	Stop =>
		errors++;
	}
	if(errors)
		raise "fail:errors";
	case format {
	'h' =>	fmt = htmlformat();
	'l' =>	fmt = latexformat();
	'm' =>	fmt = manformat();
	't' =>	fmt = textformat();
	* =>	return;
	}
	generate(doc);
	output(pages(doc));
}

error(file: string, line: int, what: string)
{
	if(errors++ == MaxErrors){
		sys->fprint(sys->fildes(2), "cook: too many errors\n");
		raise Stop;
	}
	sys->fprint(sys->fildes(2), "cook: %s:%d: %s\n", file, line, what);
}

errorat(e: ref Elem, what: string)
{
	error(e.file, e.line, what);
}

Elem.attr(e: self ref Elem, name: string): string
{
	for(l := e.attrs; l != nil; l = tl l)
		if((hd l).t0 == name)
			return (hd l).t1;
	return nil;
}

Elem.is(e: self ref Elem, name: string): int
{
	return e.decl != nil && e.decl.name == name;
}

Elem.child(e: self ref Elem, name: string): ref Elem
{
	for(l := e.kids; l != nil; l = tl l)
		if((hd l).is(name))
			return hd l;
	return nil;
}

Elem.plain(e: self ref Elem): string
{
	if(e.decl == nil)
		return e.text;
	s := "";
	for(l := e.kids; l != nil; l = tl l)
		s += (hd l).plain();
	return s;
}

# A file's name and what is to be in it.
Page: adt
{
	name:	string;
	lines:	list of array of string;
};

# Files come to be when all is written: first under names of their own, which are changed at the end.
output(pages: list of ref Page)
{
	if(outfile == nil){
		write(sys->fildes(1), "standard output", (hd pages).lines, nil);
		return;
	}
	made: list of string;
	for(l := pages; l != nil; l = tl l){
		(name, tmp) := ((hd l).name, temporary((hd l).name));
		mode := 8r666;
		(ok, d) := sys->stat(name);
		if(ok >= 0){
			if(d.mode & Sys->DMDIR)
				fatal(name + " is a directory", made);
			mode = d.mode & 8r777;
		}
		fd := sys->create(tmp, Sys->OWRITE | Sys->OEXCL, mode);
		if(fd == nil)
			fatal(sys->sprint("can't create %s: %r", name), made);
		made = tmp :: made;
		write(fd, name, (hd l).lines, made);
	}
	for(l = pages; l != nil; l = tl l){
		(name, tmp) := ((hd l).name, temporary((hd l).name));
		if(sys->stat(name).t0 >= 0 && sys->remove(name) < 0)
			fatal(sys->sprint("can't replace %s: %r", name), made);
		d := sys->nulldir;
		d.name = names->basename(name, nil);
		if(sys->wstat(tmp, d) < 0)
			fatal(sys->sprint("can't rename %s: %r", tmp), made);
		made = without(tmp, made);
	}
}

temporary(name: string): string
{
	return sys->sprint("%s.%d", name, sys->pctl(0, nil));
}

without(s: string, l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		if(hd l != s)
			r = hd l :: r;
	return r;
}

write(fd: ref Sys->FD, name: string, lines: list of array of string, made: list of string)
{
	out := bufio->fopen(fd, Bufio->OWRITE);
	for(; lines != nil; lines = tl lines)
		for(i := 0; i < len hd lines; i++)
			out.puts((hd lines)[i] + "\n");
	if(out.flush() == Bufio->ERROR)
		fatal(sys->sprint("write error on %s: %r", name), made);
}

# ends, without the files that have been made
fatal(what: string, made: list of string)
{
	sys->fprint(sys->fildes(2), "cook: %s\n", what);
	for(; made != nil; made = tl made)
		sys->remove(hd made);
	raise "fail:errors";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cook: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
