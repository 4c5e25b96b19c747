implement Vac;

#
# Archives of files in blocks of a Venti server; see vac(2) and vac(6).
#
# What comes from the server may be made with bad intent: sizes and depths are looked at before they are used. Scores of blocks cannot
# go in circles.
#

include "sys.m";
	sys: Sys;

include "venti.m";
	venti: Venti;
	Session, Scoresize: import venti;

include "vac.m";

Metamagic:	con 16r5656fc7a;	# and the number before, where the index is in another order
Metaheader:	con 12;
Dirmagic:	con 16r1c4d9072;
Dirversion:	con 8;

Maxdepth:	con 7;
Maxfiles:	con 1 << 24;		# in a directory
Minblock:	con 256;
Maxsize:	con big 1 << 48;

Maxmeta:	con big 1 << 30;	# bytes of metadata of a directory

Eshort:		con "record is cut off";
Elarge:		con "too large for an archive";

init(v: Venti)
{
	sys = load Sys Sys->PATH;
	venti = v;
}

#
# numbers and strings, the most significant byte first
#

g16(a: array of byte, o: int): int
{
	return int a[o] << 8 | int a[o+1];
}

g32(a: array of byte, o: int): int
{
	return g16(a, o) << 16 | g16(a, o+2);
}

g48(a: array of byte, o: int): big
{
	return big g16(a, o) << 32 | big g32(a, o+2) & 16rFFFFFFFF;
}

g64(a: array of byte, o: int): big
{
	return big g32(a, o) << 32 | big g32(a, o+4) & 16rFFFFFFFF;
}

p16(a: array of byte, o, v: int): int
{
	a[o] = byte (v >> 8);
	a[o+1] = byte v;
	return o + 2;
}

p32(a: array of byte, o, v: int): int
{
	p16(a, o, v >> 16);
	return p16(a, o+2, v);
}

p64(a: array of byte, o: int, v: big): int
{
	p32(a, o, int (v >> 32));
	return p32(a, o+4, int v);
}

pbytes(a: array of byte, o: int, b: array of byte): int
{
	a[o:] = b;
	return o + len b;
}

# after its length
pstring(a: array of byte, o: int, s: array of byte): int
{
	return pbytes(a, p16(a, o, len s), s);
}

# to the first zero
upto0(a: array of byte): string
{
	for(i := 0; i < len a && a[i] != byte 0; i++)
		;
	return string a[0:i];
}

bounded(s: string, max: int): array of byte
{
	a := array of byte s;
	while(len a > max)
		a = array of byte (s = s[0:len s - 1]);
	return a;
}

#
# records
#

Root.pack(r: self ref Root): array of byte
{
	a := array[Rootsize] of {* => byte 0};
	p16(a, 0, 2);
	pbytes(a, 2, bounded(r.name, 127));
	pbytes(a, 130, bounded(r.kind, 127));
	pbytes(a, 258, r.score);
	p16(a, 278, r.blocksize);
	if(r.prev != nil)
		pbytes(a, 280, r.prev);
	return a;
}

Root.unpack(a: array of byte): (ref Root, string)
{
	if(len a != Rootsize)
		return (nil, "that is no root");
	if(g16(a, 0) != 2)
		return (nil, sys->sprint("root of version %d", g16(a, 0)));
	return (ref Root(upto0(a[2:130]), upto0(a[130:258]), a[258:278], g16(a, 278), a[280:300]), nil);
}

Entry.pack(e: self ref Entry): array of byte
{
	a := array[Entrysize] of {* => byte 0};
	p32(a, 0, e.gen);
	p16(a, 4, e.psize);
	p16(a, 6, e.dsize);
	a[8] = byte (e.flags & ~(7 << 2) | e.depth << 2);
	p16(a, 14, int (e.size >> 32));
	p32(a, 16, int e.size);
	pbytes(a, 20, e.score);
	return a;
}

Entry.unpack(a: array of byte): (ref Entry, string)
{
	flags := int a[8];
	e := ref Entry(g32(a, 0), g16(a, 4), g16(a, 6), flags >> 2 & 7, flags & ~(7 << 2), g48(a, 14), a[20:40]);
	if((e.flags & Eactive) == 0)
		return (e, nil);
	if(e.dsize < Minblock || e.dsize > Venti->Maxblock || e.psize < Minblock || e.psize > Venti->Maxblock)
		return (nil, sys->sprint("entry with blocks of %d and %d bytes", e.psize, e.dsize));
	most := big e.dsize;
	for(i := 0; i < e.depth && most < e.size; i++)
		most *= big (e.psize / Scoresize);
	if(e.size > most)
		return (nil, sys->sprint("entry of %bd bytes, of which the blocks hold only %bd", e.size, most));
	return (e, nil);
}

