implement Mkfs;

#
# Copies the files that a prototype lists, or makes an archive of them; see mkfs(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "readdir.m";
	readdir: Readdir;

include "string.m";
	str: String;

Mkfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# A line of the prototype: `-' and what is missing stand for what the source has.
Entry: adt
{
	depth:			int;
	name, uid, gid, src:	string;
	given, mode:		int;	# is there one; the source's otherwise
	line:			int;
};

proto: string;
lines: array of ref Entry;
srcroot := "";
dest: string;
archive, listing, keep, verbose: int;
out: ref Iobuf;
later: list of (string, Sys->Dir);	# directories, whose modes are set when they have been filled
failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("disk/mkfs {-a | -x | -d root} [-pv] [-s source] proto ...");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	archive = 1;
		'd' =>	dest = arg->earg();
		'p' =>	keep = 1;
		's' =>	srcroot = arg->earg();
		'v' =>	verbose = 1;
		'x' =>	listing = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || archive + listing + (dest != nil) != 1)
		arg->usage();
	out = bufio->fopen(sys->fildes(1), Sys->OWRITE);
	for(; argv != nil; argv = tl argv){
		proto = hd argv;
		readproto();
		if(len lines > 0)
			level(0, lines[0].depth, "", srcroot);
	}
	for(; later != nil; later = tl later)
		setmode((hd later).t0, (hd later).t1);
	if(archive)
		out.puts("end of archive\n");
	if(out.flush() < 0)
		warn(sys->sprint("write error: %r"));
	if(failed)
		raise "fail:errors";
}

warn(s: string)
{
	sys->fprint(sys->fildes(2), "mkfs: %s\n", s);
	failed = 1;
}

#
# the prototype
#

readproto()
{
	lines = nil;
	b := bufio->open(proto, Sys->OREAD);
	if(b == nil){
		warn(sys->sprint("can't open %s: %r", proto));
		return;
	}
	l: list of ref Entry;
	for(n := 1; (s := b.gets('\n')) != nil; n++){
		for((i, depth) := (0, 0); i < len s && (s[i] == ' ' || s[i] == '\t'); i++)
			if(s[i] == '\t')
				depth = depth + 8 & ~7;
			else
				depth++;
		w := str->unquoted(s);
		if(w == nil || (hd w)[0] == '#')
			continue;
		e := ref Entry(depth, hd w, nil, nil, nil, 0, 0, n);
		w = tl w;
		if(w != nil && hd w != "-"){
			(m, bad) := mode(hd w);
			if(bad)
				warn(sys->sprint("%s:%d: bad mode %s", proto, n, hd w));
			else
				(e.given, e.mode) = (1, m);
		}
		(e.uid, w) = field(w);
		(e.gid, w) = field(w);
		(e.src, w) = field(w);
		l = e :: l;
	}
	lines = array[len l] of ref Entry;
	for(i := len lines - 1; i >= 0; i--){
		lines[i] = hd l;
		l = tl l;
	}
}

# The field behind the first of w, and the rest with it.
field(w: list of string): (string, list of string)
{
	if(w != nil)
		w = tl w;
	if(w == nil || hd w == "-")
		return (nil, w);
	return (hd w, w);
}

# letters d a l, octal permissions
mode(s: string): (int, int)
{
	m := 0;
	for(i := 0; i < len s; i++)
		case s[i] {
		'd' =>	m |= Sys->DMDIR;
		'a' =>	m |= Sys->DMAPPEND;
		'l' =>	m |= Sys->DMEXCL;
		* =>
			(p, rest) := str->toint(s[i:], 8);
			return (m | p, rest != nil || p & ~8r777);
		}
	return (m, 1);
}

# Entries from lines[i] on that stand at this depth, in directory dir of the result and src of the source. The next line.
level(i, depth: int, dir, src: string): int
{
	while(i < len lines && lines[i].depth >= depth){
		e := lines[i];
		if(e.depth > depth){
			warn(sys->sprint("%s:%d: %s: what is above it is no directory", proto, e.line, e.name));
			i++;
			continue;
		}
		i++;
		case e.name {
		"*" =>
			all(dir, src, e, 0);
		"+" =>
			all(dir, src, e, 1);
		* =>
			from := e.src;
			if(from == nil)
				from = src + "/" + e.name;
			name := join(dir, e.name);
			(ok, d) := sys->stat(from);
			if(ok < 0 && e.given && e.mode & Sys->DMDIR){
				# a directory that the prototype describes need not be there
				d = Sys->Dir(e.name, "sys", "sys", nil, Sys->Qid(big 0, 0, Sys->QTDIR), e.mode, 0, 0, big 0, 0, 0);
				ok = 0;
			}
			if(ok < 0)
				warn(sys->sprint("can't stat %s: %r", from));
			else
				put(name, from, d, e);
			if(i < len lines && lines[i].depth > depth && (ok < 0 || d.mode & Sys->DMDIR))
				i = level(i, lines[i].depth, name, from);
		}
	}
	return i;
}

