implement Prep;

#
# Edits the table of the partitions that a Plan 9 partition is divided into; see prep(8). It is text, in the second sector.
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
	Disk: import disks;

Prep: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "prep";
unitname: con "sector";
synopses: con "c name newname\tchange the name\n";

include "edit.inc";

Tablesector: con big 1;
Reserved: con big 2;		# boot code and the table; 9fat leaves room for them
Maxname: con 27;
MB:	con big (1<<20);

# what -a can make: least and greatest size in bytes (0: a sector; -1: no limit), share of what is left
Kind: adt
{
	name:	string;
	min, max: big;
	weight:	int;
};

kinds := array[] of {
	Kind("9fat", MB, big 100 * MB, 10),
	Kind("nvram", big 0, big 0, 0),
	Kind("fscfg", big 0, big 0, 0),
	Kind("fs", MB, big -1, 100),
	Kind("kfs", MB, big -1, 100),
	Kind("fossil", MB, big -1, 100),
	Kind("arenas", MB, big -1, 400),
	Kind("isect", MB, big -1, 20),
	Kind("bloom", MB, big 512 * MB, 1),
	Kind("other", MB, big -1, 50),
	Kind("swap", MB, big 512 * MB, 15),
	Kind("cache", MB, big 1024 * MB, 20),
};

wanted: list of ref Want;		# by -a, the last one first
checking := 0;

Want: adt
{
	k:	Kind;
	size:	big;		# in sectors
	settled: int;
};

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("disk/prep [-bcfnprw] [-a name]... [-s sectorsize] plan9partition");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>
			auto = 1;
			want(arg->earg());
		'c' =>	checking = 1;
		'n' =>	notell = 1;
		* =>	option(o);
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	opendisk(hd argv);
	if(d.secs <= Reserved)
		fatal(hd argv + " is too short");
	if(checking){
		readtable();
		if(damage != nil)
			fatal(hd argv + ": " + damage);
		if(!auto && !blank && !printing && !writing)
			return;
		parts = nil;
	}
	edit();
}

want(name: string)
{
	for(l := wanted; l != nil; l = tl l)
		if((hd l).k.name == name)
			fatal(name + " is wanted twice");
	for(i := 0; i < len kinds; i++)
		if(kinds[i].name == name){
			wanted = ref Want(kinds[i], big 0, 0) :: wanted;
			return;
		}
	s := "";
	for(i = 0; i < len kinds; i++)
		s += " " + kinds[i].name;
	fatal("cannot make " + name + " automatically; what can be made is" + s);
}

#
# the table on the disk
#

readtable()
{
	b := readsector(Tablesector);
	if(b == nil)
		fatal(sys->sprint("can't read the disk: %r"));
	if(string b[0:5] != "part ")
		return;
	for(n := 0; n < len b && b[n] != byte 0; n++)
		;
	(nil, lines) := sys->tokenize(string b[0:n], "\n");
	for(; lines != nil; lines = tl lines){
		(nw, w) := sys->tokenize(hd lines, " \t");
		if(nw != 4 || hd w != "part" || !numeric(hd tl tl w) || !numeric(hd tl tl tl w)){
			damage = sys->sprint("bad line %q", hd lines);
			return;
		}
		w = tl w;
		p := ref Part;
		p.name = hd w;
		p.start = big hd tl w;
		p.end = big hd tl tl w;
		p.lead = big 0;
		p.outer = p.changed = p.ptype = p.active = 0;
		if(find(p.name) != nil)
			damage = p.name + " is there twice";
		else
			damage = badname(p.name);
		parts = p :: parts;
		if(damage != nil)
			return;
	}
	sortparts();
	last: ref Part;
	for(l := parts; l != nil; l = tl l){
		p := hd l;
		if(p.start >= p.end)
			damage = p.name + " is empty";
		else if(p.end > d.secs)
			damage = p.name + " ends after the disk";
		else if(p.start < Reserved && p.name != "9fat")
			damage = p.name + " covers the table";
		else if(last != nil && p.start < last.end)
			damage = p.name + " overlaps " + last.name;
		last = p;
	}
}

numeric(s: string): int
{
	return len s <= 18 && str->drop(s, "0-9") == nil;
}

