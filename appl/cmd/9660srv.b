implement Isosrv;

#
# ISO 9660 file systems, for reading; see 9660srv(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;
	Tm: import daytime;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Isosrv: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Sector:	con 2048;

File: adt
{
	d:	Sys->Dir;
	parent:	ref File;
	kids:	list of ref File;	# in the order of the disk
	loaded:	int;
	pieces:	list of (big, big);	# where the contents are: place and length
};

disk: ref Sys->FD;
files: array of ref File;
nfiles := 0;
joliet, rockridge: int;
skip := 0;			# bytes before Rock Ridge's in each entry

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	styxservers->init(styx);
	arg->init(argv);
	arg->setusage("9660srv [-9JsD] [-m mountpoint] file");
	where := "/n/iso";
	plain, nojoliet, stdin: int = 0;
	while((o := arg->opt()) != 0)
		case o {
		'9' =>	plain = 1;
		'J' =>	nojoliet = 1;
		'm' =>	where = arg->earg();
		's' =>	stdin = 1;
		'D' =>	styxservers->traceset(1);
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	open(hd argv, plain, nojoliet);
	if(stdin){
		serve(sys->fildes(0));
		return;
	}
	p := array[2] of ref Sys->FD;
	if(sys->pipe(p) < 0)
		fatal(sys->sprint("can't make pipe: %r"));
	started := chan of int;
	spawn background(p[0], started);
	<-started;
	p[0] = nil;
	if(sys->mount(p[1], nil, where, Sys->MREPL, nil) < 0)
		fatal(sys->sprint("can't mount on %s: %r", where));
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "9660srv: %s\n", s);
	raise "fail:error";
}

# the lower half of a number in both orders
get4(a: array of byte, o: int): big
{
	return big a[o] | big a[o+1] << 8 | big a[o+2] << 16 | big a[o+3] << 24;
}

