implement Dbm;

#
# Hashed files of keys and values; see dbm(2).
#
# The .pag file consists of blocks of pairs.  A block starts with the number of
# its items, 2 bytes, and for each where it starts, 2 bytes; items grow down
# from the end, keys at even indices and values after them.  A block that
# overflows is split by one more bit of the hash; the .dir file has a bit for
# each node of the tree of splits.
#

include "sys.m";
	sys: Sys;

include "dbm.m";

Pagsize:	con 1024;
Dirsize:	con 4096;

init()
{
	sys = load Sys Sys->PATH;
}

mk(dirf, pagf: ref Sys->FD, flags: int): ref Dbf
{
	if(dirf == nil || pagf == nil)
		return nil;
	(ok, d) := sys->fstat(dirf);
	if(ok < 0)
		return nil;
	db := ref Dbf;
	db.dirf = dirf;
	db.pagf = pagf;
	db.flags = flags;
	db.maxbno = int (d.length * big 8) - 1;
	db.bitno = db.hmask = db.blkno = 0;
	db.pagbno = db.dirbno = -1;
	db.pagbuf = array[Pagsize] of byte;
	db.dirbuf = array[Dirsize] of byte;
	return db;
}

Dbf.create(file: string, perm: int): ref Dbf
{
	return mk(sys->create(file + ".dir", Sys->ORDWR, perm), sys->create(file + ".pag", Sys->ORDWR, perm), Sys->ORDWR);
}

Dbf.open(file: string, flags: int): ref Dbf
{
	return mk(sys->open(file + ".dir", flags), sys->open(file + ".pag", flags), flags);
}

Dbf.isrdonly(db: self ref Dbf): int
{
	return (db.flags & 3) == Sys->OREAD;
}

Dbf.flush(db: self ref Dbf)
{
	db.pagbno = db.dirbno = -1;
}

#
# blocks
#

g2(a: array of byte, o: int): int
{
	return int a[o] | int a[o+1] << 8;
}

p2(a: array of byte, o, v: int)
{
	a[o] = byte v;
	a[o+1] = byte (v >> 8);
}

nitems(b: array of byte): int
{
	return g2(b, 0);
}

# item i of a block
item(b: array of byte, i: int): Datum
{
	n := nitems(b);
	if(i < 0 || i >= n)
		return nil;
	end := Pagsize;
	if(i > 0)
		end = g2(b, 2*i);
	start := g2(b, 2*i + 2);
	if(start > end || end > Pagsize)
		return nil;
	return b[start:end];
}

# is the block well formed?
sound(b: array of byte): int
{
	n := nitems(b);
	if(n & 1 || 2*n + 2 > Pagsize)
		return 0;
	end := Pagsize;
	for(i := 0; i < n; i++){
		o := g2(b, 2*i + 2);
		if(o > end || o < 2*n + 2)
			return 0;
		end = o;
	}
	return 1;
}

