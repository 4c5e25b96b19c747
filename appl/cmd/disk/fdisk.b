implement Fdisk;

#
# Edits the partition table of a PC's disk; see prep(8).
#
# Primary partitions are in the table in the first sector. One of them, the extended one, is made of secondary ones: at the start of each,
# a sector with a table of its own tells where its data are and where the next one is. The first such sector is
# that at the start of the extended partition.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

include "disks.m";
	disks: Disks;
	Disk, PCpart, Toffset, TentrySize, NTentry, Magic0, Magic1, Active, Type9: import disks;

Fdisk: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "fdisk";
unitname: con "cylinder";
synopses: con "A name\tset the partition active\n"
	+ "e\tprint names that are free\n"
	+ "t name [type]\tset the type\n";

include "edit.inc";

Minsec:	con 512;
Maxsecondary: con 100;
Maxsector: con big 16rffffffff;

# types of partitions: name, and what the drive knows them by
types := array[] of {
	(16r01, "FAT12", "dos"),
	(16r04, "FAT16", "dos"),
	(16r05, "EXTENDED", ""),
	(16r06, "FATHUGE", "dos"),
	(16r07, "NTFS", "ntfs"),
	(16r0b, "FAT32", "dos"),
	(16r0c, "FAT32LBA", "dos"),
	(16r0e, "FAT16LBA", "dos"),
	(16r0f, "EXTLBA", ""),
	(Type9, "PLAN9", "plan9"),
	(16r82, "LINUXSWAP", "linuxswap"),
	(16r83, "LINUX", "linux"),
	(16r85, "LINUXEXT", ""),
	(16r8e, "LINUXLVM", "linuxlvm"),
	(16ra5, "FREEBSD", "freebsd"),
	(16ra6, "OPENBSD", "openbsd"),
	(16ra9, "NETBSD", "netbsd"),
	(16raf, "HFS", "hfs"),
	(16ree, "GPT", "gpt"),
	(16ref, "EFI", "efi"),
};

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("disk/fdisk [-abfprw] [-s sectorsize] disk");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	auto = 1;
		* =>	option(o);
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	opendisk(hd argv);
	if(d.offset != big 0)
		fatal(hd argv + " is a part of a disk");
	if(d.secs > Maxsector)
		d.secs = Maxsector;
	if(d.h <= 0 || d.s <= 0)
		fatal("bad geometry");
	lo = big d.s;
	if(d.secs <= lo)
		fatal(hd argv + " is too short");
	unit = big (d.h * d.s);
	hi = d.secs - d.secs % unit;
	if(hi == big 0)
		hi = d.secs;
	edit();
}

isextended(ptype: int): int
{
	return ptype == 16r05 || ptype == 16r0f || ptype == 16r85;
}

issecondary(name: string): int
{
	return name[0] == 's';
}

#
# the table on the disk
#

readtable()
{
	b := readsector(big 0);
	if(b == nil)
		fatal(sys->sprint("can't read the disk: %r"));
	if(!signed(b))
		return;
	for(i := 0; i < NTentry; i++){
		a := b[Toffset + i*TentrySize: Toffset + (i+1)*TentrySize];
		e := PCpart.extract(a, d);
		if(e.ptype == 0)
			continue;
		p := found("p" + string (i+1), e);
		p.entry = a;
		if(e.ptype == 16ree)
			damage = "the disk has a table of another kind, a GPT";
		if(isextended(e.ptype)){
			if(outer() != nil)
				damage = "there are two extended partitions";
			p.outer = 1;
		}
	}
	if(outer() != nil && damage == nil)
		secondaries(outer());
	if(damage == nil)
		arrange();
	if(damage == nil)
		damage = check();
}

signed(b: array of byte): int
{
	return b[Minsec-2] == byte Magic0 && b[Minsec-1] == byte Magic1;
}

