implement Dossrv;

#
# FAT file systems; see dossrv(4).
#
# Directories are read into memory when they are first walked, data is read and written in clusters. Every change goes to the disk at once,
# the chain of a file before its entry, so that an interruption can lose clusters but not cross files.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;
	Tm: import daytime;

include "string.m";
	str: String;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Dossrv: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Ent:	con 32;			# bytes of an entry
Ardonly, Ahidden, Asystem, Avolume, Adir, Aarchive: con 1 << iota;
Along:	con Ardonly | Ahidden | Asystem | Avolume;
Gone:	con 16re5;

Efull:	con "file system full";
Eio:	con "error in the file system";

File: adt
{
	d:	Sys->Dir;
	parent:	ref File;
	kids:	list of ref File;
	loaded:	int;
	start:	int;			# first cluster; 0: none, or the fixed root
	at:	big;			# where its entry is; 0: the root
	longs:	list of big;		# where the entries of its long name are
	chain:	array of int;		# its clusters, as far as they are known
	nchain:	int;
};

disk: ref Sys->FD;
secsize, clustsize, bits: int;
nclust: int;				# clusters are 2 .. nclust+1
fatat, rootat, dataat: big;
fatsize: big;				# bytes of a FAT
nfats, rootents, rootclust: int;
fat: array of byte;
nextfree := 2;
files: array of ref File;
nfiles := 0;
srv: ref Styxserver;
readonly := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	styx = load Styx Styx->PATH;
	if(styx == nil)
		nomod(Styx->PATH);
	styx->init();
	styxservers = load Styxservers Styxservers->PATH;
	if(styxservers == nil)
		nomod(Styxservers->PATH);
	styxservers->init(styx);
	arg->init(argv);
	arg->setusage("dossrv [-rsvD] [-m mountpoint] file");
	where := "/n/dos";
	stdin := 0;
	while((o := arg->opt()) != 0)
		case o {
		'f' =>	;
		'm' =>	where = arg->earg();
		'r' =>	readonly = 1;
		's' =>	stdin = 1;
		'v' =>	;
		'D' =>	styxservers->traceset(1);
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	open(hd argv);
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
	if(sys->mount(p[1], nil, where, Sys->MREPL | Sys->MCREATE, nil) < 0)
		fatal(sys->sprint("can't mount on %s: %r", where));
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "dossrv: %s\n", s);
	raise "fail:error";
}

get2(a: array of byte, o: int): int
{
	return int a[o] | int a[o+1] << 8;
}

get4(a: array of byte, o: int): int
{
	return get2(a, o) | get2(a, o+2) << 16;
}

put2(a: array of byte, o, v: int)
{
	a[o] = byte v;
	a[o+1] = byte (v >> 8);
}

put4(a: array of byte, o, v: int)
{
	put2(a, o, v);
	put2(a, o+2, v >> 16);
}

