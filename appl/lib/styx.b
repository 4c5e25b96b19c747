implement Styx;

#
# Messages of the file protocol; see styx(2) and intro(5).
#
# A message is size[4] type[1] tag[2] and a body.  Packing writes into an
# array of the size found by packedsize; unpacking reads through an Rd, which
# turns bad for good when the bytes run out.
#

include "sys.m";
	sys: Sys;
	Dir, Qid: import Sys;

include "styx.m";

Hdrsize:	con BIT32SZ + BIT8SZ + BIT16SZ;
Maxstring:	con 16rFFFF;

ttype := array[] of {
	tagof Tmsg.Readerror => 0,
	tagof Tmsg.Version => Tversion,
	tagof Tmsg.Auth => Tauth,
	tagof Tmsg.Attach => Tattach,
	tagof Tmsg.Flush => Tflush,
	tagof Tmsg.Walk => Twalk,
	tagof Tmsg.Open => Topen,
	tagof Tmsg.Create => Tcreate,
	tagof Tmsg.Read => Tread,
	tagof Tmsg.Write => Twrite,
	tagof Tmsg.Clunk => Tclunk,
	tagof Tmsg.Stat => Tstat,
	tagof Tmsg.Remove => Tremove,
	tagof Tmsg.Wstat => Twstat,
};

rtype := array[] of {
	tagof Rmsg.Readerror => 0,
	tagof Rmsg.Version => Rversion,
	tagof Rmsg.Auth => Rauth,
	tagof Rmsg.Attach => Rattach,
	tagof Rmsg.Flush => Rflush,
	tagof Rmsg.Error => Rerror,
	tagof Rmsg.Clunk => Rclunk,
	tagof Rmsg.Remove => Rremove,
	tagof Rmsg.Wstat => Rwstat,
	tagof Rmsg.Walk => Rwalk,
	tagof Rmsg.Create => Rcreate,
	tagof Rmsg.Open => Ropen,
	tagof Rmsg.Read => Rread,
	tagof Rmsg.Write => Rwrite,
	tagof Rmsg.Stat => Rstat,
};

init()
{
	sys = load Sys Sys->PATH;
}

#
# packing
#

p8(a: array of byte, o, v: int): int
{
	a[o] = byte v;
	return o + 1;
}

p16(a: array of byte, o, v: int): int
{
	a[o] = byte v;
	a[o+1] = byte (v >> 8);
	return o + 2;
}

p32(a: array of byte, o, v: int): int
{
	p16(a, o, v);
	return p16(a, o+2, v >> 16);
}

p64(a: array of byte, o: int, v: big): int
{
	p32(a, o, int v);
	return p32(a, o+4, int (v >> 32));
}

pstring(a: array of byte, o: int, s: string): int
{
	b := array of byte s;
	p16(a, o, len b);
	a[o+2:] = b;
	return o + 2 + len b;
}

pqid(a: array of byte, o: int, q: Qid): int
{
	p8(a, o, q.qtype);
	p32(a, o+1, q.vers);
	return p64(a, o+5, q.path);
}

pdata(a: array of byte, o: int, d: array of byte): int
{
	o = p32(a, o, len d);
	a[o:] = d;
	return o + len d;
}

pdir(a: array of byte, o: int, d: Dir): int
{
	o = p16(a, o, packdirsize(d) - BIT16SZ);
	o = p16(a, o, d.dtype);
	o = p32(a, o, d.dev);
	o = pqid(a, o, d.qid);
	o = p32(a, o, d.mode);
	o = p32(a, o, d.atime);
	o = p32(a, o, d.mtime);
	o = p64(a, o, d.length);
	o = pstring(a, o, d.name);
	o = pstring(a, o, d.uid);
	o = pstring(a, o, d.gid);
	return pstring(a, o, d.muid);
}