same(a, b: Datum): int
{
	if(len a != len b)
		return 0;
	for(i := 0; i < len a; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

# index of a key, or -1
find(b: array of byte, key: Datum): int
{
	n := nitems(b);
	for(i := 0; i < n; i += 2)
		if(same(item(b, i), key))
			return i;
	return -1;
}

# add an item; 0 if there is no room
add(b: array of byte, d: Datum): int
{
	n := nitems(b);
	end := Pagsize;
	if(n > 0)
		end = g2(b, 2*n);
	start := end - len d;
	if(start < 2*(n + 1) + 2)
		return 0;
	b[start:] = d;
	p2(b, 0, n + 1);
	p2(b, 2*n + 2, start);
	return 1;
}

# the block less the pair at i
less(b: array of byte, i: int): array of byte
{
	a := array[Pagsize] of {* => byte 0};
	for(j := 0; j < nitems(b); j++)
		if(j != i && j != i + 1)
			add(a, item(b, j));
	return a;
}

readblock(fd: ref Sys->FD, buf: array of byte, bno: int)
{
	n := sys->pread(fd, buf, len buf, big bno * big len buf);
	if(n < 0)
		n = 0;
	for(; n < len buf; n++)
		buf[n] = byte 0;
}

getpag(db: ref Dbf, bno: int)
{
	if(db.pagbno == bno)
		return;
	readblock(db.pagf, db.pagbuf, bno);
	if(!sound(db.pagbuf))
		db.pagbuf = array[Pagsize] of {* => byte 0};
	db.pagbno = bno;
}

putpag(db: ref Dbf): int
{
	return sys->pwrite(db.pagf, db.pagbuf, Pagsize, big db.pagbno * big Pagsize) == Pagsize;
}

getbit(db: ref Dbf, bit: int): int
{
	if(bit > db.maxbno)
		return 0;
	loaddir(db, bit);
	return int db.dirbuf[bit/8 % Dirsize] >> (bit & 7) & 1;
}

loaddir(db: ref Dbf, bit: int)
{
	bno := bit / 8 / Dirsize;
	if(db.dirbno != bno){
		readblock(db.dirf, db.dirbuf, bno);
		db.dirbno = bno;
	}
}

setbit(db: ref Dbf, bit: int): int
{
	loaddir(db, bit);
	if(bit > db.maxbno)
		db.maxbno = bit;
	db.dirbuf[bit/8 % Dirsize] |= byte (1 << (bit & 7));
	return sys->pwrite(db.dirf, db.dirbuf, Dirsize, big db.dirbno * big Dirsize) == Dirsize;
}

#
# hashing
#

hash(key: Datum): int
{
	h := 0;
	for(i := 0; i < len key; i++)
		h = h*65599 + int key[i];
	return h ^ h >> 15 & 16r1ffff;
}

# find the block for a hash
locate(db: ref Dbf, h: int)
{
	db.hmask = 0;
	for(;;){
		db.blkno = h & db.hmask;
		db.bitno = db.blkno + db.hmask;
		if(db.hmask == 16r7fffffff >> 2 || !getbit(db, db.bitno))
			break;
		db.hmask = db.hmask << 1 | 1;
	}
}

access(db: ref Dbf, h: int)
{
	locate(db, h);
	getpag(db, db.blkno);
}

Dbf.fetch(db: self ref Dbf, key: Datum): Datum
{
	access(db, hash(key));
	i := find(db.pagbuf, key);
	if(i < 0)
		return nil;
	return copy(item(db.pagbuf, i + 1));
}

copy(d: Datum): Datum
{
	a := array[len d] of byte;
	a[0:] = d;
	return a;
}

Dbf.delete(db: self ref Dbf, key: Datum): int
{
	if(db.isrdonly())
		return -1;
	access(db, hash(key));
	i := find(db.pagbuf, key);
	if(i < 0)
		return -1;
	db.pagbuf = less(db.pagbuf, i);
	if(!putpag(db))
		return -1;
	return 0;
}

Dbf.store(db: self ref Dbf, key: Datum, dat: Datum, replace: int): int
{
	if(db.isrdonly())
		return -1;
	if(len key + len dat + 6 > Pagsize){
		sys->werrstr("item too long");
		return -1;
	}
	for(;;){
		access(db, hash(key));
		i := find(db.pagbuf, key);
		if(i >= 0){
			if(!replace)
				return 1;
			db.pagbuf = less(db.pagbuf, i);
		}
		b := copy(db.pagbuf);
		if(add(b, key) && add(b, dat)){
			db.pagbuf = b;
			if(!putpag(db))
				return -1;
			return 0;
		}
		if(!split(db))
			return -1;
	}
}

# share the current block with a new one, by one more bit of the hash
split(db: ref Dbf): int
{
	bit := db.hmask + 1;
	if(bit > 16r10000000){
		sys->werrstr("too many items with one hash");
		return 0;
	}
	old := db.pagbuf;
	stay := array[Pagsize] of {* => byte 0};
	go := array[Pagsize] of {* => byte 0};
	for(i := 0; i < nitems(old); i += 2){
		key := item(old, i);
		side := stay;
		if(hash(key) & bit)
			side = go;
		add(side, key);
		add(side, item(old, i + 1));
	}
	db.pagbuf = go;
	db.pagbno = db.blkno + bit;
	if(!putpag(db))
		return 0;
	db.pagbuf = stay;
	db.pagbno = db.blkno;
	if(!putpag(db))
		return 0;
	return setbit(db, db.bitno);
}

#
# traversal
#

Dbf.firstkey(db: self ref Dbf): Datum
{
	return from(db, 0, 0);
}

# The first key at item i of block bno or behind it. One that is where fetch would not find it, as in a file that is damaged,
# is passed over: it would lead nextkey astray.
from(db: ref Dbf, bno, i: int): Datum
{
	(ok, d) := sys->fstat(db.pagf);
	if(ok < 0)
		return nil;
	n := int ((d.length + big (Pagsize - 1)) / big Pagsize);
	for(; bno < n; bno++){
		getpag(db, bno);
		for(; i < nitems(db.pagbuf); i += 2){
			key := item(db.pagbuf, i);
			locate(db, hash(key));
			if(db.blkno == bno && find(db.pagbuf, key) == i)
				return copy(key);
		}
		i = 0;
	}
	return nil;
}

Dbf.nextkey(db: self ref Dbf, key: Datum): Datum
{
	access(db, hash(key));
	i := find(db.pagbuf, key);
	if(i < 0)
		return from(db, db.blkno + 1, 0);
	return from(db, db.blkno, i + 2);
}
