implement Archflat;

#
# Lists the files of an archive, or takes them out into one directory; see install(8).
#

progname: con "archflat";

include "files.inc";
include "../disk/archive.inc";

Archflat: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# in the archive
Member: adt
{
	e:	ref Entry;
	offset:	big;		# of its contents
};

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/archflat [-d dir] archive [name ...]");
	dir := "";
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dir = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	b := bufio->open(hd argv, Sys->OREAD);
	if(b == nil)
		fatal(sys->sprint("can't open %s: %r", hd argv));
	(a, err) := members(b, tl argv);
	if(err != nil)
		fatal(hd argv + ": " + err);
	if(dir != nil)
		extract(b, a, dir);
	else
		for(i := 0; i < len a; i++)
			sys->print("%bd\t%d\t%q\n", a[i].e.d.length, a[i].e.d.mtime, a[i].e.name);
	if(failed)
		raise "fail:errors";
}

# The files, but directories, with these names, or below; or all.
members(b: ref Iobuf, wanted: list of string): (array of ref Member, string)
{
	(nil, d) := sys->fstat(b.fd);
	l: list of ref Member;
	found: list of string;
	while((s := archiveline(b)) != Endmark){
		if(s == nil)
			return (nil, "it is truncated");
		(name, md) := archivemember(s);
		if(md == nil || hascontrols(name))
			return (nil, "bad header: " + s[0:len s - 1]);
		offset := b.offset();
		if(md.length > d.length - offset)
			return (nil, name + ": it is truncated");
		b.seek(offset + md.length, Bufio->SEEKSTART);
		isin := wanted == nil;
		for(w := wanted; w != nil; w = tl w)
			if(name == hd w || str->prefix(hd w + "/", name)){
				isin = 1;
				found = hd w :: found;
			}
		if(isin && !(md.mode & Sys->DMDIR))
			l = ref Member(ref Entry(name, md, 0, nil, nil), offset) :: l;
	}
	for(; wanted != nil; wanted = tl wanted){
		for(w := found; w != nil && hd w != hd wanted; w = tl w)
			;
		if(w == nil)
			warn(hd wanted + ": not in the archive");
	}
	a := array[len l] of ref Member;
	for(i := len a - 1; i >= 0; i--){
		a[i] = hd l;
		l = tl l;
	}
	return (a, nil);
}

extract(b: ref Iobuf, a: array of ref Member, dir: string)
{
	seen := Strhash[ref Member].new(1021, nil);
	for(i := 0; i < len a; i++){
		name := flat(a[i].e.name);
		if((m := seen.find(name)) != nil)
			warn(sys->sprint("%s and %s would be the same file", m.e.name, a[i].e.name));
		seen.add(name, a[i]);
	}
	if(failed)
		raise "fail:error";
	buf := array[4*Sys->ATOMICIO] of byte;
	for(i = 0; i < len a; i++){
		e := a[i].e;
		file := dir + "/" + flat(e.name);
		fd := sys->create(file, Sys->OWRITE, e.d.mode & 8r777 | 8r200);
		if(fd == nil){
			warn(sys->sprint("can't create %s: %r", file));
			continue;
		}
		b.seek(a[i].offset, Bufio->SEEKSTART);
		n: int;
		for(left := e.d.length; left > big 0; left -= big n){
			n = len buf;
			if(big n > left)
				n = int left;
			if(b.read(buf, n) != n)
				fatal(sys->sprint("%s: can't read: %r", e.name));
			if(sys->write(fd, buf, n) != n)
				fatal(sys->sprint("can't write %s: %r", file));
		}
		d := sys->nulldir;
		d.mode = e.d.mode;
		d.mtime = e.d.mtime;
		if(sys->fwstat(fd, d) < 0)
			warn(sys->sprint("can't set the mode of %s: %r", file));
	}
}

flat(name: string): string
{
	for(i := 0; i < len name; i++)
		if(name[i] == '/')
			name[i] = '!';
	return name;
}