join(dir, name: string): string
{
	if(dir == "")
		return name;
	return dir + "/" + name;
}

# What is in directory src; with deep, below it too.
all(dir, src: string, e: ref Entry, deep: int)
{
	path := src;
	if(path == "")
		path = "/";
	(dirs, n) := readdir->init(path, Readdir->NAME | Readdir->COMPACT);
	if(n < 0)
		warn(sys->sprint("can't read %s: %r", path));
	for(i := 0; i < n; i++){
		d := *dirs[i];
		isdir := d.mode & Sys->DMDIR;
		if(isdir && !deep)
			continue;
		name := join(dir, d.name);
		put(name, src + "/" + d.name, d, e);
		if(isdir)
			all(name, src + "/" + d.name, e, deep);
	}
}

#
# the result
#

put(name, from: string, d: Sys->Dir, e: ref Entry)
{
	isdir := d.mode & Sys->DMDIR;
	if(e.given && e.name != "*" && e.name != "+"){
		if((e.mode & Sys->DMDIR) != isdir && !listing){
			warn(sys->sprint("%s:%d: %s: mode does not fit the source", proto, e.line, name));
			return;
		}
		d.mode = e.mode;
	}
	if(e.uid != nil)
		d.uid = e.uid;
	if(e.gid != nil)
		d.gid = e.gid;
	if(isdir)
		d.length = big 0;
	if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", name);
	if(listing)
		out.puts(sys->sprint("%q\t%q\t%bd\t%d\n", name, from, d.length, d.mtime));
	else if(archive)
		member(name, from, d);
	else
		copy(name, from, d);
}

member(name, from: string, d: Sys->Dir)
{
	fd: ref Sys->FD;
	if(!(d.mode & Sys->DMDIR)){
		fd = sys->open(from, Sys->OREAD);
		if(fd == nil){
			warn(sys->sprint("can't open %s: %r", from));
			return;
		}
	}
	out.puts(sys->sprint("%q %uo %q %q %d %bd\n", name, d.mode, d.uid, d.gid, d.mtime, d.length));
	buf := array[Sys->ATOMICIO] of byte;
	n: int;
	for(left := d.length; left > big 0; left -= big n){
		n = len buf;
		if(big n > left)
			n = int left;
		r := sys->readn(fd, buf, n);
		if(r < n){
			# its length has been told
			warn(from + ": shorter than its length");
			if(r < 0)
				r = 0;
			for(i := r; i < n; i++)
				buf[i] = byte 0;
		}
		out.write(buf, n);
	}
}

copy(name, from: string, d: Sys->Dir)
{
	target := dest + "/" + name;
	w := sys->nulldir;
	if(d.mode & Sys->DMDIR){
		(ok, old) := sys->stat(target);
		if(ok < 0 && sys->create(target, Sys->OREAD, Sys->DMDIR | 8r777) == nil || ok >= 0 && !(old.mode & Sys->DMDIR)){
			warn(sys->sprint("can't make directory %s: %r", target));
			return;
		}
	}else{
		in := sys->open(from, Sys->OREAD);
		if(in == nil){
			warn(sys->sprint("can't open %s: %r", from));
			return;
		}
		fd := sys->create(target, Sys->OWRITE, 8r666);
		if(fd == nil){
			warn(sys->sprint("can't create %s: %r", target));
			return;
		}
		if(sys->stream(in, fd, Sys->ATOMICIO) < 0)
			warn(sys->sprint("can't copy %s: %r", from));
		w.mtime = d.mtime;
	}
	w.mode = d.mode;
	if(keep){
		w.uid = d.uid;
		w.gid = d.gid;
	}
	if(d.mode & Sys->DMDIR)
		later = (target, w) :: later;
	else
		setmode(target, w);
}

setmode(target: string, w: Sys->Dir)
{
	if(sys->wstat(target, w) < 0)
		warn(sys->sprint("can't set the mode of %s: %r", target));
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mkfs: cannot load %s: %r\n", path);
	raise "fail:load";
}
