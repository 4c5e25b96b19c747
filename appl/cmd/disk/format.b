implement Format;

#
# Makes an empty FAT file system in a file; see dossrv(4). A 9fat partition may begin where the Plan 9 partition does, whose second sector
# has the table of prep(8): that is kept.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "daytime.m";
	daytime: Daytime;

include "disks.m";
	disks: Disks;
	Disk: import disks;

include "names.m";
	names: Names;

include "string.m";
	str: String;

Format: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Sec:	con 512;
Rootents: con 512;		# of FAT 12 and 16

fd: ref Sys->FD;
file: string;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	disks = load Disks Disks->PATH;
	if(disks == nil)
		nomod(Disks->PATH);
	disks->init();
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("disk/format [-d] [-c csize] [-l label] [-n nsectors] file");
	per := 0;
	label := "INFERNO";
	nsec := 0;
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	;
		'c' =>	per = int arg->earg();
		'l' =>	label = str->toupper(arg->earg());
		'n' =>	nsec = int arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	file = hd argv;
	fd = sys->open(file, Sys->ORDWR);
	if(fd == nil)
		fd = sys->create(file, Sys->ORDWR, 8r666);
	if(fd == nil)
		fatal(sys->sprint("can't create %s: %r", file));
	(tabsec, end) := prepared();
	if(end == big 0)
		fatal(file + " has a table of partitions, and none of them is a 9fat at its start; see prep(8)");
	room := sys->fstat(fd).t1.length / big Sec;
	if(tabsec > 0 && end < room)
		room = end;
	if(tabsec > 0 && big nsec > end)
		fatal(sys->sprint("9fat has only %bd sectors", end));
	if(nsec == 0)
		nsec = int room;
	if(nsec == 0)
		nsec = 2880;
	if(per == 0)
		for(per = 1; per < 64 && nsec / per > 65000; per *= 2)
			;
	if(per < 1 || per > 128 || (per & per-1) != 0)
		fatal("bad cluster size " + string per);
	# the width follows from the number of clusters, and the size of the tables from both
	bits := 12;
	if(nsec / per >= 65525 + 16)
		bits = 32;
	else if(nsec / per >= 4085 + 16)
		bits = 16;
	reserved := 1;
	if(tabsec > 0)
		reserved = 2 * tabsec / Sec;
	info := reserved;		# of FAT 32
	backup := 6;
	if(info >= backup)
		backup = info + 1;
	rootsecs := Rootents * 32 / Sec;
	if(bits == 32){
		reserved = 32;
		rootsecs = 0;
	}
	fatsecs := 0;
	nclust: int;
	for(;;){
		nclust = (nsec - reserved - rootsecs - 2*fatsecs) / per;
		need := int ((big (nclust+2) * big bits + big (8*Sec-1)) / big (8*Sec));
		if(need <= fatsecs)
			break;
		fatsecs = need;
	}
	if(nclust < 1 || bits == 12 && nclust >= 4085 || bits == 16 && (nclust < 4085 || nclust >= 65525) || bits == 32 && nclust < 65525)
		fatal(sys->sprint("%d sectors do not make a file system", nsec));

	b := array[Sec] of {* => byte 0};
	b[0:] = array[] of {byte 16reb, byte 16r3c, byte 16r90};
	b[3:] = array of byte "INFERNO ";
	put2(b, 11, Sec);
	b[13] = byte per;
	put2(b, 14, reserved);
	b[16] = byte 2;
	if(nsec < 65536 && bits != 32)
		put2(b, 19, nsec);
	else
		put4(b, 32, nsec);
	b[21] = byte 16rf8;
	put2(b, 24, 63);
	put2(b, 26, 255);
	x := 36;
	if(bits == 32){
		put4(b, 36, fatsecs);
		put4(b, 44, 2);
		put2(b, 48, info);
		put2(b, 50, backup);
		x = 64;
	}else{
		put2(b, 17, Rootents);
		put2(b, 22, fatsecs);
	}
	b[x] = byte 16r80;
	b[x+2] = byte 16r29;
	put4(b, x+3, daytime->now());
	b[x+7:] = pad(label, 11);
	b[x+18:] = pad("FAT" + string bits, 8);
	b[510] = byte 16r55;
	b[511] = byte 16raa;
	write(b, 0);
	if(bits == 32){
		write(b, backup);
		i := array[Sec] of {* => byte 0};
		put4(i, 0, 16r41615252);
		put4(i, 484, 16r61417272);
		put4(i, 488, -1);
		put4(i, 492, -1);
		put4(i, 508, int 16raa550000);
		write(i, info);
		write(i, backup + 1);
	}

	zero := array[Sec] of {* => byte 0};
	for(i := reserved; i < reserved + 2*fatsecs + rootsecs; i++)
		write(zero, i);
	t := array[Sec] of {* => byte 0};
	put4(t, 0, int 16rfffffff8);
	if(bits == 12)
		t[3] = byte 0;
	if(bits == 32){
		put4(t, 0, 16r0ffffff8);
		put4(t, 4, 16r0fffffff);
		put4(t, 8, 16r0fffffff);
		for(i = 0; i < per; i++)
			write(zero, reserved + 2*fatsecs + i);
	}
	write(t, reserved);
	write(t, reserved + fatsecs);
	root := array[Sec] of {* => byte 0};
	root[0:] = pad(label, 11);
	root[11] = byte 8;
	write(root, reserved + 2*fatsecs);
	if(sys->fstat(fd).t1.length < big nsec * big Sec)
		write(zero, nsec - 1);
	sys->print("FAT%d, %d clusters of %d bytes\n", bits, nclust, per * Sec);
}

# the bytes of a sector if the second one has, or is to have, a table of partitions, else 0; and where the 9fat at its start ends, in
# sectors of Sec: 0 if there are others but not that
prepared(): (int, big)
{
	ours := Sec;
	named := names->basename(file, nil) == "9fat";
	if(named && (d := Disk.open(file, Sys->OREAD, 0)) != nil)
		ours = d.secsize;
	for(size := Sec; size <= 4096; size *= 2){
		b := array[size] of byte;
		if(sys->pread(fd, b, size, big size) != size || string b[0:5] != "part ")
			continue;
		for(n := 0; n < size && b[n] != byte 0; n++)
			;
		(nil, lines) := sys->tokenize(string b[0:n], "\n");
		for(; lines != nil; lines = tl lines){
			(nw, w) := sys->tokenize(hd lines, " \t");
			if(nw == 4 && hd tl w == "9fat" && big hd tl tl w == big 0)
				return (size, big hd tl tl tl w * big (size / Sec));
		}
		if(size == ours)
			return (size, big 0);
	}
	if(named)
		return (ours, big 1 << 40);
	return (0, big -1);
}

pad(s: string, n: int): array of byte
{
	a := array[n] of {* => byte ' '};
	b := array of byte s;
	if(len b > n)
		b = b[0:n];
	a[0:] = b;
	return a;
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

write(a: array of byte, sec: int)
{
	if(sys->pwrite(fd, a, Sec, big sec * big Sec) != Sec)
		fatal(sys->sprint("error writing %s: %r", file));
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "format: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "format: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