open(file: string)
{
	mode := Sys->ORDWR;
	if(readonly)
		mode = Sys->OREAD;
	disk = sys->open(file, mode);
	if(disk == nil && !readonly){
		disk = sys->open(file, Sys->OREAD);
		readonly = 1;
	}
	if(disk == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	b := array[512] of byte;
	if(sys->pread(disk, b, len b, big 0) != len b || b[510] != byte 16r55 || b[511] != byte 16raa)
		fatal(file + ": not a FAT file system");
	secsize = get2(b, 11);
	per := int b[13];
	reserved := get2(b, 14);
	nfats = int b[16];
	rootents = get2(b, 17);
	sectors := big get2(b, 19);
	if(sectors == big 0)
		sectors = big get4(b, 32) & 16rffffffff;
	fatsecs := get2(b, 22);
	if(fatsecs == 0){
		fatsecs = get4(b, 36);
		rootclust = get4(b, 44);
	}
	if(secsize < 512 || secsize > 4096 || per == 0 || nfats == 0 || reserved == 0 || fatsecs <= 0)
		fatal(file + ": not a FAT file system");
	clustsize = per * secsize;
	fatat = big reserved * big secsize;
	fatsize = big fatsecs * big secsize;
	rootat = fatat + big nfats * fatsize;
	rootsecs := (rootents * Ent + secsize - 1) / secsize;
	dataat = rootat + big rootsecs * big secsize;
	nclust = int ((sectors - dataat / big secsize) / big per);
	bits = 12;
	if(nclust >= 65525)
		bits = 32;
	else if(nclust >= 4085)
		bits = 16;
	if(nclust <= 0 || (big nclust + big 2) * big bits / big 8 > fatsize || fatsize > big (1<<28))
		fatal(file + ": bad FAT file system");
	fat = array[int fatsize] of byte;
	if(sys->pread(disk, fat, len fat, fatat) != len fat)
		fatal(sys->sprint("error reading %s: %r", file));
	files = array[64] of ref File;
	(nil, d) := sys->fstat(disk);
	root := newfile(nil, "/", Sys->DMDIR | 8r777, big 0, d.mtime);
	if(bits == 32){
		root.start = rootclust;
		# what stands there about free clusters will be wrong
		info := get2(b, 48);
		a := array[512] of byte;
		at := big info * big secsize;
		if(!readonly && info != 16rffff && sys->pread(disk, a, len a, at) == len a && get4(a, 0) == 16r41615252){
			put4(a, 488, -1);
			put4(a, 492, -1);
			sys->pwrite(disk, a, len a, at);
		}
	}
}

#
# the table
#

islast(c: int): int
{
	return c < 2 || c >= nclust + 2;
}

fatget(c: int): int
{
	case bits {
	12 =>
		v := get2(fat, c + c/2);
		if(c & 1)
			return v >> 4;
		return v & 16rfff;
	16 =>
		return get2(fat, 2*c);
	}
	return get4(fat, 4*c) & 16r0fffffff;
}

# -1 marks the end of a chain; nil or an error
fatput(c, v: int): string
{
	o := 4*c;
	n := 4;
	case bits {
	12 =>
		o = c + c/2;
		n = 2;
		old := get2(fat, o);
		if(c & 1)
			put2(fat, o, old & 16rf | (v & 16rfff) << 4);
		else
			put2(fat, o, old & 16rf000 | v & 16rfff);
	16 =>
		o = 2*c;
		n = 2;
		put2(fat, o, v);
	* =>
		put4(fat, o, get4(fat, o) & int 16rf0000000 | v & 16r0fffffff);
	}
	for(i := 0; i < nfats; i++)
		if(sys->pwrite(disk, fat[o:o+n], n, fatat + big i * fatsize + big o) != n)
			return sys->sprint("%r");
	return nil;
}

alloc(): int
{
	for(i := 0; i < nclust; i++){
		if(nextfree < 2 || nextfree >= nclust + 2)
			nextfree = 2;
		c := nextfree++;
		if(fatget(c) == 0)
			return c;
	}
	return 0;
}

clustat(c: int): big
{
	return dataat + big (c-2) * big clustsize;
}

Make, Makebare: con 1+iota;	# a new cluster is cleared; or it is about to be written

# the n-th cluster of a file, made if need be; 0 and an error if there is none
cluster(f: ref File, n, make: int): (int, string)
{
	if(f.chain == nil)
		f.chain = array[16] of int;
	while(f.nchain <= n){
		c := f.start;
		if(f.nchain > 0)
			c = fatget(f.chain[f.nchain-1]);
		if(islast(c)){
			if(!make)
				return (0, nil);
			c = alloc();
			if(c == 0)
				return (0, Efull);
			if(make == Make || f.nchain < n){
				z := array[clustsize] of {* => byte 0};
				if(sys->pwrite(disk, z, len z, clustat(c)) != len z)
					return (0, sys->sprint("%r"));
			}
			if(clustat(c) <= sectorat && sectorat < clustat(c) + big clustsize)
				sectorat = big -1;
			err := fatput(c, -1);
			if(err != nil)
				return (0, err);
			if(f.nchain > 0)
				err = fatput(f.chain[f.nchain-1], c);
			else
				f.start = c;
			if(err != nil)
				return (0, err);
		}
		if(f.nchain > nclust)
			return (0, Eio);	# a loop
		if(f.nchain == len f.chain){
			a := array[2*f.nchain] of int;
			a[0:] = f.chain;
			f.chain = a;
		}
		f.chain[f.nchain++] = c;
	}
	return (f.chain[n], nil);
}

# frees all clusters from the n-th on
cut(f: ref File, n: int): string
{
	c := f.start;
	if(n > 0){
		(last, err) := cluster(f, n - 1, 0);
		if(last == 0)
			return err;
		c = fatget(last);
		if((err = fatput(last, -1)) != nil)
			return err;
	}else
		f.start = 0;
	for(i := 0; !islast(c) && i <= nclust; i++){
		next := fatget(c);
		err := fatput(c, 0);
		if(err != nil)
			return err;
		if(c < nextfree)
			nextfree = c;
		c = next;
	}
	if(f.nchain > n)
		f.nchain = n;
	return nil;
}

#
# directories
#

newfile(parent: ref File, name: string, mode: int, length: big, mtime: int): ref File
{
	if(nfiles == len files){
		a := array[2*nfiles] of ref File;
		a[0:] = files;
		files = a;
	}
	u := "dos";
	d := Sys->Dir(name, u, u, u, Sys->Qid(big nfiles, 0, mode >> 24 & 16rff), mode, mtime, mtime, length, 0, 0);
	f := ref File(d, parent, nil, 0, 0, big 0, nil, nil, 0);
	if(parent == nil)
		f.parent = f;
	else
		parent.kids = f :: parent.kids;
	files[nfiles++] = f;
	return f;
}

# where the n-th entry of a directory is; 0 at the end, unless it is to be made
entat(f: ref File, n, make: int): (big, string)
{
	if(f.parent == f && bits != 32){
		if(n >= rootents){
			if(make)
				return (big 0, Efull);
			return (big 0, nil);
		}
		return (rootat + big (n * Ent), nil);
	}
	per := clustsize / Ent;
	(c, err) := cluster(f, n / per, make);
	if(c == 0)
		return (big 0, err);
	return (clustat(c) + big (n % per * Ent), nil);
}

# entries go by way of the sector that was used last; 0 for an error

sector: array of byte;
sectorat := big -1;

getent(a: array of byte, at: big): int
{
	if(sector == nil)
		sector = array[secsize] of byte;
	base := at - at % big secsize;
	if(base != sectorat){
		sectorat = big -1;
		if(sys->pread(disk, sector, secsize, base) != secsize)
			return 0;
		sectorat = base;
	}
	o := int (at - base);
	a[0:] = sector[o:o+Ent];
	return 1;
}

putent(a: array of byte, n: int, at: big): int
{
	base := at - at % big secsize;
	if(base == sectorat)
		sector[int (at - base):] = a[0:n];
	return sys->pwrite(disk, a, n, at) == n;
}

load1(f: ref File): string
{
	if(f.loaded)
		return nil;
	f.loaded = 1;
	a := array[Ent] of byte;
	long := "";
	longs: list of big;
	order := 0;
	sum := 0;
	for(n := 0;; n++){
		(at, err) := entat(f, n, 0);
		if(at == big 0)
			return err;
		if(!getent(a, at))
			return sys->sprint("%r");
		case int a[0] {
		0 =>
			return nil;
		Gone =>
			long = "";
			longs = nil;
			continue;
		}
		attr := int a[11];
		if((attr & 16r3f) == Along){
			# the last piece of the name comes first
			if(int a[0] & 16r40){
				long = "";
				longs = nil;
				order = int a[0] & 16r3f;
				sum = int a[13];
			}else if((int a[0] & 16r3f) != order || int a[13] != sum){
				long = "";
				longs = nil;
				order = 0;
				continue;
			}
			order--;
			long = piece(a) + long;
			longs = at :: longs;
			continue;
		}
		name := short(a);
		if(long != "" && order == 0 && sum == checksum(a))
			name = utf16(long);
		else
			longs = nil;
		mylongs := longs;
		long = "";
		longs = nil;
		if(attr & Avolume || name == "." || name == ".." || name == "")
			continue;
		mode := 8r666;
		if(attr & Adir)
			mode = Sys->DMDIR | 8r777;
		if(attr & Ardonly)
			mode &= ~8r222;
		length := big get4(a, 28) & 16rffffffff;
		g := newfile(f, name, mode, length, dostime(get2(a, 22), get2(a, 24)));
		g.start = get2(a, 26);
		if(bits == 32)
			g.start |= get2(a, 20) << 16;
		g.at = at;
		g.longs = mylongs;
	}
}

short(a: array of byte): string
{
	s := "";
	for(i := 0; i < 11; i++){
		c := int a[i];
		if(i == 0 && c == 5)
			c = Gone;
		if(i == 8 && string a[8:11] != "   ")
			s += ".";
		if(c == ' ')
			continue;
		if(c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		s[len s] = c;
	}
	return s;
}

# of a long name: 13 units
piece(a: array of byte): string
{
	s := "";
	for(i := 1; i < Ent; i += 2){
		if(i == 11)
			i = 14;
		if(i == 26)
			i = 28;
		c := get2(a, i);
		if(c == 0)
			break;
		s[len s] = c;
	}
	return s;
}

# pairs of units to characters
utf16(s: string): string
{
	t := "";
	for(i := 0; i < len s; i++)
		if(s[i] >= 16rd800 && s[i] < 16rdc00 && i + 1 < len s){
			t[len t] = 16r10000 + ((s[i] & 16r3ff) << 10 | s[i+1] & 16r3ff);
			i++;
		}else
			t[len t] = s[i];
	return t;
}

checksum(a: array of byte): int
{
	s := 0;
	for(i := 0; i < 11; i++)
		s = ((s & 1) << 7 | s >> 1) + int a[i] & 16rff;
	return s;
}

dostime(t, d: int): int
{
	tm := ref Tm((t & 16r1f) * 2, t >> 5 & 16r3f, t >> 11, d & 16r1f, (d >> 5 & 16rf) - 1, (d >> 9) + 80, 0, 0, "GMT", 0);
	return daytime->tm2epoch(tm);
}

puttime(a: array of byte, o, t: int)
{
	tm := daytime->gmt(t);
	if(tm.year < 80)
		tm = ref Tm(0, 0, 0, 1, 0, 80, 0, 0, "GMT", 0);
	put2(a, o, tm.hour << 11 | tm.min << 5 | tm.sec / 2);
	put2(a, o+2, (tm.year - 80) << 9 | (tm.mon + 1) << 5 | tm.mday);
}

lookup(f: ref File, name: string): ref File
{
	load1(f);
	name = str->tolower(name);
	for(l := f.kids; l != nil; l = tl l)
		if(str->tolower((hd l).d.name) == name)
			return hd l;
	return nil;
}

# writes length, start, time and attributes to the entry
update(f: ref File): string
{
	if(f.at == big 0)
		return nil;
	a := array[Ent] of byte;
	if(!getent(a, f.at))
		return sys->sprint("%r");
	attr := int a[11] & ~Ardonly;
	if((f.d.mode & 8r222) == 0)
		attr |= Ardonly;
	a[11] = byte attr;
	puttime(a, 22, f.d.mtime);
	put2(a, 26, f.start);
	if(bits == 32)
		put2(a, 20, f.start >> 16);
	if((f.d.mode & Sys->DMDIR) == 0)
		put4(a, 28, int f.d.length);
	if(!putent(a, Ent, f.at))
		return sys->sprint("%r");
	return nil;
}

badname(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] < ' ' || str->in(s[i], "\\\\/:*?\"<>|"))
			return 1;
	return s == nil || s == "." || s == ".." || len s > 255 || s[len s - 1] == ' ' || s[len s - 1] == '.';
}