Direntry.pack(d: self ref Direntry): array of byte
{
	(elem, uid, gid, mid) := (array of byte d.elem, array of byte d.uid, array of byte d.gid, array of byte d.mid);
	a := array[6 + 2 + len elem + 4 + 8 + 6 + len uid + len gid + len mid + 20] of byte;
	o := p16(a, p32(a, 0, Dirmagic), Dirversion);
	o = p32(a, pstring(a, o, elem), d.entry);
	o = p64(a, o, d.qid);
	o = pstring(a, pstring(a, pstring(a, o, uid), gid), mid);
	p32(a, p32(a, p32(a, p32(a, p32(a, o, d.mtime), d.mcount), d.ctime), d.atime), d.mode);
	return a;
}

# what is left of a record
Reader: adt
{
	a:	array of byte;
	bad:	int;

	bytes:	fn(r: self ref Reader, n: int): array of byte;
	word:	fn(r: self ref Reader): int;
	str:	fn(r: self ref Reader): string;
};

Reader.bytes(r: self ref Reader, n: int): array of byte
{
	if(n > len r.a){
		r.bad = 1;
		return array[n] of {* => byte 0};
	}
	b := r.a[0:n];
	r.a = r.a[n:];
	return b;
}

Reader.word(r: self ref Reader): int
{
	return g32(r.bytes(4), 0);
}

Reader.str(r: self ref Reader): string
{
	return string r.bytes(g16(r.bytes(2), 0));
}

Direntry.unpack(a: array of byte): (ref Direntry, string)
{
	r := ref Reader(a, 0);
	if(r.word() != Dirmagic)
		return (nil, "record of a file without its magic number");
	version := g16(r.bytes(2), 0);
	if(version < 7 || version > 10)
		return (nil, sys->sprint("record of a file of version %d", version));
	d := ref Direntry;
	d.elem = r.str();
	d.entry = r.word();
	d.mentry = d.entry + 1;
	if(version >= 9){
		d.gen = r.word();
		d.mentry = r.word();
		d.mgen = r.word();
	}
	d.qid = g64(r.bytes(8), 0);
	if(version == 7)
		r.bytes(Scoresize);
	d.uid = r.str();
	d.gid = r.str();
	d.mid = r.str();
	d.mtime = r.word();
	d.mcount = r.word();
	d.ctime = r.word();
	d.atime = r.word();
	d.mode = r.word();
	# sections may follow: type, length, contents; nobody here needs them
	if(r.bad)
		return (nil, Eshort);
	return (d, nil);
}

goodname(s: string): int
{
	if(s == nil || s == "." || s == "..")
		return 0;
	for(i := 0; i < len s; i++)
		if(s[i] == '/' || s[i] == 0)
			return 0;
	return 1;
}

# mode of a directory entry of the system, and back
dirmode(mode: int): int
{
	m := mode & 8r777;
	if(mode & Mdir)
		m |= Sys->DMDIR;
	if(mode & Mappend)
		m |= Sys->DMAPPEND;
	if(mode & Mexclusive)
		m |= Sys->DMEXCL;
	return m;
}

vacmode(mode: int): int
{
	m := mode & 8r777;
	if(mode & Sys->DMDIR)
		m |= Mdir;
	if(mode & Sys->DMAPPEND)
		m |= Mappend;
	if(mode & Sys->DMEXCL)
		m |= Mexclusive;
	return m;
}

#
# reading
#

Source.new(s: ref Session, e: ref Entry): (ref Source, string)
{
	if((e.flags & Eactive) == 0)
		return (nil, "entry is not in use");
	return (ref Source(s, e, array[Maxdepth + 1] of (array of byte, array of byte)), nil);
}

# the leaf, of its whole size
Source.block(t: self ref Source, n: big): (array of byte, string)
{
	e := t.e;
	per := big (e.psize / Scoresize);
	score := e.score;
	for(h := e.depth; h > 0; h--){
		(a, err) := fetch(t, h, score, Venti->Pointer + h-1, e.psize);
		if(err != nil)
			return (nil, err);
		i := n;
		for(k := 1; k < h; k++)
			i /= per;
		if(h == e.depth && i >= per)
			return (nil, "block is beyond the end");
		o := int (i % per) * Scoresize;
		if(o + Scoresize > len a)
			score = venti->zeroscore();
		else
			score = a[o:o+Scoresize];
	}
	if(e.depth == 0 && n != big 0)
		return (nil, "block is beyond the end");
	kind := Venti->Data;
	if(e.flags & Edir)
		kind = Venti->Dir;
	(a, err) := fetch(t, 0, score, kind, e.dsize);
	if(err != nil)
		return (nil, err);
	if(len a == e.dsize)
		return (a, nil);
	b := array[e.dsize] of {* => byte 0};
	b[0:] = a;
	return (b, nil);
}

