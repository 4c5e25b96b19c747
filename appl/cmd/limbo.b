implement Limbocmd;

#
# The Limbo compiler; see limbo(1). The work is done by $Limbo: here are options, names and files.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "names.m";
	names: Names;

include "workdir.m";
	workdir: Workdir;

include "limbo.m";
	limbo: Limbo;
	Options: import limbo;

Limbocmd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Moddir: con "/module";
Maxinc: con 32;		# include directories, with Moddir
Maxpath: con 511;	# bytes of the source path recorded in an object

stderr: ref Sys->FD;
outfile: string;
suffix: string;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	stderr = sys->fildes(2);
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	workdir = load Workdir Workdir->PATH;
	if(workdir == nil)
		nomod(Workdir->PATH);
	limbo = load Limbo Limbo->PATH;
	if(limbo == nil)
		nomod(Limbo->PATH);

	o := ref Options;
	o.what = 'o';
	o.maxerrors = 20;
	incdirs: list of string;
	arg->init(argv);
	arg->setusage("limbo [-GSacgwe] [-I incdir] [-o outfile] [-{T|t|d} module] [-D debug] file ...");
	annotate := 0;
	while((c := arg->opt()) != 0)
		case c {
		'I' =>
			if(len incdirs >= Maxinc - 1)
				fatal("out of include path space");
			incdirs = arg->earg() :: incdirs;
		'o' =>	outfile = arg->earg();
		'x' =>	suffix = arg->earg();
		's' =>	o.stackextent = int arg->earg();
		'D' =>	o.debug = arg->earg();
		't' or 'T' or 'd' or 'X' =>
			o.what = c;
			o.listed = arg->earg();
		'a' or 'A' =>
			o.what = c;
		'S' =>
			if(o.what == 'o')
				o.what = 'S';
		'G' =>	annotate = 1;
		'g' =>	o.flags |= Limbo->Symbols;
		'w' =>	o.warn++;
		'e' =>	o.maxerrors = 1000;
		'c' =>	o.flags |= Limbo->Mustcompile;
		'C' =>	o.flags |= Limbo->Dontcompile;
		'i' =>	o.flags |= Limbo->Noinline;
		'F' =>	o.flags |= Limbo->Selfrefs;
		'z' =>	o.flags |= Limbo->Newaz;
		'y' =>	o.flags |= Limbo->Oldcyclic;
		'f' or 'O' =>	;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || outfile != nil && tl argv != nil)
		arg->usage();
	o.incdirs = Moddir :: nil;
	for(; incdirs != nil; incdirs = tl incdirs)
		o.incdirs = hd incdirs :: o.incdirs;
	if(suffix == nil){
		suffix = ".dis";
		if(o.what == 'S')
			suffix = ".s";
	}
	if(annotate && o.what == 'S')
		o.what = 'G';

	several := tl argv != nil;
	failed := 0;
	for(; argv != nil; argv = tl argv){
		if(several)
			sys->print("%s:\n", hd argv);
		if(!compile(hd argv, o))
			failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

# Compiles one file; whether that went well.
compile(src: string, o: ref Options): int
{
	o.path = recorded(src);
	out := outname(src);
	sbl := sblname(out);
	(obj, syms, text, msgs) := limbo->compile(src, o);
	for(i := 0; i < len msgs; i++)
		sys->fprint(stderr, "%s\n", msgs[i]);
	if(o.what != 'o' && o.what != 'S' && o.what != 'G')
		return text != nil && put(sys->fildes(1), "standard output", text);
	ok := obj != nil && writefile(out, obj);
	if(ok && syms != nil)
		ok = writefile(sbl, syms);
	if(!ok){
		sys->remove(out);
		if(o.flags & Limbo->Symbols)
			sys->remove(sbl);
		return 0;
	}
	return text == nil || put(sys->fildes(1), "standard output", text);
}

# The source path as objects record it: absolute and clean.
recorded(src: string): string
{
	p := src;
	if(p != nil && p[0] != '/' && p[0] != '#')
		p = workdir->init() + "/" + p;
	p = names->cleanname(p);
	if(len array of byte p > Maxpath)
		p = names->basename(p, nil);
	while(len array of byte p > Maxpath)
		p = p[0:len p - 1];
	return p;
}

outname(src: string): string
{
	if(outfile != nil)
		return outfile;
	for(i := len src; i > 0 && src[i-1] != '/'; i--)
		;
	return trim(src[i:], ".b") + suffix;
}

sblname(out: string): string
{
	s := trim(out, suffix);
	if(s == out)
		s = trim(out, ".dis");
	return s + ".sbl";
}

# s without that ending, if there is something before it.
trim(s: string, end: string): string
{
	n := len s - len end;
	if(n > 0 && s[n:] == end)
		return s[0:n];
	return s;
}

writefile(name: string, data: array of byte): int
{
	fd := sys->create(name, Sys->OWRITE, 8r666);
	if(fd == nil){
		sys->fprint(stderr, "can't write %s: %r\n", name);
		return 0;
	}
	return put(fd, name, data);
}

put(fd: ref Sys->FD, name: string, data: array of byte): int
{
	for(n := 0; n < len data; n += Sys->ATOMICIO){
		e := n + Sys->ATOMICIO;
		if(e > len data)
			e = len data;
		if(sys->write(fd, data[n:e], e - n) != e - n){
			sys->fprint(stderr, "can't write %s: %r\n", name);
			return 0;
		}
	}
	return 1;
}

fatal(s: string)
{
	sys->fprint(stderr, "fatal limbo compiler error: %s\n", s);
	raise "fail:errors";
}

nomod(path: string)
{
	sys->fprint(stderr, "limbo: can't load %s: %r\n", path);
	raise "fail:load";
}