Plain: con "A-Z0-9!#$%&'()@^_`{}~\\-";

# the 11 bytes of a name that needs no long one, or nil
plain(name: string): array of byte
{
	(b, e) := str->splitl(name, ".");
	if(e != nil)
		e = e[1:];
	if(b == nil || len b > 8 || len e > 3 || name[len name - 1] == '.')
		return nil;
	b = str->toupper(b);
	e = str->toupper(e);
	if(str->drop(b, Plain) != nil || str->drop(e, Plain) != nil)
		return nil;
	return pad(b, e);
}

pad(b, e: string): array of byte
{
	a := array[11] of {* => byte ' '};
	a[0:] = array of byte b;
	a[8:] = array of byte e;
	return a;
}

# 11 bytes for a name that is not plain: letters of it and a number
invent(dir: ref File, name: string): array of byte
{
	dot := len name;
	for(i := len name - 1; i > 0 && dot == len name; i--)
		if(name[i] == '.')
			dot = i;
	b := filter(name[0:dot]);
	e := "";
	if(dot < len name)
		e = filter(name[dot+1:]);
	if(len e > 3)
		e = e[0:3];
	for(n := 1;; n++){
		t := "~" + string n;
		s := b;
		if(len s > 8 - len t)
			s = s[0:8 - len t];
		a := pad(s + t, e);
		if(!isshort(dir, a))
			return a;
	}
}