utflen(s: string): int
{
	n := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		if(c < 16r80)
			n++;
		else if(c < 16r800)
			n += 2;
		else if(c < 16r10000)
			n += 3;
		else
			n += 4;
	}
	return n;
}

# bytes of a packed string
slen(s: string): int
{
	return BIT16SZ + utflen(s);
}

packdirsize(d: Dir): int
{
	return STATFIXLEN + utflen(d.name) + utflen(d.uid) + utflen(d.gid) + utflen(d.muid);
}

packdir(d: Dir): array of byte
{
	a := array[packdirsize(d)] of byte;
	pdir(a, 0, d);
	return a;
}

# size, type and tag: where the body starts
header(a: array of byte, mtype, tag: int): int
{
	p32(a, 0, len a);
	p8(a, BIT32SZ, mtype);
	return p16(a, BIT32SZ + BIT8SZ, tag);
}

Tmsg.mtype(t: self ref Tmsg): int
{
	return ttype[tagof t];
}

Tmsg.packedsize(t: self ref Tmsg): int
{
	n := Hdrsize;
	pick m := t {
	Readerror =>
		return 0;
	Version =>
		n += BIT32SZ + slen(m.version);
	Auth =>
		n += BIT32SZ + slen(m.uname) + slen(m.aname);
	Attach =>
		n += 2*BIT32SZ + slen(m.uname) + slen(m.aname);
	Flush =>
		n += BIT16SZ;
	Walk =>
		n += 2*BIT32SZ + BIT16SZ;
		for(i := 0; i < len m.names; i++)
			n += slen(m.names[i]);
	Open =>
		n += BIT32SZ + BIT8SZ;
	Create =>
		n += BIT32SZ + slen(m.name) + BIT32SZ + BIT8SZ;
	Read =>
		n += BIT32SZ + BIT64SZ + BIT32SZ;
	Write =>
		n += BIT32SZ + BIT64SZ + BIT32SZ + len m.data;
	Clunk or Stat or Remove =>
		n += BIT32SZ;
	Wstat =>
		n += BIT32SZ + BIT16SZ + packdirsize(m.stat);
	}
	return n;
}

Tmsg.pack(t: self ref Tmsg): array of byte
{
	n := t.packedsize();
	if(n == 0)
		return nil;
	a := array[n] of byte;
	o := header(a, t.mtype(), t.tag);
	pick m := t {
	Version =>
		o = p32(a, o, m.msize);
		pstring(a, o, m.version);
	Auth =>
		o = p32(a, o, m.afid);
		o = pstring(a, o, m.uname);
		pstring(a, o, m.aname);
	Attach =>
		o = p32(a, o, m.fid);
		o = p32(a, o, m.afid);
		o = pstring(a, o, m.uname);
		pstring(a, o, m.aname);
	Flush =>
		p16(a, o, m.oldtag);
	Walk =>
		o = p32(a, o, m.fid);
		o = p32(a, o, m.newfid);
		o = p16(a, o, len m.names);
		for(i := 0; i < len m.names; i++)
			o = pstring(a, o, m.names[i]);
	Open =>
		o = p32(a, o, m.fid);
		p8(a, o, m.mode);
	Create =>
		o = p32(a, o, m.fid);
		o = pstring(a, o, m.name);
		o = p32(a, o, m.perm);
		p8(a, o, m.mode);
	Read =>
		o = p32(a, o, m.fid);
		o = p64(a, o, m.offset);
		p32(a, o, m.count);
	Write =>
		o = p32(a, o, m.fid);
		o = p64(a, o, m.offset);
		pdata(a, o, m.data);
	Clunk or Stat or Remove =>
		p32(a, o, m.fid);
	Wstat =>
		o = p32(a, o, m.fid);
		o = p16(a, o, packdirsize(m.stat));
		pdir(a, o, m.stat);
	}
	return a;
}

Rmsg.mtype(r: self ref Rmsg): int
{
	return rtype[tagof r];
}

