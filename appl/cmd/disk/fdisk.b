implement Fdisk;

#
# Edits the partition table of a PC's disk; see prep(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "disks.m";
	disks: Disks;
	Disk, PCpart: import disks;

include "string.m";
	str: String;

Fdisk: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "edit.inc";

First:		con big 63;	# by default; boot programs use what is before
Align:		con big 2048;	# where new partitions begin, if the disk is that large
Maxlogical:	con 60;

# Types: number, name. The first three are extended partitions.
types := array[] of {
	(16r05, "ext"), (16r0f, "extlba"), (16r85, "linuxext"),
	(16r39, "plan9"), (16r01, "fat12"), (16r04, "fat16s"), (16r06, "fat16"), (16r07, "ntfs"), (16r0b, "fat32"), (16r0c, "fat32lba"),
	(16r0e, "fat16lba"), (16r82, "linuxswap"), (16r83, "linux"), (16r8e, "linuxlvm"), (16ra5, "freebsd"), (16ra6, "openbsd"),
	(16ra9, "netbsd"), (16ree, "gpt"), (16ref, "efi"), (16rfd, "linuxraid"),
};

ext: ref Part;		# holds logical partitions, and is none of parts
mbr: array of byte;	# as it was read

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	me = "fdisk";
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	disks = load Disks Disks->PATH;
	if(disks == nil)
		nomod(Disks->PATH);
	disks->init();
	auto := blank := print := write := secsize := 0;
	arg->init(argv);
	arg->setusage("disk/fdisk [-abprw] [-s sectorsize] disk");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	auto = 1;
		'b' =>	blank = 1;
		'p' =>	print = readonly = 1;
		'r' =>	readonly = 1;
		's' =>	secsize = int arg->earg();
		'w' =>	write = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	opendisk(hd argv, secsize);
	dot = lowest();
	e := gettable();
	if(blank){
		parts = nil;
		ext = nil;
		changed = 1;
	}else if(e != nil)
		sys->fprint(sys->fildes(2), "disk/fdisk: %s\n", e);
	if(print){
		ctltext();
		return;
	}
	if(auto && (e = automatic()) != nil)
		fatal(e, "auto");
	if(auto || write)
		show();
	if(write){
		if((e = puttable()) != nil)
			fatal(e, "write");
		return;
	}
	dialogue();
}

lowest(): big
{
	if(disk.secs > Align * big 8)
		return Align;
	if(disk.secs > First * big 4)
		return First;
	return big 1;
}

letter(c: string, w: list of string): string
{
	e: string;
	case c {
	"." =>
		if(len w != 1)
			return "usage: . place";
		p: big;
		(p, e) = place(hd w, disk.secs);
		if(e == nil && (p < big 1 || p > disk.secs))
			e = "no place on the disk";
		if(e == nil)
			dot = p;
	"a" =>
		if(w == nil)
			return "usage: a name [start [end]]";
		e = create(hd w, tl w, 16r39);
	"x" =>
		if(w == nil)
			return "usage: x name [start [end]]";
		if(ext != nil)
			return "there is an extended partition";
		e = create(hd w, tl w, 16r05);
	"A" =>
		if(len w != 1 || (hd w)[0] != 'p' || (p := find(hd w)) == nil)
			return "usage: A name, of a primary partition";
		for(l := parts; l != nil; l = tl l)
			(hd l).active = 0;
		p.active = Disks->Active;
		changed = 1;
	"b" =>
		parts = nil;
		ext = nil;
		changed = 1;
	"d" =>
		if(len w != 1)
			return "usage: d name";
		e = erase(hd w);
	"t" =>
		if(len w != 2)
			return "usage: t name type";
		q := find(hd w);
		if(q == nil)
			return "no partition " + hd w;
		n := typenumber(hd tl w);
		if(n <= 0 || isext(n))
			return "no such type; l for a list";
		q.ptype = n;
		changed = 1;
	"l" =>
		for(i := 0; i < len types; i++){
			(n, name) := types[i];
			sys->print("%.2x %s\n", n, name);
		}
	"p" =>
		show();
	"P" =>
		ctltext();
	"w" =>
		e = puttable();
	"h" or "?" =>
		sys->print(". place\n"+
			"a name [start [end]]	a new partition: p1 to p4, or s1 and on in the extended one; end may be +size\n"+
			"x name [start [end]]	a new extended partition, for more than four\n"+
			"A name	it is the active one\n"+
			"b	a new, empty table\n"+
			"d name	delete it\n"+
			"l	list types of partitions\n"+
			"p	print the table; P as a disk's ctl file has it\n"+
			"t name type	it is of that type\n"+
			"w	write the table\n"+
			"q	quit\n");
	* =>
		return "unknown command; h for help";
	}
	return e;
}