filter(s: string): string
{
	t := "";
	s = str->toupper(s);
	for(i := 0; i < len s; i++)
		if(s[i] != '.' && s[i] != ' ')
			if(str->in(s[i], Plain))
				t[len t] = s[i];
			else
				t[len t] = '_';
	return t;
}

# does an entry have these 11 bytes?
isshort(dir: ref File, name: array of byte): int
{
	a := array[Ent] of byte;
	for(l := dir.kids; l != nil; l = tl l)
		if((hd l).at != big 0 && getent(a, (hd l).at) && string a[0:11] == string name)
			return 1;
	return 0;
}

# makes the entries of a new file, with the contents of old, an entry, if it is not nil
enter(dir, f: ref File, old: array of byte): string
{
	name := f.d.name;
	sh := plain(name);
	units := "";
	if(sh == nil || str->tolower(name) != name && str->toupper(name) != name){
		for(i := 0; i < len name; i++)
			if(name[i] >= 16r10000){
				units[len units] = 16rd800 + (name[i] - 16r10000 >> 10);
				units[len units] = 16rdc00 + (name[i] & 16r3ff);
			}else
				units[len units] = name[i];
		if(sh == nil || isshort(dir, sh))
			sh = invent(dir, name);
	}else if(isshort(dir, sh)){
		sh = invent(dir, name);
		units = name;
	}
	nlong := (len units + 12) / 13;
	# a row of free entries
	run := 0;
	places: list of big;
	a := array[Ent] of byte;
	for(n := 0; run <= nlong; n++){
		(at, err) := entat(dir, n, 1);
		if(at == big 0)
			return err;
		if(!getent(a, at))
			return sys->sprint("%r");
		if(int a[0] == 0 || int a[0] == Gone){
			run++;
			places = at :: places;
		}else{
			run = 0;
			places = nil;
		}
	}
	f.at = hd places;
	f.longs = tl places;
	e := array[Ent] of {* => byte 0};
	if(old != nil)
		e[0:] = old;
	else{
		puttime(e, 14, f.d.mtime);
		put2(e, 18, get2(e, 16));
	}
	e[0:] = sh;
	if(e[0] == byte Gone)
		e[0] = byte 5;
	if(f.d.mode & Sys->DMDIR)
		e[11] = byte Adir;
	else
		e[11] = byte Aarchive;
	sum := checksum(e);
	# the pieces of the long name first; the one next to the entry is the first
	l := tl places;
	for(k := 0; k < nlong; k++){
		b := array[Ent] of {* => byte 16rff};
		b[0] = byte (k + 1);
		if(k == nlong - 1)
			b[0] |= byte 16r40;
		b[11] = byte Along;
		b[12] = byte 0;
		b[13] = byte sum;
		put2(b, 26, 0);
		i := 13*k;
		for(o := 1; o < Ent; o += 2){
			if(o == 11)
				o = 14;
			if(o == 26)
				o = 28;
			if(i < len units)
				put2(b, o, units[i]);
			else if(i == len units)
				put2(b, o, 0);
			i++;
		}
		if(!putent(b, Ent, hd l))
			return sys->sprint("%r");
		l = tl l;
	}
	if(!putent(e, Ent, f.at))
		return sys->sprint("%r");
	return update(f);
}