found(name: string, e: PCpart): ref Part
{
	p := ref Part;
	p.name = name;
	p.start = e.base + e.offset;
	p.end = p.start + e.size;
	p.lead = big 0;
	p.ptype = e.ptype;
	p.active = e.active;
	p.changed = p.outer = 0;
	parts = p :: parts;
	return p;
}

# The links may lead forth and back, as others leave them when a partition has come in place of another; a chain without an end meets a
# partition again, or is too long.
secondaries(extended: ref Part)
{
	at := extended.start;
	n := 0;
	for(i := 0;; i++){
		b := readsector(at);
		if(b == nil || !signed(b)){
			if(i > 0)
				damage = sys->sprint("the chain of secondary partitions breaks at sector %bd", at);
			return;
		}
		next := big 0;
		ndata := 0;
		for(j := 0; j < NTentry; j++){
			e := PCpart.extract(b[Toffset + j*TentrySize:], d);
			if(e.ptype == 0 || e.size == big 0)
				continue;
			if(isextended(e.ptype)){
				if(next != big 0)
					damage = "a secondary partition is followed by two others";
				next = extended.start + e.offset;
				continue;
			}
			if(ndata++ > 0)
				damage = "a table has two secondary partitions";
			e.base = at;
			p := found("s" + string ++n, e);
			p.lead = e.offset;
			p.start = at;
		}
		if(next == big 0 || damage != nil)
			return;
		if(next <= extended.start || next >= extended.end)
			damage = sys->sprint("the chain of secondary partitions leads to sector %bd", next);
		if(i == Maxsecondary)
			damage = "the chain of secondary partitions is too long";
		if(damage != nil)
			return;
		at = next;
	}
}

# In the order of their places. What has come between the table of another and its data pushes that table to its own end: there it is to be
# written.
arrange()
{
	for(l := parts; l != nil; l = tl l){
		p := hd l;
		data := p.start + p.lead;
		for(m := parts; m != nil && issecondary(p.name); m = tl m){
			q := hd m;
			if(issecondary(q.name) && q.start + q.lead > p.start && q.end < data)
				p.start = q.end;
		}
		p.lead = data - p.start;
	}
	sortparts();
	n := 0;
	for(l = parts; l != nil; l = tl l)
		if(issecondary((hd l).name))
			(hd l).name = "s" + string ++n;
}

check(): string
{
	sortparts();
	extended := outer();
	last: ref Part;
	for(l := parts; l != nil; l = tl l){
		p := hd l;
		if(p.start + p.lead >= p.end)
			return p.name + " is empty";
		if(p.end > d.secs)
			return p.name + " ends after the disk";
		if(p.start + p.lead == big 0)
			return p.name + " covers the table";
		if(p == extended)
			continue;
		if(last != nil && p.start < last.end)
			return p.name + " overlaps " + last.name;
		last = p;
		if(issecondary(p.name)){
			if(p.start < extended.start || p.end > extended.end)
				return p.name + " is not in the extended partition";
		}else if(extended != nil && p.start < extended.end && p.end > extended.start)
			return p.name + " overlaps the extended partition";
	}
	return nil;
}

