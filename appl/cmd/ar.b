implement Ar;

#
# Keeps files in an archive; see ar(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "daytime.m";
	daytime: Daytime;

include "string.m";
	str: String;

Ar: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Magic:	con "!<arch>\n";
Hdrlen:	con 60;

Member: adt
{
	name:	string;
	mtime:	int;
	uid, gid: string;
	mode:	int;
	size:	big;
	data:	array of byte;		# what was read, or
	file:	string;			# where it comes from
};

verbose, update, keeptime, quiet, local: int;
after, before: int;
posname: string;
archive: string;
members: list of ref Member;
exists := 0;
failed := 0;

USAGE: con "usage: ar [drqtpmx][uvnbailo] [posname] afile [file ...]\n";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	if(argv == nil || tl argv == nil)
		usage();
	key := hd argv;
	argv = tl argv;
	if(key[0] == '-')
		key = key[1:];
	cmd := 0;
	for(i := 0; i < len key; i++)
		case key[i] {
		'd' or 'r' or 'q' or 't' or 'p' or 'm' or 'x' =>
			if(cmd)
				usage();
			cmd = key[i];
		'u' =>	update = 1;
		'v' =>	verbose = 1;
		'o' =>	keeptime = 1;
		'c' =>	quiet = 1;
		'l' =>	local = 1;
		'a' =>	after = 1;
		'b' or 'i' =>	before = 1;
		'n' or 's' =>	;
		* =>
			sys->fprint(sys->fildes(2), "ar: bad option `%c'\n", key[i]);
			usage();
		}
	if(cmd == 0 && update)
		cmd = 'r';
	if(cmd == 0 || after && before)
		usage();
	if(after || before){
		posname = hd argv;
		argv = tl argv;
		if(argv == nil)
			usage();
	}
	archive = hd argv;
	files := tl argv;
	read(cmd);
	case cmd {
	'd' =>
		if(files != nil)
			delete(files);
	'r' =>
		replace(files);
	'q' =>
		if(files == nil)
			usage();
		for(; files != nil; files = tl files)
			if((m := disk(hd files)) != nil){
				tell('q', hd files);
				members = append(members, m :: nil);
			}
		write();
	't' =>
		show(files);
	'p' =>
		print(files);
	'm' =>
		move(files);
	'x' =>
		extract(files);
	}
	if(failed)
		raise "fail:error";
}

usage()
{
	sys->fprint(sys->fildes(2), "%s", USAGE);
	raise "fail:usage";
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "ar: %s\n", s);
	raise "fail:error";
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "ar: %s\n", s);
	failed = 1;
}

tell(c: int, name: string)
{
	if(verbose)
		sys->print("%c - %s\n", c, name);
}

base(name: string): string
{
	(nil, b) := str->splitr(name, "/");
	return b;
}

ismember(name: string, l: list of string): int
{
	for(; l != nil; l = tl l)
		if(base(hd l) == name)
			return 1;
	return 0;
}

append(a, b: list of ref Member): list of ref Member
{
	if(a == nil)
		return b;
	return hd a :: append(tl a, b);
}

#
# the archive
#

field(a: array of byte, o, n: int): string
{
	s := string a[o:o+n];
	while(s != nil && s[len s - 1] == ' ')
		s = s[0:len s - 1];
	return s;
}

octal(s: string): int
{
	(n, nil) := str->toint(s, 8);
	return n;
}