fetch(t: ref Source, h: int, score: array of byte, kind, size: int): (array of byte, string)
{
	(sc, a) := t.cached[h];
	if(sc != nil && venti->eq(sc, score))
		return (a, nil);
	err: string;
	(a, err) = t.s.read(score, kind, size);
	if(err != nil)
		return (nil, err);
	t.cached[h] = (score, a);
	return (a, nil);
}

# nil at the end; not more than one block
Source.read(t: self ref Source, off: big, count: int): (array of byte, string)
{
	if(off < big 0 || count < 0)
		return (nil, "bad offset or count");
	if(off >= t.e.size || count == 0)
		return (nil, nil);
	dsize := big t.e.dsize;
	(a, err) := t.block(off / dsize);
	if(err != nil)
		return (nil, err);
	o := int (off % dsize);
	n := len a - o;
	if(big n > t.e.size - off)
		n = int (t.e.size - off);
	if(n > count)
		n = count;
	return (a[o:o+n], nil);
}

# entries do not go over the end of a block
Source.entry(t: self ref Source, n: int): (ref Entry, string)
{
	per := t.e.dsize / Entrysize;
	if(n < 0 || (t.e.flags & Edir) == 0)
		return (nil, "bad number of an entry");
	o := n % per * Entrysize;
	if(big (n / per) * big t.e.dsize + big (o + Entrysize) > t.e.size)
		return (nil, "entry is beyond the end");
	(a, err) := t.block(big (n / per));
	if(err != nil)
		return (nil, err);
	return Entry.unpack(a[o:o+Entrysize]);
}

source(s: ref Session, from: ref Source, n, dir: int): (ref Source, string)
{
	(e, err) := from.entry(n);
	if(err != nil)
		return (nil, err);
	if(e.flags & Eactive && !dir != !(e.flags & Edir))
		return (nil, "entry is of the wrong kind");
	return Source.new(s, e);
}

# the records in a stream of metadata
records(t: ref Source): (list of ref Direntry, string)
{
	if(t.e.size > Maxmeta)
		return (nil, "too much metadata in a directory");
	l: list of ref Direntry;
	n := 0;
	for(off := big 0; off < t.e.size; off += big t.e.dsize){
		(a, err) := t.read(off, t.e.dsize);
		if(err != nil)
			return (nil, err);
		if(len a < Metaheader)
			return (nil, Eshort);
		magic := g32(a, 0);
		if(magic == 0)
			continue;	# nothing has been written there
		if(magic != Metamagic && magic != Metamagic - 1)
			return (nil, "block of metadata without its magic number");
		(size, nindex) := (g16(a, 4), g16(a, 10));
		if(size > len a || g16(a, 8) < nindex || Metaheader + 4*nindex > size)
			return (nil, "block of metadata with bad sizes");
		for(i := 0; i < nindex; i++){
			(o, m) := (g16(a, Metaheader + 4*i), g16(a, Metaheader + 4*i + 2));
			if(o < Metaheader || o + m > size)
				return (nil, "block of metadata with a bad index");
			d: ref Direntry;
			(d, err) = Direntry.unpack(a[o:o+m]);
			if(err != nil)
				return (nil, err);
			if(++n > Maxfiles)
				return (nil, "too many files in a directory");
			l = d :: l;
		}
	}
	r: list of ref Direntry;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, nil);
}

directory(s: ref Session, from: ref Source, entry, mentry: int): (ref Vacdir, string)
{
	(src, err) := source(s, from, entry, 1);
	if(err != nil)
		return (nil, err);
	meta: ref Source;
	(meta, err) = source(s, from, mentry, 0);
	if(err != nil)
		return (nil, err);
	l: list of ref Direntry;
	(l, err) = records(meta);
	if(err != nil)
		return (nil, err);
	return (ref Vacdir(src, l), nil);
}