# The root is in the primary descriptor, and with long names in a supplementary one; Rock Ridge has both in the primary one.
open(file: string, plain, nojoliet: int)
{
	disk = sys->open(file, Sys->OREAD);
	if(disk == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	primary, supplementary: array of byte;
	for(n := 16; n < 100; n++){
		b := array[Sector] of byte;
		if(sys->pread(disk, b, Sector, big n * big Sector) != Sector || string b[1:6] != "CD001")
			break;
		if(int b[0] == 255)
			break;
		if(int b[0] == 1 && primary == nil)
			primary = b;
		if(int b[0] == 2 && int b[88] == '%' && int b[89] == '/')
			supplementary = b;
	}
	if(primary == nil)
		fatal(file + ": not an ISO 9660 file system");
	files = array[64] of ref File;
	# the first entry of the root tells whether Rock Ridge is there
	root := rootof(primary);
	if(!plain){
		b := array[Sector] of byte;
		(at, nil) := hd root.pieces;
		if(sys->pread(disk, b, Sector, at) == Sector && int b[0] > 34 && int b[0] <= Sector){
			su := b[34:int b[0]];
			if(len su >= 7 && string su[0:2] == "SP"){
				rockridge = 1;
				skip = int su[6];
			}
		}
		if(!rockridge && supplementary != nil && !nojoliet){
			joliet = 1;
			nfiles = 0;
			rootof(supplementary);
		}
	}
}

rootof(b: array of byte): ref File
{
	e := b[156:190];
	return newfile(nil, "/", Sys->DMDIR | 8r555, get4(e, 2) * big Sector, get4(e, 10), isotime(e[18:]));
}

isotime(a: array of byte): int
{
	tm := ref Tm(int a[5], int a[4], int a[3], int a[2], int a[1] - 1, int a[0], 0, 0, "", 0);
	zone := int a[6];
	if(zone >= 128)
		zone -= 256;
	tm.tzoff = zone * 15 * 60;
	return daytime->tm2epoch(tm);
}

newfile(parent: ref File, name: string, mode: int, at, length: big, mtime: int): ref File
{
	if(nfiles == len files){
		a := array[2*nfiles] of ref File;
		a[0:] = files;
		files = a;
	}
	u := "iso";
	d := Sys->Dir(name, u, u, u, Sys->Qid(big nfiles, 0, mode >> 24 & 16rff), mode, mtime, mtime, length, 0, 0);
	f := ref File(d, parent, nil, 0, (at, length) :: nil);
	if(parent == nil)
		f.parent = f;
	files[nfiles++] = f;
	return f;
}

# reads a directory
load1(f: ref File)
{
	if(f.loaded)
		return;
	f.loaded = 1;
	(at, length) := hd f.pieces;
	if(length > big (1<<26))
		return;
	a := array[int length] of byte;
	if(sys->pread(disk, a, len a, at) != len a)
		return;
	l: list of ref File;
	more: ref File;			# a file whose next piece follows
	for(o := 0; o < len a;){
		n := int a[o];
		if(n == 0){		# no entry crosses a sector
			o = (o / Sector + 1) * Sector;
			continue;
		}
		if(n < 34 || o + n > len a || 33 + int a[o+32] > n)
			break;
		e := a[o:o+n];
		o += n;
		nlen := int e[32];
		if(nlen == 1 && int e[33] <= 1)
			continue;	# itself and its parent
		flags := int e[25];
		if(more != nil){
			more.pieces = (get4(e, 2) * big Sector, get4(e, 10)) :: more.pieces;
			more.d.length += get4(e, 10);
			if((flags & 16r80) == 0){
				more.pieces = reverse(more.pieces);
				more = nil;
			}
			continue;
		}
		mode := 8r444;
		if(flags & 2)
			mode = Sys->DMDIR | 8r555;
		g := newfile(f, isoname(e[33:33+nlen]), mode, get4(e, 2) * big Sector, get4(e, 10), isotime(e[18:]));
		if(rockridge){
			su := 33 + nlen + (nlen+1 & 1);
			if(su + skip < n)
				extend(g, e[su+skip:], "", 0);
		}
		if(flags & 16r80)
			more = g;
		l = g :: l;
	}
	for(; l != nil; l = tl l)
		f.kids = hd l :: f.kids;
}

reverse(l: list of (big, big)): list of (big, big)
{
	r: list of (big, big);
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# in small letters, without version, and without a dot at the end
isoname(a: array of byte): string
{
	s := "";
	i: int;
	if(joliet){
		for(i = 0; i + 1 < len a; i += 2){
			c := int a[i] << 8 | int a[i+1];
			if(c >= 16rdc00 && c < 16re000 && s != nil && s[len s - 1] >= 16rd800 && s[len s - 1] < 16rdc00)
				s[len s - 1] = 16r10000 + ((s[len s - 1] & 16r3ff) << 10 | c & 16r3ff);
			else
				s[len s] = c;
		}
	}else
		for(i = 0; i < len a; i++){
			c := int a[i];
			if(c >= 'A' && c <= 'Z')
				c += 'a' - 'A';
			s[len s] = c;
		}
	for(i = len s - 1; i > 0; i--)
		if(s[i] == ';'){
			s = s[0:i];
			break;
		}
	if(len s > 1 && s[len s - 1] == '.')
		s = s[0:len s - 1];
	return s;
}

# Rock Ridge: names, permissions and times. The name may come in pieces; name is what there is of it.
extend(f: ref File, a: array of byte, name: string, depth: int): string
{
	for(o := 0; o + 4 <= len a && int a[o+2] >= 4 && o + int a[o+2] <= len a;){
		n := int a[o+2];
		e := a[o:o+n];
		o += n;
		case string e[0:2] {
		"NM" =>
			if(n > 5 && (int e[4] & 6) == 0)
				name += string e[5:n];
		"PX" =>
			if(n >= 12)
				f.d.mode = f.d.mode & Sys->DMDIR | int get4(e, 4) & 8r777;
		"TF" =>
			# creation, modification, access ..., those that the flags name
			if(n >= 5 && (int e[4] & 16r82) == 2){
				t := 5;
				if(int e[4] & 1)
					t += 7;
				if(t + 7 <= n)
					f.d.mtime = isotime(e[t:]);
			}
		"CE" =>
			if(n >= 28 && depth < 8 && get4(e, 20) < big (1<<20)){
				b := array[int get4(e, 20)] of byte;
				if(sys->pread(disk, b, len b, get4(e, 4) * big Sector + get4(e, 12)) == len b)
					name = extend(f, b, name, depth + 1);
			}
		}
	}
	if(name != "")
		f.d.name = name;
	# nothing here follows links, and a name must be one
	for(i := 0; i < len f.d.name; i++)
		if(f.d.name[i] == '/')
			f.d.name[i] = '_';
	return name;
}

lookup(f: ref File, name: string): ref File
{
	load1(f);
	for(l := f.kids; l != nil; l = tl l)
		if((hd l).d.name == name)
			return hd l;
	return nil;
}

background(fd: ref Sys->FD, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, fd.fd :: disk.fd :: 2 :: nil);
	fd = ref Sys->FD(fd.fd);
	disk = ref Sys->FD(disk.fd);
	started <-= 1;
	serve(fd);
}

serve(fd: ref Sys->FD)
{
	navs := chan of ref Navop;
	spawn navigate(navs);
	(tm, srv) := Styxserver.new(fd, Navigator.new(navs), big 0);
	fd = nil;
	while((m := <-tm) != nil)
		pick t := m {
		Read =>
			(f, err) := srv.canread(t);
			if(f == nil)
				srv.error(m, err);
			else if(f.qtype & Sys->QTDIR)
				srv.read(t);
			else
				srv.reply(read(t, files[int f.path]));
		* =>
			srv.default(m);
		}
	navs <-= nil;
}

# what a piece has of it
read(t: ref Tmsg.Read, f: ref File): ref Rmsg
{
	offset := t.offset;
	for(l := f.pieces; l != nil; l = tl l){
		(at, length) := hd l;
		if(offset < length){
			n := t.count;
			if(big n > length - offset)
				n = int (length - offset);
			a := array[n] of byte;
			n = sys->pread(disk, a, n, at + offset);
			if(n < 0)
				return ref Rmsg.Error(t.tag, sys->sprint("%r"));
			return ref Rmsg.Read(t.tag, a[0:n]);
		}
		offset -= length;
	}
	return ref Rmsg.Read(t.tag, nil);
}

navigate(navs: chan of ref Navop)
{
	while((m := <-navs) != nil){
		f := files[int m.path];
		pick n := m {
		Stat =>
			answer(n.reply, f);
		Walk =>
			if(n.name == "..")
				answer(n.reply, f.parent);
			else
				answer(n.reply, lookup(f, n.name));
		Readdir =>
			load1(f);
			i := 0;
			for(l := f.kids; l != nil && i < n.offset + n.count; l = tl l)
				if(i++ >= n.offset)
					n.reply <-= (dirof(hd l), nil);
			n.reply <-= (nil, nil);
		}
	}
}

dirof(f: ref File): ref Sys->Dir
{
	d := ref f.d;
	if(d.mode & Sys->DMDIR)
		d.length = big 0;
	return d;
}

answer(reply: chan of (ref Sys->Dir, string), f: ref File)
{
	if(f == nil)
		reply <-= (nil, Styxservers->Enotfound);
	else
		reply <-= (dirof(f), nil);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "9660srv: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