# n of pN or sN, or 0
slot(name: string, c: int): int
{
	if(len name < 2 || len name > 3 || name[0] != c || name[1] < '1' || name[1] > '9' || (len name == 3 && (name[2] < '0' || name[2] > '9')))
		return 0;
	return int name[1:];
}

create(name: string, where: list of string, ptype: int): string
{
	primary := slot(name, 'p');
	logical := slot(name, 's');
	if(primary > 4 || logical > Maxlogical || (primary == 0 && logical == 0) || (logical && isext(ptype)))
		return "names are p1 to p4, and s1 and on in an extended partition";
	if(primary && ext != nil && ext.name == name)
		return "there is a partition " + name;
	lo := lowest();
	hi := disk.secs;
	least := big 1;
	if(logical){
		if(ext == nil)
			return "there is no extended partition";
		lo = ext.start;
		hi = ext.end;
		least = big 3;
		if(dot < lo || dot > hi)
			dot = lo;
	}else if(ext != nil && where == nil){
		# behind it or before it
		if(dot < ext.end)
			dot = ext.end;
		if(gap(dot, hi, big 1) < big 0){
			dot = lo;
			hi = ext.start;
		}
	}
	(start, end, e) := extent(where, lo, hi, least);
	if(e != nil)
		return e;
	if(logical && (start == ext.start || ends(start)))
		start += big 1;		# a sector for its own table is before it
	if(logical && (where == nil || tl where == nil) && end < ext.end)
		end -= big 1;		# and one for the next one's behind it
	p := ref Part(name, start, end, ptype, 0);
	if(logical)
		e = fits(p);
	else if(ext != nil && start < ext.end && ext.start < end)
		e = name + " overlaps " + ext.name;
	else if(start < big 1)
		e = "the table is there";
	if(e == nil && isext(ptype)){
		if((e = insert(p, disk.secs)) == nil){
			delete(name);
			ext = p;
		}
	}else if(e == nil)
		e = insert(p, hi);
	if(e != nil)
		return e;
	dot = end;
	if(isext(ptype))
		dot = start;
	changed = 1;
	return nil;
}

ends(at: big): int
{
	for(l := parts; l != nil; l = tl l)
		if((hd l).end == at)
			return 1;
	return 0;
}

# a logical one lies in the extended one, and the sector before it is free
fits(p: ref Part): string
{
	if(p.start <= ext.start || p.end > ext.end)
		return p.name + " does not lie in the extended partition, behind its first sector";
	for(l := parts; l != nil; l = tl l)
		if((hd l).end == p.start || (hd l).start == p.end && (hd l).start < ext.end && (hd l).start > ext.start)
			return sys->sprint("a free sector is needed between %s and %s", (hd l).name, p.name);
	return nil;
}

erase(name: string): string
{
	if(ext != nil && ext.name == name){
		for(l := parts; l != nil; l = tl l)
			if((hd l).name[0] == 's')
				return "there are partitions in it";
		ext = nil;
		changed = 1;
		return nil;
	}
	return delete(name);
}

show()
{
	if(ext != nil)
		line(ext.name, ext.start, ext.end, typename(ext.ptype));
	summary(big 1, disk.secs);
}

describe(p: ref Part): string
{
	return typename(p.ptype);
}

isext(n: int): int
{
	return n == 16r05 || n == 16r0f || n == 16r85;
}

typename(n: int): string
{
	for(i := 0; i < len types; i++){
		(k, name) := types[i];
		if(k == n)
			return name;
	}
	return sys->sprint("type %.2x", n);
}

typenumber(s: string): int
{
	for(i := 0; i < len types; i++){
		(n, name) := types[i];
		if(name == s)
			return n;
	}
	(n, rest) := str->toint(s, 16);
	if(s == nil || rest != nil || n > 255)
		return -1;
	return n;
}

# ------------------------------------------------------------ on the disk

entry(a: array of byte, i: int): PCpart
{
	o := Disks->Toffset + i * Disks->TentrySize;
	return PCpart.extract(a[o:o + Disks->TentrySize], disk);
}

putentry(a: array of byte, i: int, p: PCpart)
{
	a[Disks->Toffset + i * Disks->TentrySize:] = p.bytes(disk);
}

signed(a: array of byte): int
{
	return a[510] == byte Disks->Magic0 && a[511] == byte Disks->Magic1;
}