# the tables of secondary partitions first, so that nothing refers to what is not there
table(): (list of (big, array of byte), string)
{
	b := readsector(big 0);
	if(b == nil)
		return (nil, sys->sprint("can't read the disk: %r"));
	if(!signed(b))
		b = array[d.secsize] of {* => byte 0};
	b[Toffset:] = array[NTentry * TentrySize] of {* => byte 0};
	sign(b);
	second: list of ref Part;
	for(l := parts; l != nil; l = tl l){
		p := hd l;
		if(issecondary(p.name)){
			second = p :: second;
			continue;
		}
		a := PCpart(p.active, p.ptype, big 0, p.start, p.end - p.start).bytes(d);
		if(p.entry != nil){
			# another may have another notion of its cylinders
			p.entry[0] = a[0];
			p.entry[4] = a[4];
			a = p.entry;
		}
		b[Toffset + (int p.name[1:] - 1) * TentrySize:] = a;
	}
	r := (big 0, b) :: nil;
	extended := outer();
	if(extended == nil)
		return (r, nil);
	if(second == nil){
		e := array[d.secsize] of {* => byte 0};
		sign(e);
		return ((extended.start, e) :: r, nil);
	}
	# from the last one to the first
	forward: list of (big, array of byte);
	next: ref Part;
	n := len second;
	for(; second != nil; second = tl second){
		p := hd second;
		at := p.start;
		if(tl second == nil)
			at = extended.start;
		e := array[d.secsize] of {* => byte 0};
		data := p.start + p.lead;
		e[Toffset:] = PCpart(p.active, p.ptype, at, data - at, p.end - data).bytes(d);
		if(next != nil){
			link := PCpart(0, 16r05, extended.start, next.start - extended.start, next.end - next.start);
			e[Toffset + TentrySize:] = link.bytes(d);
		}
		sign(e);
		forward = (at, e) :: forward;
		# as it will be called when it is read again
		p.name = "s" + string n--;
		next = p;
	}
	for(; forward != nil; forward = tl forward)
		r = hd forward :: r;
	return (r, nil);
}

sign(b: array of byte)
{
	b[Minsec-2] = byte Magic0;
	b[Minsec-1] = byte Magic1;
}

#
# changes
#

badname(s: string): string
{
	(n, rest) := str->toint(s[1:], 10);
	if(rest == nil && s[1:] == string n){
		if(s[0] == 'p' && n >= 1 && n <= NTentry)
			return nil;
		if(s[0] == 's' && n >= 1 && n <= Maxsecondary)
			return nil;
	}
	return sys->sprint("bad name: they are p1 to p%d for primary, s1 to s%d for secondary partitions", NTentry, Maxsecondary);
}

inway(name: string, p: ref Part): int
{
	return !p.outer || !issecondary(name);
}

made(p: ref Part): string
{
	p.ptype = Type9;
	if(issecondary(p.name)){
		p.lead = big d.s;
		if(p.start + p.lead >= p.end)
			return "too small";
		err := enclose(p);
		if(err != nil)
			return err;
	}
	parts = insert(p, parts);
	return nil;
}

# sees to it that p is in the extended partition
enclose(p: ref Part): string
{
	(start, end) := (p.start, p.end);
	extended := outer();
	if(extended != nil){
		if(extended.start <= start && extended.end >= end)
			return nil;
		if(extended.start < start)
			start = extended.start;
		if(extended.end > end)
			end = extended.end;
	}
	for(l := parts; l != nil; l = tl l){
		q := hd l;
		if(!q.outer && !issecondary(q.name) && q.start < end && q.end > start)
			return q.name + " is between it and the extended partition";
	}
	if(extended == nil){
		for(i := NTentry; i > 0 && find("p" + string i) != nil; i--)
			;
		if(i == 0)
			return "there is no room for an extended partition in the table";
		extended = ref Part;
		extended.name = "p" + string i;
		extended.lead = big 0;
		extended.active = 0;
		extended.outer = 1;
		extended.ptype = 16r05;
	}else
		without(extended);
	extended.start = start;
	extended.end = end;
	extended.entry = nil;
	extended.changed = 1;
	if(end > big 1024 * unit && extended.ptype == 16r05)
		extended.ptype = 16r0f;
	parts = insert(extended, parts);
	return nil;
}

# the extended partition goes with the last secondary one
gone(p: ref Part): string
{
	n := 0;
	for(l := parts; l != nil; l = tl l)
		n += issecondary((hd l).name);
	if(p.outer && n > 0)
		return "there are secondary partitions in it";
	without(p);
	if(issecondary(p.name) && n == 1)
		without(outer());
	return nil;
}

freeslot(): string
{
	for(i := 1; i <= NTentry; i++)
		if(find("p" + string i) == nil)
			return "p" + string i;
	return nil;
}