# the entry, which is then free
erase(f: ref File): (array of byte, string)
{
	a := array[Ent] of byte;
	if(!getent(a, f.at))
		return (nil, sys->sprint("%r"));
	gone := array[] of {byte Gone};
	for(l := f.at :: f.longs; l != nil; l = tl l)
		if(!putent(gone, 1, hd l))
			return (nil, sys->sprint("%r"));
	return (a, nil);
}

without(l: list of ref File, f: ref File): list of ref File
{
	r: list of ref File;
	for(; l != nil; l = tl l)
		if(hd l != f)
			r = hd l :: r;
	return r;
}

#
# service
#

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
	tm: chan of ref Tmsg;
	(tm, srv) = Styxserver.new(fd, Navigator.new(navs), big 0);
	fd = nil;
	while((m := <-tm) != nil){
		err: string;
		pick t := m {
		Open =>
			err = openfile(t);
		Create =>
			err = create(t);
		Read =>
			err = read(t);
		Write =>
			err = write(t);
		Clunk =>
			f := srv.clunk(t);
			if(f != nil && f.isopen && f.mode & Sys->ORCLOSE)
				remove(files[int f.path]);
		Remove =>
			(f, nil, e) := srv.canremove(t);
			err = e;
			if(f != nil){
				srv.delfid(f);
				if(err == nil)
					err = remove(files[int f.path]);
				if(err == nil)
					srv.reply(ref Rmsg.Remove(t.tag));
			}
		Wstat =>
			err = wstat(t);
		* =>
			srv.default(m);
		}
		if(err != nil)
			srv.error(m, err);
	}
	navs <-= nil;
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
					n.reply <-= (ref (hd l).d, nil);
			n.reply <-= (nil, nil);
		}
	}
}

