implement Prep;

#
# Edits the table of a Plan 9 partition; see prep(8).
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
	Disk: import disks;

Prep: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

include "edit.inc";

Table:	con big 1;	# its sector; the first one is for boot programs
First:	con big 2;

# What -a makes: name, least and largest size, and share of the disk, in hundredths.
Auto: adt
{
	name:		string;
	min, max:	big;
	share:		int;
};
K: con big 1024;
autos := array[] of {
	Auto("9fat", big 10 * K * K, big 100 * K * K, 10),
	Auto("nvram", big 512, big 512, 0),
	Auto("fscfg", big 1024, big 8192, 0),
	Auto("swap", big 100 * K * K, big 512 * K * K, 10),
	Auto("cache", big 50 * K * K, big 1024 * K * K, 10),
	Auto("other", big 0, big 0, 20),
	Auto("fs", big 0, big 0, 100),
	Auto("kfs", big 0, big 0, 100),
	Auto("fossil", big 0, big 0, 100),
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	me = "prep";
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	disks = load Disks Disks->PATH;
	if(disks == nil)
		nomod(Disks->PATH);
	disks->init();
	blank := print := write := secsize := 0;
	wanted: list of string;
	arg->init(argv);
	arg->setusage("disk/prep [-bprw] [-a name] ... [-s sectorsize] plan9partition");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	wanted = arg->earg() :: wanted;
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
	dot = First;
	e := gettable();
	if(e != nil && !blank && wanted == nil)
		sys->fprint(sys->fildes(2), "disk/prep: %s\n", e);
	if(blank || (wanted != nil && parts != nil && e != nil)){
		parts = nil;
		changed = 1;
	}
	if(print){
		ctltext();
		return;
	}
	if(wanted != nil && (e = automatic(wanted)) != nil)
		fatal(e, "auto");
	if(write || wanted != nil){
		summary(First, disk.secs);
		if(write && (e = puttable()) != nil)
			fatal(e, "write");
		if(write)
			return;
	}
	dialogue();
}

letter(c: string, w: list of string): string
{
	case c {
	"." =>
		if(len w != 1)
			return "usage: . place";
		(p, e) := place(hd w, disk.secs);
		if(e == nil && (p < First || p > disk.secs))
			e = "no place on the disk";
		if(e != nil)
			return e;
		dot = p;
	"a" =>
		if(w == nil)
			return "usage: a name [start [end]]";
		if(!goodname(hd w))
			return "bad name";
		(start, end, e) := extent(tl w, First, disk.secs, big 1);
		if(e == nil && start < First)
			e = "the table is there";
		if(e == nil)
			e = insert(ref Part(hd w, start, end, 0, 0), disk.secs);
		if(e != nil)
			return e;
		dot = end;
		changed = 1;
	"b" =>
		parts = nil;
		dot = First;
		changed = 1;
	"d" =>
		if(len w != 1)
			return "usage: d name";
		return delete(hd w);
	"p" =>
		summary(First, disk.secs);
	"P" =>
		ctltext();
	"w" =>
		return puttable();
	"h" or "?" =>
		sys->print(". place\n"+
			"a name [start [end]]	a new partition; end may be +size\n"+
			"b	a new, empty table\n"+
			"d name	delete it\n"+
			"p	print the table; P as a disk's ctl file has it\n"+
			"w	write it\n"+
			"q	quit\n");
	* =>
		return "unknown command; h for help";
	}
	return nil;
}

describe(nil: ref Part): string
{
	return "";
}

goodname(s: string): int
{
	if(s == nil || len s > 27)
		return 0;
	for(i := 0; i < len s; i++)
		if(s[i] <= ' ' || s[i] == '/' || s[i] == 16r7f)
			return 0;
	return 1;
}

# what is wrong with the table that is there
gettable(): string
{
	a := readsector(Table);
	for(n := 0; n < len a && a[n] != byte 0; n++)
		;
	(nil, lines) := sys->tokenize(string a[0:n], "\n");
	for(; lines != nil; lines = tl lines){
		(k, w) := sys->tokenize(hd lines, " \t");
		if(k != 4 || hd w != "part" || !goodname(hd tl w) || !digits(hd tl tl w) || !digits(hd tl tl tl w)){
			if(parts == nil)
				return "no partition table";
			return "the partition table ends with something else";
		}
		e := insert(ref Part(hd tl w, big hd tl tl w, big hd tl tl tl w, 0, 0), disk.secs);
		if(e != nil)
			return "bad partition table: " + e;
	}
	return nil;
}

digits(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return 0;
	return len s > 0 && len s < 18;
}

puttable(): string
{
	s := "";
	for(l := parts; l != nil; l = tl l)
		s += (hd l).ctltext() + "\n";
	t := array of byte s;
	if(len t >= disk.secsize)
		return "too many partitions for the table";
	a := array[disk.secsize] of {* => byte 0};
	a[0:] = t;
	e := writesector(Table, a);
	if(e == nil){
		changed = 0;
		tell();
	}
	return e;
}

# the disk's own view of its partitions follows the table
tell()
{
	if(disk.ctlfd == nil)
		return;
	for(l := parts; l != nil; l = tl l){
		p := ref *hd l;
		p.start += disk.offset;
		p.end += disk.offset;
		if(sys->fprint(disk.ctlfd, "%s", p.ctltext()) < 0)
			sys->print("?%s: %r\n", p.name);
	}
}

# those of the list, from the last word to the first as they were given, share what is free
automatic(l: list of string): string
{
	want: list of ref Auto;
	for(; l != nil; l = tl l){
		for(i := 0; i < len autos && autos[i].name != hd l; i++)
			;
		if(i == len autos)
			return hd l + ": no such kind of partition";
		want = ref autos[i] :: want;
	}
	(lo, hi) := largest(First, disk.secs);
	total := (hi - lo) * big disk.secsize;
	left := total;
	for(; want != nil; want = tl want){
		a := hd want;
		n := total * big a.share / big 100;
		if(a.max != big 0 && n > a.max)
			n = a.max;
		if(n < a.min)
			n = a.min;
		if(n > left)
			n = left;
		secs := (n + big (disk.secsize - 1)) / big disk.secsize;
		if(secs > hi - lo)
			secs = hi - lo;
		if(secs <= big 0)
			return a.name + ": no room";
		e := insert(ref Part(a.name, lo, lo + secs, 0, 0), disk.secs);
		if(e != nil)
			return e;
		lo += secs;
		left = (hi - lo) * big disk.secsize;
		changed = 1;
	}
	return nil;
}