# an archive that is missing is one to be made, for those that make one
read(cmd: int)
{
	fd := sys->open(archive, Sys->OREAD);
	if(fd == nil){
		if(cmd != 'r' && cmd != 'q' || sys->stat(archive).t0 >= 0)
			fatal(sys->sprint("cannot open %s: %r", archive));
		if(!quiet)
			sys->fprint(sys->fildes(2), "ar: creating %s\n", archive);
		return;
	}
	exists = 1;
	magic := array[len Magic] of byte;
	if(sys->readn(fd, magic, len magic) != len magic || string magic != Magic)
		fatal(archive + " not in archive format");
	h := array[Hdrlen] of byte;
	long: array of byte;		# names that do not fit, of archives from elsewhere
	r: list of ref Member;
	while((n := sys->readn(fd, h, Hdrlen)) == Hdrlen){
		if(int h[58] != '`' || int h[59] != '\n')
			fatal(archive + ": bad header");
		m := ref Member(field(h, 0, 16), int field(h, 16, 12), field(h, 28, 6), field(h, 34, 6), octal(field(h, 40, 8)), big field(h, 48, 10), nil, nil);
		if(m.size < big 0 || m.size > big 16r7ffffff0)
			fatal(archive + ": bad size of " + m.name);
		m.data = array[int m.size] of byte;
		if(sys->readn(fd, m.data, len m.data) != len m.data)
			fatal(archive + ": unexpected end of file");
		if(len m.data & 1)
			sys->read(fd, h, 1);
		if(m.name == "//"){
			long = m.data;
			continue;
		}
		if(m.name == "/")
			continue;	# a table of symbols
		if(len m.name > 1 && m.name[0] == '/'){
			o := int m.name[1:];
			for(e := o; e < len long && int long[e] != '\n' && int long[e] != '/'; e++)
				;
			if(o < 0 || o > e)
				fatal(archive + ": bad name");
			m.name = string long[o:e];
		}else if(len m.name > 1 && m.name[len m.name - 1] == '/')
			m.name = m.name[0:len m.name - 1];
		r = m :: r;
	}
	if(n != 0)
		fatal(archive + ": truncated header");
	for(; r != nil; r = tl r)
		members = hd r :: members;
}

disk(file: string): ref Member
{
	(ok, d) := sys->stat(file);
	if(ok < 0){
		complain(sys->sprint("cannot open %s: %r", file));
		return nil;
	}
	if(d.mode & Sys->DMDIR){
		complain(file + " is a directory");
		return nil;
	}
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil){
		complain(sys->sprint("cannot open %s: %r", file));
		return nil;
	}
	a := array[int d.length] of byte;
	n := sys->readn(fd, a, len a);
	if(n != len a){
		complain(sys->sprint("cannot read %s: %r", file));
		return nil;
	}
	name := base(file);
	if(len array of byte name > 16){
		complain(name + ": name too long for the archive");
		return nil;
	}
	return ref Member(name, d.mtime, "0", "0", d.mode & 8r777, d.length, a, file);
}

# by way of a new file, so that a failure costs nothing
write()
{
	tmp := archive + ".new";
	fd := sys->create(tmp, Sys->OWRITE, 8r666);
	if(fd == nil)
		fatal(sys->sprint("cannot create %s: %r", tmp));
	put(fd, tmp, array of byte Magic);
	for(l := members; l != nil; l = tl l){
		m := hd l;
		put(fd, tmp, array of byte sys->sprint("%-16s%-12d%-6s%-6s%-8o%-10bd`\n", m.name, m.mtime, m.uid, m.gid, m.mode, m.size));
		put(fd, tmp, m.data);
		if(len m.data & 1)
			put(fd, tmp, array[] of {byte '\n'});
	}
	fd = nil;
	if(exists && sys->remove(archive) < 0){
		err := sys->sprint("cannot replace %s: %r", archive);
		sys->remove(tmp);
		fatal(err);
	}
	d := sys->nulldir;
	d.name = base(archive);
	if(sys->wstat(tmp, d) < 0)
		fatal(sys->sprint("cannot rename %s: %r", tmp));
}

put(fd: ref Sys->FD, name: string, a: array of byte)
{
	if(sys->write(fd, a, len a) != len a){
		err := sys->sprint("write error on %s: %r", name);
		sys->remove(name);
		fatal(err);
	}
}

#
# commands
#

# the list with l at the place that -a or -b names, else at the end
place(a, l: list of ref Member): list of ref Member
{
	if(posname == nil)
		return append(a, l);
	r: list of ref Member;
	for(; a != nil; a = tl a){
		if((hd a).name == base(posname)){
			if(before)
				a = append(l, a);
			else
				a = hd a :: append(l, tl a);
			for(; r != nil; r = tl r)
				a = hd r :: a;
			return a;
		}
		r = hd a :: r;
	}
	complain("cannot find " + posname);
	a = l;
	for(; r != nil; r = tl r)
		a = hd r :: a;
	return a;
}