Rmsg.packedsize(r: self ref Rmsg): int
{
	n := Hdrsize;
	pick m := r {
	Readerror =>
		return 0;
	Version =>
		n += BIT32SZ + slen(m.version);
	Auth =>
		n += QIDSZ;
	Attach =>
		n += QIDSZ;
	Error =>
		n += slen(m.ename);
	Walk =>
		n += BIT16SZ + len m.qids * QIDSZ;
	Create or Open =>
		n += QIDSZ + BIT32SZ;
	Read =>
		n += BIT32SZ + len m.data;
	Write =>
		n += BIT32SZ;
	Stat =>
		n += BIT16SZ + packdirsize(m.stat);
	}
	return n;
}

Rmsg.pack(r: self ref Rmsg): array of byte
{
	n := r.packedsize();
	if(n == 0)
		return nil;
	a := array[n] of byte;
	o := header(a, r.mtype(), r.tag);
	pick m := r {
	Version =>
		o = p32(a, o, m.msize);
		pstring(a, o, m.version);
	Auth =>
		pqid(a, o, m.aqid);
	Attach =>
		pqid(a, o, m.qid);
	Error =>
		pstring(a, o, m.ename);
	Walk =>
		o = p16(a, o, len m.qids);
		for(i := 0; i < len m.qids; i++)
			o = pqid(a, o, m.qids[i]);
	Create or Open =>
		o = pqid(a, o, m.qid);
		p32(a, o, m.iounit);
	Read =>
		pdata(a, o, m.data);
	Write =>
		p32(a, o, m.count);
	Stat =>
		o = p16(a, o, packdirsize(m.stat));
		pdir(a, o, m.stat);
	}
	return a;
}

#
# unpacking
#

Rd: adt
{
	a:	array of byte;
	o:	int;
	bad:	int;

	need:	fn(r: self ref Rd, n: int): int;
	g8:	fn(r: self ref Rd): int;
	g16:	fn(r: self ref Rd): int;
	g32:	fn(r: self ref Rd): int;
	g64:	fn(r: self ref Rd): big;
	bytes:	fn(r: self ref Rd, n: int): array of byte;
	str:	fn(r: self ref Rd): string;
	qid:	fn(r: self ref Rd): Qid;
	dir:	fn(r: self ref Rd): Dir;
};

Rd.need(r: self ref Rd, n: int): int
{
	if(r.bad || n < 0 || n > len r.a - r.o){
		r.bad = 1;
		return 0;
	}
	return 1;
}

Rd.g8(r: self ref Rd): int
{
	if(!r.need(1))
		return 0;
	return int r.a[r.o++];
}

Rd.g16(r: self ref Rd): int
{
	if(!r.need(2))
		return 0;
	v := int r.a[r.o] | int r.a[r.o+1] << 8;
	r.o += 2;
	return v;
}

Rd.g32(r: self ref Rd): int
{
	lo := r.g16();
	hi := r.g16();
	return hi << 16 | lo;
}

Rd.g64(r: self ref Rd): big
{
	lo := big r.g32() & 16rFFFFFFFF;
	hi := big r.g32();
	return hi << 32 | lo;
}

Rd.bytes(r: self ref Rd, n: int): array of byte
{
	if(!r.need(n))
		return nil;
	o := r.o;
	r.o += n;
	return r.a[o:r.o];
}

Rd.str(r: self ref Rd): string
{
	return string r.bytes(r.g16());
}

Rd.qid(r: self ref Rd): Qid
{
	qtype := r.g8();
	vers := r.g32();
	return Qid(r.g64(), vers, qtype);
}

Rd.dir(r: self ref Rd): Dir
{
	d: Dir;
	n := r.g16();
	start := r.o;
	d.dtype = r.g16();
	d.dev = r.g32();
	d.qid = r.qid();
	d.mode = r.g32();
	d.atime = r.g32();
	d.mtime = r.g32();
	d.length = r.g64();
	d.name = r.str();
	d.uid = r.str();
	d.gid = r.str();
	d.muid = r.str();
	if(r.o - start != n)
		r.bad = 1;
	return d;
}