open(s: ref Session, score: array of byte): (ref Vacdir, ref Direntry, ref Root, string)
{
	(a, err) := s.read(score, Venti->Root, Rootsize);
	if(err != nil)
		return (nil, nil, nil, err);
	r: ref Root;
	(r, err) = Root.unpack(a);
	if(err == nil && r.kind != "vac")
		err = sys->sprint("root of %q and not of vac", r.kind);
	if(err == nil && (r.blocksize < Minblock || r.blocksize > Venti->Maxblock))
		err = sys->sprint("root with blocks of %d bytes", r.blocksize);
	if(err != nil)
		return (nil, nil, nil, err);
	top := ref Entry(0, r.blocksize, r.blocksize, 0, Eactive | Edir, big (3*Entrysize), r.score);
	(src, nil) := Source.new(s, top);
	d: ref Vacdir;
	(d, err) = directory(s, src, 0, 1);
	if(err != nil)
		return (nil, nil, nil, err);
	m: ref Source;
	(m, err) = source(s, src, 2, 0);
	if(err != nil)
		return (nil, nil, nil, err);
	l: list of ref Direntry;
	(l, err) = records(m);
	if(err == nil && len l != 1)
		err = "root has not one record";
	if(err != nil)
		return (nil, nil, nil, err);
	return (d, hd l, r, nil);
}

Vacdir.find(d: self ref Vacdir, name: string): ref Direntry
{
	for(l := d.files; l != nil; l = tl l)
		if((hd l).elem == name)
			return hd l;
	return nil;
}

Vacdir.open(d: self ref Vacdir, f: ref Direntry): (ref Source, string)
{
	return source(d.source.s, d.source, f.entry, 0);
}

Vacdir.opendir(d: self ref Vacdir, f: ref Direntry): (ref Vacdir, string)
{
	return directory(d.source.s, d.source, f.entry, f.mentry);
}

#
# writing
#

Sink.new(s: ref Session, dir, blocksize: int): ref Sink
{
	flags := Eactive;
	if(dir)
		flags |= Edir;
	e := ref Entry(0, blocksize, blocksize, 0, flags, big 0, nil);
	return ref Sink(s, e, array[blocksize] of byte, 0, array[Maxdepth + 1] of array of byte,
		array[Maxdepth + 1] of {* => 0}, 0);
}

Sink.write(t: self ref Sink, a: array of byte): string
{
	if(t.e.size + big len a >= Maxsize)
		return Elarge;
	t.e.size += big len a;
	while(len a > 0){
		if(t.n == len t.buf){
			err := leaf(t);
			if(err != nil)
				return err;
		}
		n := len t.buf - t.n;
		if(n > len a)
			n = len a;
		t.buf[t.n:] = a[0:n];
		t.n += n;
		a = a[n:];
	}
	return nil;
}

Sink.add(t: self ref Sink, e: ref Entry): string
{
	if(t.n + Entrysize > len t.buf){
		t.e.size += big (len t.buf - t.n);	# what is left is not used
		t.n = len t.buf;
		zeros(t.buf, len t.buf / Entrysize * Entrysize);
	}
	return t.write(e.pack());
}

zeros(a: array of byte, from: int)
{
	for(i := from; i < len a; i++)
		a[i] = byte 0;
}

leaf(t: ref Sink): string
{
	kind := Venti->Data;
	if(t.e.flags & Edir)
		kind = Venti->Dir;
	b := array[t.n] of byte;
	b[0:] = t.buf[0:t.n];
	t.n = 0;
	return pointer(t, 0, t.s.put(kind, b));
}

# a score for a block of scores at that height
pointer(t: ref Sink, h: int, score: array of byte): string
{
	if(h > Maxdepth || h == Maxdepth && t.fill[h] > 0)
		return Elarge;
	size := t.e.psize / Scoresize * Scoresize;
	if(t.levels[h] == nil)
		t.levels[h] = array[size] of byte;
	if(t.fill[h] == size){
		err := pointer(t, h + 1, t.s.put(Venti->Pointer + h, t.levels[h]));
		if(err != nil)
			return err;
		t.levels[h] = array[size] of byte;
		t.fill[h] = 0;
	}
	t.levels[h][t.fill[h]:] = score;
	t.fill[h] += Scoresize;
	if(h >= t.top)
		t.top = h + 1;
	return nil;
}

# The last block at each height; the only score at the top is that of the whole.
Sink.finish(t: self ref Sink): (ref Entry, string)
{
	err: string;
	if(t.n > 0 || t.top == 0)
		err = leaf(t);
	for(h := 0; err == nil; h++){
		if(h == t.top - 1 && t.fill[h] == Scoresize){
			t.e.score = t.levels[h][0:Scoresize];
			t.e.depth = h;
			return (t.e, nil);
		}
		err = pointer(t, h + 1, t.s.put(Venti->Pointer + h, t.levels[h][0:t.fill[h]]));
	}
	return (nil, err);
}