# complains about those of the files that are not in the archive
missing(files: list of string)
{
	for(; files != nil; files = tl files){
		for(l := members; l != nil; l = tl l)
			if((hd l).name == base(hd files))
				break;
		if(l == nil)
			complain(hd files + " not found");
	}
}

delete(files: list of string)
{
	missing(files);
	r, kept: list of ref Member;
	for(l := members; l != nil; l = tl l)
		if(ismember((hd l).name, files))
			tell('d', (hd l).name);
		else
			r = hd l :: r;
	for(; r != nil; r = tl r)
		kept = hd r :: kept;
	members = kept;
	write();
}

# no files: all members that are there as files
replace(files: list of string)
{
	all := files == nil;
	r: list of ref Member;
	for(l := members; l != nil; l = tl l){
		m := hd l;
		file := "";
		rest: list of string;
		for(f := files; f != nil; f = tl f)
			if(file == nil && base(hd f) == m.name)
				file = hd f;
			else
				rest = hd f :: rest;
		for(files = nil; rest != nil; rest = tl rest)
			files = hd rest :: files;
		if(all && sys->stat(m.name).t0 >= 0)
			file = m.name;
		if(file != nil){
			(ok, d) := sys->stat(file);
			if(!(update && ok >= 0 && d.mtime <= m.mtime) && (n := disk(file)) != nil){
				tell('r', file);
				m = n;
			}
		}
		r = m :: r;
	}
	members = nil;
	for(; r != nil; r = tl r)
		members = hd r :: members;
	new: list of ref Member;
	for(; files != nil; files = tl files)
		if((m := disk(hd files)) != nil){
			tell('a', hd files);
			new = append(new, m :: nil);
		}
	members = place(members, new);
	write();
}

move(files: list of string)
{
	if(files == nil)
		return;
	missing(files);
	kept, moved: list of ref Member;
	for(l := members; l != nil; l = tl l)
		if(ismember((hd l).name, files)){
			tell('m', (hd l).name);
			moved = append(moved, hd l :: nil);
		}else
			kept = append(kept, hd l :: nil);
	members = place(kept, moved);
	write();
}

show(files: list of string)
{
	missing(files);
	for(l := members; l != nil; l = tl l){
		m := hd l;
		if(files != nil && !ismember(m.name, files))
			continue;
		if(verbose){
			s := "";
			for(shift := 6; shift >= 0; shift -= 3)
				for(i := 2; i >= 0; i--)
					if(m.mode >> shift & 1 << i)
						s[len s] = "xwr"[i];
					else
						s[len s] = '-';
			sys->print("%s %4s/%-4s %8bd %s %s\n", s, m.uid, m.gid, m.size, daytime->filet(daytime->now(), m.mtime), m.name);
		}else
			sys->print("%s\n", m.name);
	}
}

print(files: list of string)
{
	missing(files);
	for(l := members; l != nil; l = tl l){
		m := hd l;
		if(files != nil && !ismember(m.name, files))
			continue;
		if(verbose)
			sys->print("\n<%s>\n\n", m.name);
		if(sys->write(sys->fildes(1), m.data, len m.data) != len m.data)
			fatal(sys->sprint("write error: %r"));
	}
}

extract(files: list of string)
{
	missing(files);
	for(l := members; l != nil; l = tl l){
		m := hd l;
		if(files != nil && !ismember(m.name, files))
			continue;
		if(m.name == "." || m.name == ".." || str->in('/', m.name)){
			complain("bad name " + m.name);
			continue;
		}
		fd := sys->create(m.name, Sys->OWRITE, m.mode & 8r777);
		if(fd == nil){
			complain(sys->sprint("cannot create %s: %r", m.name));
			continue;
		}
		tell('x', m.name);
		if(sys->write(fd, m.data, len m.data) != len m.data){
			complain(sys->sprint("write error on %s: %r", m.name));
			continue;
		}
		if(keeptime){
			d := sys->nulldir;
			d.mtime = m.mtime;
			sys->fwstat(fd, d);
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ar: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
