implement Disks;

#
# Disks and partitions; see disks(2).
#

include "sys.m";
	sys: Sys;

include "disks.m";

init()
{
	sys = load Sys Sys->PATH;
}

readctl(fd: ref Sys->FD): string
{
	if(fd == nil)
		return nil;
	buf := array[Sys->ATOMICIO] of byte;
	n := sys->pread(fd, buf, len buf, big 0);
	if(n <= 0)
		return nil;
	return string buf[0:n];
}

Disk.open(f: string, mode: int, noctl: int): ref Disk
{
	if(sys == nil)
		init();
	d := ref Disk;
	d.rdonly = d.c = d.h = d.s = d.width = 0;
	d.secs = d.size = d.offset = big 0;
	d.secsize = 512;
	d.fd = sys->open(f, Sys->OREAD);
	if(d.fd == nil)
		return nil;
	if((mode & 3) != Sys->OREAD)
		d.wfd = sys->open(f, Sys->OWRITE);
	d.rdonly = d.wfd == nil;
	for(i := len f; i > 0 && f[i-1] != '/'; i--)
		;
	d.prefix = f[0:i];
	d.part = f[i:];
	(ok, dir) := sys->fstat(d.fd);
	if(ok < 0)
		return nil;
	d.size = dir.length;
	d.dtype = "file";
	if(!noctl && len d.part > 0){
		d.ctlfd = sys->open(d.prefix + "ctl", Sys->ORDWR);
		ctl := readctl(d.ctlfd);
		if(ctl == nil || !fromctl(d, ctl))
			d.ctlfd = nil;
		else
			d.dtype = "sd";
	}
	if(d.secsize <= 0)
		d.secsize = 512;
	d.secs = d.size / big d.secsize;
	if(d.chssrc == nil && !fromtable(d))
		guess(d);
	d.width = len string d.secs;
	return d;
}

#
# lines of a drive's ctl file: geometry sectors size cylinders heads sectors, and part name start end
#
fromctl(d: ref Disk, ctl: string): int
{
	found := 0;
	(nil, lines) := sys->tokenize(ctl, "\n");
	for(; lines != nil; lines = tl lines){
		(n, w) := sys->tokenize(hd lines, " \t");
		if(n >= 3 && hd w == "geometry"){
			d.secsize = int hd tl tl w;
			if(n >= 6){
				w = tl tl tl w;
				d.c = int hd w;
				d.h = int hd tl w;
				d.s = int hd tl tl w;
				if(d.c > 0 && d.h > 0 && d.s > 0)
					d.chssrc = "disk";
			}
		}else if(n >= 4 && hd w == "part" && hd tl w == d.part){
			w = tl tl w;
			start := big hd w;
			d.offset = start;
			d.size = (big hd tl w - start) * big d.secsize;
			found = 1;
		}
	}
	return found;
}

# the ends of partitions tell how many heads and sectors there are
fromtable(d: ref Disk): int
{
	if(d.offset != big 0)
		return 0;
	b := array[512] of byte;
	if(sys->pread(d.fd, b, len b, big 0) != len b || int b[510] != Magic0 || int b[511] != Magic1)
		return 0;
	h := s := 0;
	for(i := 0; i < NTentry; i++){
		t := b[Toffset + i*TentrySize:];
		if(t[4] == byte 0)
			continue;
		eh := int t[5] + 1;
		es := int t[6] & 63;
		if(h == 0)
			(h, s) = (eh, es);
		else if(h != eh || s != es)
			return 0;
	}
	if(h < 2 || s == 0)
		return 0;
	d.h = h;
	d.s = s;
	d.c = int (d.secs / big (h*s));
	d.chssrc = "part";
	return 1;
}

guess(d: ref Disk)
{
	d.s = 63;
	d.h = 16;
	while(d.h < 255 && d.secs / big (d.h*d.s) > big 1023)
		if(d.h < 128)
			d.h *= 2;
		else
			d.h = 255;
	d.c = int (d.secs / big (d.h*d.s));
	d.chssrc = "guess";
}

Disk.readn(d: self ref Disk, buf: array of byte, n: int): int
{
	return sys->readn(d.fd, buf, n);
}

#
# the partition table of personal computers
#

g4(a: array of byte, o: int): big
{
	return big (int a[o] | int a[o+1] << 8 | int a[o+2] << 16) | big a[o+3] << 24;
}

p4(a: array of byte, o: int, v: big)
{
	for(i := 0; i < 4; i++)
		a[o+i] = byte (v >> 8*i);
}

PCpart.extract(a: array of byte, nil: ref Disk): PCpart
{
	p: PCpart;
	p.active = int a[0];
	p.ptype = int a[4];
	p.base = big 0;
	p.offset = g4(a, 8);
	p.size = g4(a, 12);
	return p;
}

PCpart.bytes(p: self PCpart, d: ref Disk): array of byte
{
	a := array[TentrySize] of {* => byte 0};
	if(p.ptype == 0)
		return a;
	a[0] = byte p.active;
	chs(a[1:4], p.base + p.offset, d);
	a[4] = byte p.ptype;
	chs(a[5:8], p.base + p.offset + p.size - big 1, d);
	p4(a, 8, p.offset);
	p4(a, 12, p.size);
	return a;
}

# a sector as cylinder, head and sector, or the largest of each if it is too far
chs(a: array of byte, sec: big, d: ref Disk)
{
	c := h := s := 0;
	big1 := big 1024;
	cyl := big1;
	if(d.h > 0 && d.s > 0)
		cyl = sec / big (d.h*d.s);
	if(cyl >= big1){
		c = 1023;
		h = 254;
		s = 63;
	}else{
		c = int cyl;
		r := int (sec % big (d.h*d.s));
		h = r / d.s;
		s = r % d.s + 1;
	}
	a[0] = byte h;
	a[1] = byte (s & 63 | c >> 2 & 16rc0);
	a[2] = byte c;
}

chstext(p: array of byte): string
{
	h := int p[0];
	c := int p[2] | (int p[1] & 16rc0) << 2;
	s := int p[1] & 63;
	if(sys == nil)
		init();
	return sys->sprint("%d/%d/%d", c, h, s);
}