Vacout.new(s: ref Session): ref Vacout
{
	return ref Vacout(s, Sink.new(s, 1, Dirblock), 0, nil);
}

Vacout.addfile(v: self ref Vacout, d: ref Direntry, e: ref Entry): string
{
	if(len array of byte d.elem > 1024)
		return "name too long";
	d.entry = v.nentry++;
	d.mentry = d.entry + 1;
	v.files = d :: v.files;
	return v.source.add(e);
}

Vacout.adddir(v: self ref Vacout, d: ref Direntry, src, meta: ref Entry): string
{
	err := v.addfile(d, src);
	if(err != nil)
		return err;
	v.nentry++;
	return v.source.add(meta);
}

Vacout.finish(v: self ref Vacout): (ref Entry, ref Entry, string)
{
	a := array[len v.files] of ref Direntry;
	i := 0;
	for(l := v.files; l != nil; l = tl l)
		a[i++] = hd l;
	sort(a);
	(meta, err) := metadata(v.s, a);
	if(err != nil)
		return (nil, nil, err);
	src: ref Entry;
	(src, err) = v.source.finish();
	return (src, meta, err);
}

# in the order of the bytes of their names, a short one before what begins with it
sort(a: array of ref Direntry)
{
	if(len a < 2)
		return;
	m := len a / 2;
	(b, c) := (array[m] of ref Direntry, a[m:]);
	b[0:] = a[0:m];
	sort(b);
	sort(c);
	d := array[len c] of ref Direntry;
	d[0:] = c;
	i := j := 0;
	for(k := 0; k < len a; k++)
		if(j == len d || i < m && before(b[i].elem, d[j].elem))
			a[k] = b[i++];
		else
			a[k] = d[j++];
}

before(s, t: string): int
{
	# the order of characters is that of their bytes
	return s <= t;
}

metadata(s: ref Session, a: array of ref Direntry): (ref Entry, string)
{
	t := Sink.new(s, 0, Dirblock);
	packed: list of array of byte;
	size := Metaheader;
	for(i := 0; i < len a; i++){
		p := a[i].pack();
		if(size + 4 + len p > Dirblock){
			if(packed == nil)
				return (nil, "name too long");
			err := t.write(metablock(packed, Dirblock));
			if(err != nil)
				return (nil, err);
			packed = nil;
			size = Metaheader;
			if(size + 4 + len p > Dirblock)
				return (nil, "name too long");
		}
		packed = p :: packed;
		size += 4 + len p;
	}
	if(packed != nil){
		err := t.write(metablock(packed, Dirblock));
		if(err != nil)
			return (nil, err);
	}
	return t.finish();
}

# of records, the last one first
metablock(l: list of array of byte, blocksize: int): array of byte
{
	n := len l;
	a := array[blocksize] of {* => byte 0};
	o := Metaheader + 4*n;
	for(k := l; k != nil; k = tl k)
		o += len hd k;
	p32(a, 0, Metamagic);
	p16(a, 4, o);
	p16(a, 6, 0);
	p16(a, 8, n);
	p16(a, 10, n);
	for(i := n - 1; l != nil; l = tl l){
		o -= len hd l;
		pbytes(a, o, hd l);
		p16(a, Metaheader + 4*i, o);
		p16(a, Metaheader + 4*i + 2, len hd l);
		i--;
	}
	return a;
}

# The archive of v as its top, of which d is said; all is at the server when the score comes back.
close(v: ref Vacout, d: ref Direntry, blocksize: int, prev: array of byte): (array of byte, string)
{
	s := v.s;
	(src, meta, err) := v.finish();
	if(err != nil)
		return (nil, err);
	d.entry = 0;
	d.mentry = 1;
	m: ref Entry;
	(m, err) = metadata(s, array[] of {d});
	if(err != nil)
		return (nil, err);
	a := array[3*Entrysize] of byte;
	a[0:] = src.pack();
	a[Entrysize:] = meta.pack();
	a[2*Entrysize:] = m.pack();
	root := ref Root(d.elem, "vac", s.put(Venti->Dir, a), blocksize, prev);
	score := s.put(Venti->Root, root.pack());
	err = s.sync();
	if(err != nil)
		return (nil, err);
	return (score, nil);
}