answer(reply: chan of (ref Sys->Dir, string), f: ref File)
{
	if(f == nil || f.parent == nil)
		reply <-= (nil, Styxservers->Enotfound);
	else{
		d := ref f.d;
		if(d.mode & Sys->DMDIR)
			d.length = big 0;
		reply <-= (d, nil);
	}
}

Erdonly: con "file system is read only";

openfile(t: ref Tmsg.Open): string
{
	(fid, mode, d, err) := srv.canopen(t);
	if(fid == nil)
		return err;
	f := files[int fid.path];
	if(readonly && t.mode != Sys->OREAD && t.mode != 3)
		return Erdonly;
	if(t.mode & Sys->OTRUNC && (err = setlength(f, big 0)) != nil)
		return err;
	fid.open(mode, d.qid);
	srv.reply(ref Rmsg.Open(t.tag, d.qid, srv.iounit()));
	return nil;
}

setlength(f: ref File, length: big): string
{
	if(length > big 16rffffffff)
		return "file too large for FAT";
	err: string;
	n := int ((length + big (clustsize-1)) / big clustsize);
	if(length < f.d.length){
		err = cut(f, n);
		rest := int (length % big clustsize);
		if(err == nil && rest != 0){
			(c, nil) := cluster(f, n - 1, 0);
			z := array[clustsize - rest] of {* => byte 0};
			if(c != 0 && sys->pwrite(disk, z, len z, clustat(c) + big rest) != len z)
				err = sys->sprint("%r");
		}
	}else if(n > 0)
		(nil, err) = cluster(f, n - 1, Make);
	if(err != nil)
		return err;
	f.d.length = length;
	f.d.mtime = daytime->now();
	f.d.qid.vers++;
	return update(f);
}

create(t: ref Tmsg.Create): string
{
	(fid, mode, nil, err) := srv.cancreate(t);
	if(fid == nil)
		return err;
	if(readonly)
		return Erdonly;
	if(badname(t.name))
		return Styxservers->Ename;
	dir := files[int fid.path];
	perm := 8r666;
	if(t.perm & Sys->DMDIR)
		perm = Sys->DMDIR | 8r777;
	if((t.perm & 8r222) == 0)
		perm &= ~8r222;
	f := newfile(dir, t.name, perm, big 0, daytime->now());
	if(perm & Sys->DMDIR)
		err = mkdir(dir, f);
	if(err == nil)
		err = enter(dir, f, nil);
	if(err != nil){
		cut(f, 0);
		dir.kids = without(dir.kids, f);
		f.parent = nil;
		return err;
	}
	fid.open(mode, f.d.qid);
	srv.reply(ref Rmsg.Create(t.tag, f.d.qid, srv.iounit()));
	return nil;
}

# a cluster with . and ..
mkdir(dir, f: ref File): string
{
	(c, err) := cluster(f, 0, Make);
	if(c == 0)
		return err;
	a := array[2*Ent] of {* => byte 0};
	up := dir.start;
	if(dir.parent == dir)
		up = 0;
	for(i := 0; i < 2; i++){
		o := i * Ent;
		a[o:] = pad(".."[0:i+1], "");
		a[o+11] = byte Adir;
		puttime(a, o+22, f.d.mtime);
		s := c;
		if(i == 1)
			s = up;
		put2(a, o+26, s);
		put2(a, o+20, s >> 16);
	}
	if(sys->pwrite(disk, a, len a, clustat(c)) != len a)
		return sys->sprint("%r");
	f.loaded = 1;
	return nil;
}