unpackdir(f: array of byte): (int, Dir)
{
	r := ref Rd(f, 0, 0);
	d := r.dir();
	if(r.bad)
		return (0, d);
	return (r.o, d);
}

# the size of the first message in a; 0 if it is not all there, -1 if it cannot be one
msgsize(a: array of byte): int
{
	if(len a < BIT32SZ)
		return 0;
	n := (ref Rd(a, 0, 0)).g32();
	if(n < Hdrsize)
		return -1;
	if(n > len a)
		return 0;
	return n;
}

Tmsg.unpack(a: array of byte): (int, ref Tmsg)
{
	n := msgsize(a);
	if(n <= 0)
		return (n, nil);
	r := ref Rd(a[0:n], BIT32SZ, 0);
	mtype := r.g8();
	m := tbody(r, mtype, r.g16());
	if(m == nil || r.bad || r.o != n)
		return (-1, nil);
	return (n, m);
}

tbody(r: ref Rd, mtype, tag: int): ref Tmsg
{
	fid := 0;
	case mtype {
	Tversion =>
		msize := r.g32();
		return ref Tmsg.Version(tag, msize, r.str());
	Tflush =>
		return ref Tmsg.Flush(tag, r.g16());
	Tauth or Tattach or Twalk or Topen or Tcreate or Tread or Twrite or Tclunk or Tremove or Tstat or Twstat =>
		fid = r.g32();
	* =>
		return nil;
	}
	case mtype {
	Tauth =>
		uname := r.str();
		return ref Tmsg.Auth(tag, fid, uname, r.str());
	Tattach =>
		afid := r.g32();
		uname := r.str();
		return ref Tmsg.Attach(tag, fid, afid, uname, r.str());
	Twalk =>
		newfid := r.g32();
		n := r.g16();
		if(n > MAXWELEM)
			return nil;
		names: array of string;
		if(n > 0)
			names = array[n] of string;
		for(i := 0; i < n; i++)
			names[i] = r.str();
		return ref Tmsg.Walk(tag, fid, newfid, names);
	Topen =>
		return ref Tmsg.Open(tag, fid, r.g8());
	Tcreate =>
		name := r.str();
		perm := r.g32();
		return ref Tmsg.Create(tag, fid, name, perm, r.g8());
	Tread =>
		offset := r.g64();
		return ref Tmsg.Read(tag, fid, offset, r.g32());
	Twrite =>
		offset := r.g64();
		return ref Tmsg.Write(tag, fid, offset, r.bytes(r.g32()));
	Tclunk =>
		return ref Tmsg.Clunk(tag, fid);
	Tremove =>
		return ref Tmsg.Remove(tag, fid);
	Tstat =>
		return ref Tmsg.Stat(tag, fid);
	Twstat =>
		n := r.g16();
		o := r.o;
		d := r.dir();
		if(r.o - o != n)
			return nil;
		return ref Tmsg.Wstat(tag, fid, d);
	}
	return nil;
}

Rmsg.unpack(a: array of byte): (int, ref Rmsg)
{
	n := msgsize(a);
	if(n <= 0)
		return (n, nil);
	r := ref Rd(a[0:n], BIT32SZ, 0);
	mtype := r.g8();
	m := rbody(r, mtype, r.g16());
	if(m == nil || r.bad || r.o != n)
		return (-1, nil);
	return (n, m);
}