table(): (list of (big, array of byte), string)
{
	s := "";
	for(l := parts; l != nil; l = tl l){
		p := hd l;
		s += sys->sprint("part %s %bd %bd\n", p.name, p.start, p.end);
	}
	t := array of byte s;
	if(len t > d.secsize)
		return (nil, "there are too many partitions: the table has to fit into a sector");
	b := array[d.secsize] of {* => byte 0};
	b[0:] = t;
	return ((Tablesector, b) :: nil, nil);
}

#
# changes
#

badname(s: string): string
{
	if(len array of byte s > Maxname)
		return s + ": the name is too long";
	for(i := 0; i < len s; i++)
		if(s[i] <= ' ' || s[i] == 16r7f || s[i] == '/' || s[i] == '\'' || s[i] == Sys->UTFerror)
			return s + ": bad character in name";
	if(d.ctlfd != nil && (s == "data" || s == "ctl" || s == "raw" || s == d.part))
		return s + ": the drive has that";
	return nil;
}

inway(nil: string, nil: ref Part): int
{
	return 1;
}

made(p: ref Part): string
{
	if(p.start < Reserved && p.name != "9fat")
		return sys->sprint("the first %bd sectors are for boot code and the table; only 9fat can begin there", Reserved);
	parts = insert(p, parts);
	return nil;
}

gone(p: ref Part): string
{
	without(p);
	return nil;
}

command(w: list of string): string
{
	if(hd w != "c")
		return "no such command: " + hd w + "; h prints those there are";
	if(len w != 3)
		return "usage: c name newname";
	p := find(hd tl w);
	if(p == nil)
		return hd tl w + " is not there";
	name := hd tl tl w;
	if(find(name) != nil)
		return name + " is there already";
	err := badname(name);
	if(err == nil && p.start < Reserved)
		err = "it covers the table; that is for 9fat only";
	if(err != nil)
		return err;
	p.name = name;
	p.changed = changed = 1;
	return nil;
}

# makes what is wanted, if there is nothing yet
automatic(): string
{
	if(parts != nil)
		return nil;
	l: list of ref Want;
	fat: ref Want;
	start := Reserved;
	for(; wanted != nil; wanted = tl wanted)
		if((hd wanted).k.name == "9fat"){
			fat = hd wanted;
			start = big 0;
		}else
			l = hd wanted :: l;
	if(fat != nil)
		l = fat :: l;
	err := share(l, d.secs - start);
	for(; err == nil && l != nil; l = tl l){
		w := hd l;
		err = enter(w.k.name, start, start + w.size);
		start += w.size;
	}
	return err;
}

# divides left sectors by the weights of those whose size is not fixed; who gets too little or too much gets its limit, and the others
# what is left then
share(l: list of ref Want, left: big): string
{
	for(again := 1; again;){
		again = 0;
		rest := left;
		weights := 0;
		for(m := l; m != nil; m = tl m){
			if((hd m).settled)
				rest -= (hd m).size;
			else
				weights += (hd m).k.weight;
		}
		if(rest < big 0)
			return "there is not enough room";
		for(m = l; m != nil && !again; m = tl m){
			w := hd m;
			if(w.settled)
				continue;
			size := big 0;
			if(w.k.weight > 0)
				size = rest * big w.k.weight / big weights;
			min := sectors(w.k.min);
			max := sectors(w.k.max);
			if(w.k.max >= big 0 && size > max){
				size = max;
				w.settled = again = 1;
			}
			if(size < min){
				size = min;
				w.settled = again = 1;
			}
			w.size = size;
		}
	}
	# the sectors that rounding leaves
	last: ref Want;
	for(; l != nil; l = tl l){
		if(!(hd l).settled)
			last = hd l;
		left -= (hd l).size;
	}
	if(last != nil)
		last.size += left;
	return nil;
}

sectors(n: big): big
{
	if(n == big 0)
		return big 1;
	return (n + big d.secsize - big 1) / big d.secsize;
}

#
# how it is shown
#

mark(nil: ref Part): string
{
	return " ";
}

remark(nil: ref Part): string
{
	return nil;
}

setctlnames()
{
	for(l := parts; l != nil; l = tl l)
		(hd l).ctlname = (hd l).name;
}