automatic(): string
{
	active := 0;
	for(l := parts; l != nil; l = tl l){
		if((hd l).ptype == Type9)
			return nil;
		if((hd l).active & Active)
			active = 1;
	}
	name := freeslot();
	if(name == nil)
		return "there is no room in the table";
	start, end: big;
	best := big 0;
	for(g := gaps(name); g != nil; g = tl g){
		(s, e) := hd g;
		e = top(s, e);
		# of whole cylinders if there are any
		if(e - e % unit > s)
			e -= e % unit;
		up := (s + unit - big 1) / unit * unit;
		if(s != lo && up < e)
			s = up;
		if(e - s > best){
			best = e - s;
			(start, end) = (s, e);
		}
	}
	if(best == big 0)
		return "there is no room on the disk";
	err := enter(name, start, end);
	if(err == nil && !active)
		find(name).active = Active;
	return err;
}

command(w: list of string): string
{
	p: ref Part;
	case hd w {
	"e" =>
		if(tl w != nil)
			return "too many arguments";
		for(i := 1; i <= NTentry; i++)
			if(find("p" + string i) == nil)
				sys->print("p%d\n", i);
		if(outer() != nil || freeslot() != nil)
			for(i = 1; i <= Maxsecondary; i++)
				if(find("s" + string i) == nil){
					sys->print("s%d\n", i);
					break;
				}
		return nil;
	"A" or "t" =>
		if(tl w == nil || len w > 3 || hd w == "A" && len w > 2){
			if(hd w == "A")
				return "usage: A name";
			return "usage: t name [type]";
		}
		p = find(hd tl w);
		if(p == nil)
			return hd tl w + " is not there";
	* =>
		return "no such command: " + hd w + "; h prints those there are";
	}
	if(p.outer)
		return "that is the extended partition";
	if(hd w == "t")
		return settype(p, tl tl w);
	if(issecondary(p.name))
		return "only a primary partition can be active";
	for(l := parts; l != nil; l = tl l){
		q := hd l;
		active := 0;
		if(q == p)
			active = Active;
		if(q.active != active && !issecondary(q.name)){
			q.active = active;
			q.changed = changed = 1;
		}
	}
	return nil;
}

settype(p: ref Part, w: list of string): string
{
	if(w == nil){
		for(i := 0; i < len types; i++){
			(t, name, nil) := types[i];
			if(!isextended(t))
				sys->print("%.2x %s\n", t, name);
		}
		(nil, w) = sys->tokenize(ask("type: "), " \t\r\n");
		if(w == nil)
			return "nothing done";
	}
	ptype := 0;
	s := str->toupper(hd w);
	for(i := 0; i < len types; i++)
		if(types[i].t1 == s)
			ptype = types[i].t0;
	if(ptype == 0){
		rest: string;
		(ptype, rest) = str->toint(hd w, 16);
		if(rest != nil || ptype <= 0 || ptype > 255)
			return "bad type " + hd w;
	}
	if(isextended(ptype))
		return "secondary partitions make an extended one";
	if(p.ptype != ptype)
		p.changed = changed = 1;
	p.ptype = ptype;
	return nil;
}

#
# how it is shown
#

mark(p: ref Part): string
{
	if(p.active & Active)
		return "*";
	return " ";
}

remark(p: ref Part): string
{
	for(i := 0; i < len types; i++)
		if(types[i].t0 == p.ptype)
			return types[i].t1;
	return sys->sprint("type %.2x", p.ptype);
}

setctlnames()
{
	used: list of string;
	for(l := parts; l != nil; l = tl l){
		p := hd l;
		p.ctlname = nil;
		if(p.outer)
			continue;
		base := sys->sprint("type%.2x", p.ptype);
		for(i := 0; i < len types; i++)
			if(types[i].t0 == p.ptype)
				base = types[i].t2;
		name := base;
		for(i = 1; among(name, used); i++)
			name = base + "." + string i;
		used = name :: used;
		p.ctlname = name;
	}
}