rbody(r: ref Rd, mtype, tag: int): ref Rmsg
{
	case mtype {
	Rversion =>
		msize := r.g32();
		return ref Rmsg.Version(tag, msize, r.str());
	Rauth =>
		return ref Rmsg.Auth(tag, r.qid());
	Rattach =>
		return ref Rmsg.Attach(tag, r.qid());
	Rflush =>
		return ref Rmsg.Flush(tag);
	Rerror =>
		return ref Rmsg.Error(tag, r.str());
	Rclunk =>
		return ref Rmsg.Clunk(tag);
	Rremove =>
		return ref Rmsg.Remove(tag);
	Rwstat =>
		return ref Rmsg.Wstat(tag);
	Rwalk =>
		n := r.g16();
		if(n > MAXWELEM)
			return nil;
		qids := array[n] of Qid;
		for(i := 0; i < n; i++)
			qids[i] = r.qid();
		return ref Rmsg.Walk(tag, qids);
	Rcreate =>
		q := r.qid();
		return ref Rmsg.Create(tag, q, r.g32());
	Ropen =>
		q := r.qid();
		return ref Rmsg.Open(tag, q, r.g32());
	Rread =>
		return ref Rmsg.Read(tag, r.bytes(r.g32()));
	Rwrite =>
		return ref Rmsg.Write(tag, r.g32());
	Rstat =>
		n := r.g16();
		o := r.o;
		d := r.dir();
		if(r.o - o != n)
			return nil;
		return ref Rmsg.Stat(tag, d);
	}
	return nil;
}

#
# connections
#

readmsg(fd: ref Sys->FD, msize: int): (array of byte, string)
{
	if(msize <= 0)
		msize = MAXRPC;
	hdr := array[BIT32SZ] of byte;
	n := sys->readn(fd, hdr, len hdr);
	if(n == 0)
		return (nil, nil);
	if(n < 0)
		return (nil, sys->sprint("%r"));
	if(n != len hdr)
		return (nil, "9P message truncated");
	size := (ref Rd(hdr, 0, 0)).g32();
	if(size >= 0 && size <= BIT32SZ)
		return (nil, "invalid 9P message size");
	if(size < 0 || size > msize)
		return (nil, "9P message longer than agreed");
	a := array[size] of byte;
	a[0:] = hdr;
	size -= len hdr;
	n = sys->readn(fd, a[len hdr:], size);
	if(n < 0)
		return (nil, sys->sprint("%r"));
	if(n != size)
		return (nil, "9P message truncated");
	return (a, nil);
}

istmsg(f: array of byte): int
{
	if(len f < Hdrsize)
		return -1;
	return (int f[BIT32SZ] & 1) == 0;
}

Tmsg.read(fd: ref Sys->FD, msize: int): ref Tmsg
{
	(a, err) := readmsg(fd, msize);
	if(err != nil)
		return ref Tmsg.Readerror(0, err);
	if(a == nil)
		return nil;
	(nil, m) := Tmsg.unpack(a);
	if(m == nil)
		return ref Tmsg.Readerror(0, "bad 9P T-message format");
	return m;
}

Rmsg.read(fd: ref Sys->FD, msize: int): ref Rmsg
{
	(a, err) := readmsg(fd, msize);
	if(err != nil)
		return ref Rmsg.Readerror(0, err);
	if(a == nil)
		return nil;
	(nil, m) := Rmsg.unpack(a);
	if(m == nil)
		return ref Rmsg.Readerror(0, "bad 9P R-message format");
	return m;
}

write(fd: ref Sys->FD, a: array of byte, n: int): int
{
	return sys->write(fd, a, n);
}

# the size and version to answer: ours, or unknown
compatible(t: ref Tmsg.Version, msize: int, version: string): (int, string)
{
	v := t.version;
	if(len v < 3 || v[0:2] != "9P")
		return (t.msize, "unknown");
	for(i := 2; i < len v && v[i] != '.'; i++)
		if(v[i] < '0' || v[i] > '9')
			return (t.msize, "unknown");
	if(int v[2:i] < int version[2:])
		return (t.msize, "unknown");
	if(t.msize >= 0 && t.msize < msize)
		msize = t.msize;
	return (msize, version);
}