read(t: ref Tmsg.Read): string
{
	(fid, err) := srv.canread(t);
	if(fid == nil)
		return err;
	if(fid.qtype & Sys->QTDIR){
		srv.read(t);
		return nil;
	}
	f := files[int fid.path];
	n := t.count;
	if(t.offset >= f.d.length)
		n = 0;
	else if(big n > f.d.length - t.offset)
		n = int (f.d.length - t.offset);
	a := array[n] of byte;
	for(i := 0; i < n;){
		o := t.offset + big i;
		from := int (o % big clustsize);
		m := clustsize - from;
		if(m > n - i)
			m = n - i;
		(c, nil) := cluster(f, int (o / big clustsize), 0);
		if(c == 0)
			return Eio;
		if(sys->pread(disk, a[i:], m, clustat(c) + big from) != m)
			return sys->sprint("%r");
		i += m;
	}
	srv.reply(ref Rmsg.Read(t.tag, a));
	return nil;
}

write(t: ref Tmsg.Write): string
{
	(fid, err) := srv.canwrite(t);
	if(fid == nil)
		return err;
	f := files[int fid.path];
	if(f.parent == nil)
		return Styxservers->Enotfound;
	n := len t.data;
	if(t.offset + big n > big 16rffffffff)
		return "file too large for FAT";
	for(i := 0; i < n;){
		o := t.offset + big i;
		from := int (o % big clustsize);
		m := clustsize - from;
		if(m > n - i)
			m = n - i;
		c: int;
		make := Make;
		if(m == clustsize)
			make = Makebare;
		(c, err) = cluster(f, int (o / big clustsize), make);
		if(c == 0)
			break;
		if(sys->pwrite(disk, t.data[i:i+m], m, clustat(c) + big from) != m){
			err = sys->sprint("%r");
			break;
		}
		i += m;
	}
	if(t.offset + big i > f.d.length)
		f.d.length = t.offset + big i;
	f.d.mtime = daytime->now();
	f.d.qid.vers++;
	e := update(f);
	if(err == nil)
		err = e;
	if(err == nil)
		srv.reply(ref Rmsg.Write(t.tag, n));
	return err;
}

remove(f: ref File): string
{
	if(readonly)
		return Erdonly;
	if(f.parent == nil)
		return Styxservers->Enotfound;
	if(f.parent == f)
		return "root directory";
	if(f.d.mode & Sys->DMDIR){
		load1(f);
		if(f.kids != nil)
			return "directory not empty";
	}
	(nil, err) := erase(f);
	if(err != nil)
		return err;
	f.parent.kids = without(f.parent.kids, f);
	f.parent = nil;
	return cut(f, 0);
}

wstat(t: ref Tmsg.Wstat): string
{
	fid := srv.getfid(t.fid);
	if(fid == nil)
		return Styxservers->Ebadfid;
	f := files[int fid.path];
	d := t.stat;
	n := Sys->nulldir;
	if(f.parent == nil)
		return Styxservers->Enotfound;
	if(readonly)
		return Erdonly;
	rename := d.name != n.name && d.name != f.d.name;
	if(rename){
		if(f.parent == f)
			return "root directory";
		if(badname(d.name))
			return Styxservers->Ename;
		other := lookup(f.parent, d.name);
		if(other != nil && other != f)
			return Styxservers->Eexists;
	}
	if(d.mode != n.mode && (d.mode ^ f.d.mode) & Sys->DMDIR)
		return Styxservers->Eperm;
	err: string;
	if(rename){
		(old, e) := erase(f);
		if(e != nil)
			return e;
		f.d.name = d.name;
		if((err = enter(f.parent, f, old)) != nil)
			return err;
	}
	if(d.mode != n.mode)
		if((d.mode & 8r222) == 0)
			f.d.mode &= ~8r222;
		else
			f.d.mode |= 8r222;
	if(d.length != n.length && d.length != f.d.length && (f.d.mode & Sys->DMDIR) == 0)
		err = setlength(f, d.length);
	if(d.mtime != n.mtime)
		f.d.mtime = d.mtime;
	if(err == nil)
		err = update(f);
	if(err == nil)
		srv.reply(ref Rmsg.Wstat(t.tag));
	return err;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "dossrv: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