# what is wrong with the table that is there
gettable(): string
{
	mbr = readsector(big 0);
	if(!signed(mbr))
		return "no partition table";
	for(i := 0; i < Disks->NTentry; i++){
		q := entry(mbr, i);
		if(q.ptype == 0 || q.size == big 0)
			continue;
		p := ref Part("p" + string (i + 1), q.offset, q.offset + q.size, q.ptype, q.active);
		e := insert(p, disk.secs);
		if(e != nil)
			return "bad partition table: " + e;
		if(isext(q.ptype)){
			if(ext != nil)
				return "bad partition table: two extended partitions";
			delete(p.name);
			changed = 0;
			ext = p;
		}
		if(q.ptype == 16ree)
			sys->fprint(sys->fildes(2), "disk/fdisk: the disk has a table of another kind (gpt), which is not looked at\n");
	}
	if(ext == nil)
		return nil;
	base := ext.start;
	for(n := 1; n <= Maxlogical; n++){
		a := readsector(base);
		if(!signed(a))
			return nil;
		q := entry(a, 0);
		if(q.ptype != 0 && q.size != big 0){
			p := ref Part("s" + string n, base + q.offset, base + q.offset + q.size, q.ptype, 0);
			e := fits(p);
			if(e == nil)
				e = insert(p, ext.end);
			if(e != nil)
				return "bad extended partition: " + e;
		}
		q = entry(a, 1);
		if(!isext(q.ptype) || q.offset == big 0)
			return nil;
		# on, never back
		if(ext.start + q.offset <= base || ext.start + q.offset >= ext.end)
			return "bad extended partition: its chain leads astray";
		base = ext.start + q.offset;
	}
	return "too many logical partitions";
}

pcpart(p: ref Part, base: big): PCpart
{
	q: PCpart;
	q.active = p.active;
	q.ptype = p.ptype;
	q.base = base;
	q.offset = p.start - base;
	q.size = p.end - p.start;
	return q;
}

# The extended partition's chain first, so that the table is the last to be written. Each logical partition has its table in the sector
# before it, the first one at the start of the extended one.
puttable(): string
{
	e: string;
	none: PCpart;
	none.ptype = 0;
	a := array[disk.secsize] of byte;
	a[0:] = mbr;
	for(i := 0; i < Disks->NTentry; i++){
		p := find("p" + string (i + 1));
		if(p == nil && ext != nil && slot(ext.name, 'p') == i + 1)
			p = ext;
		if(p != nil)
			putentry(a, i, pcpart(p, big 0));
		else
			putentry(a, i, none);
	}
	a[510] = byte Disks->Magic0;
	a[511] = byte Disks->Magic1;
	if(disk.secs > big 16rffffffff)
		return "the disk is too large for a table of this kind";
	if(ext != nil && (e = putchain()) != nil)
		return e;
	if((e = writesector(big 0, a)) != nil)
		return e;
	mbr = a;
	changed = 0;
	if(disk.ctlfd != nil)
		for(l := parts; l != nil; l = tl l)
			if(sys->fprint(disk.ctlfd, "%s", (hd l).ctltext()) < 0)
				sys->print("?%s: %r\n", (hd l).name);
	return nil;
}

putchain(): string
{
	logical: list of ref Part;
	for(l := parts; l != nil; l = tl l)
		if((hd l).name[0] == 's')
			logical = hd l :: logical;
	if(logical == nil)
		return puttab(ext.start, nil, nil, big 0);
	next: ref Part;
	base := big 0;		# of its table
	for(; logical != nil; logical = tl logical){
		at := ext.start;
		if(tl logical != nil)
			at = (hd logical).start - big 1;
		e := puttab(at, hd logical, next, base);
		if(e != nil)
			return e;
		next = hd logical;
		base = at;
	}
	return nil;
}

# a table at at, of p and where the next one is
puttab(at: big, p, next: ref Part, base: big): string
{
	a := array[disk.secsize] of {* => byte 0};
	if(p != nil)
		putentry(a, 0, pcpart(p, at));
	if(next != nil){
		q := pcpart(next, ext.start);
		q.active = 0;
		q.ptype = 16r05;
		q.offset = base - ext.start;
		q.size = next.end - base;
		putentry(a, 1, q);
	}
	a[510] = byte Disks->Magic0;
	a[511] = byte Disks->Magic1;
	return writesector(at, a);
}

# a partition for Plan 9 in the largest free run
automatic(): string
{
	for(l := parts; l != nil; l = tl l)
		if((hd l).ptype == Disks->Type9)
			return nil;
	for(i := 1; i <= 4; i++)
		if(find("p" + string i) == nil && (ext == nil || ext.name != "p" + string i))
			break;
	if(i > 4)
		return "there are four partitions already";
	all := parts;
	if(ext != nil && (e := insert(ref *ext, disk.secs)) != nil)
		return e;
	(lo, hi) := largest(lowest(), disk.secs);
	parts = all;
	if(hi <= lo)
		return "no room";
	active := Disks->Active;
	for(l = parts; l != nil; l = tl l)
		if((hd l).active)
			active = 0;
	changed = 1;
	return insert(ref Part("p" + string i, lo, hi, Disks->Type9, active), disk.secs);
}