#
# text
#

tnames := array[] of {
	"Readerror", "Version", "Auth", "Attach", "Flush", "Walk", "Open", "Create",
	"Read", "Write", "Clunk", "Stat", "Remove", "Wstat"
};

rnames := array[] of {
	"Readerror", "Version", "Auth", "Attach", "Flush", "Error", "Clunk", "Remove", "Wstat",
	"Walk", "Create", "Open", "Read", "Write", "Stat"
};

qid2text(q: Qid): string
{
	return sys->sprint("Qid(16r%bux,%d,16r%.2ux)", q.path, q.vers, q.qtype);
}

dir2text(d: Dir): string
{
	return sys->sprint("Dir(\"%s\",\"%s\",\"%s\",%s,8r%uo,%d,%d,%bd,16r%ux,%d)",
		d.name, d.uid, d.gid, qid2text(d.qid), d.mode, d.atime, d.mtime, d.length, d.dtype, d.dev);
}

Tmsg.text(t: self ref Tmsg): string
{
	if(t == nil)
		return "nil";
	s := sys->sprint("Tmsg.%s(%ud", tnames[tagof t], t.tag);
	pick m := t {
	Readerror =>
		s += sys->sprint(",\"%s\"", m.error);
	Version =>
		s += sys->sprint(",%d,\"%s\"", m.msize, m.version);
	Auth =>
		s += sys->sprint(",%ud,\"%s\",\"%s\"", m.afid, m.uname, m.aname);
	Attach =>
		s += sys->sprint(",%ud,%ud,\"%s\",\"%s\"", m.fid, m.afid, m.uname, m.aname);
	Flush =>
		s += sys->sprint(",%d", m.oldtag);
	Walk =>
		s += sys->sprint(",%ud,%ud,", m.fid, m.newfid);
		if(len m.names == 0)
			s += "nil";
		else{
			s += "array[] of {";
			for(i := 0; i < len m.names; i++){
				if(i > 0)
					s += ",";
				s += "\"" + m.names[i] + "\"";
			}
			s += "}";
		}
	Open =>
		s += sys->sprint(",%ud,%d", m.fid, m.mode);
	Create =>
		s += sys->sprint(",%ud,\"%s\",8r%uo,%d", m.fid, m.name, m.perm, m.mode);
	Read =>
		s += sys->sprint(",%ud,%bd,%ud", m.fid, m.offset, m.count);
	Write =>
		s += sys->sprint(",%ud,%bd,array[%d] of byte", m.fid, m.offset, len m.data);
	Clunk or Stat or Remove =>
		s += sys->sprint(",%ud", m.fid);
	Wstat =>
		s += sys->sprint(",%ud,%s", m.fid, dir2text(m.stat));
	}
	return s + ")";
}

Rmsg.text(r: self ref Rmsg): string
{
	if(r == nil)
		return "nil";
	s := sys->sprint("Rmsg.%s(%ud", rnames[tagof r], r.tag);
	pick m := r {
	Readerror =>
		s += sys->sprint(",\"%s\"", m.error);
	Version =>
		s += sys->sprint(",%d,\"%s\"", m.msize, m.version);
	Auth =>
		s += "," + qid2text(m.aqid);
	Attach =>
		s += "," + qid2text(m.qid);
	Error =>
		s += sys->sprint(",\"%s\"", m.ename);
	Walk =>
		s += ",array[] of {";
		for(i := 0; i < len m.qids; i++){
			if(i > 0)
				s += ",";
			s += qid2text(m.qids[i]);
		}
		s += "}";
	Create or Open =>
		s += sys->sprint(",%s,%d", qid2text(m.qid), m.iounit);
	Read =>
		s += sys->sprint(",array[%d] of byte", len m.data);
	Write =>
		s += sys->sprint(",%d", m.count);
	Stat =>
		s += "," + dir2text(m.stat);
	}
	return s + ")";
}
