implement Attrdb;

#
# Attribute databases; see attrdb(2).
#
# Files are read through from the offset that a Dbptr remembers.
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "attrdb.m";

init(): string
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(bufio == nil){
		bufio = load Bufio Bufio->PATH;
		if(bufio == nil)
			return sys->sprint("can't load %s: %r", Bufio->PATH);
	}
	return nil;
}

#
# text
#

blank(c: int): int
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

# a value at i, perhaps quoted: where it ends, itself, and an error
value(s: string, i: int): (int, string, string)
{
	n := len s;
	if(i >= n || (s[i] != '\'' && s[i] != '"')){
		for(j := i; j < n && !blank(s[j]) && s[j] != '#'; j++)
			;
		return (j, s[i:j], nil);
	}
	q := s[i++];
	v := "";
	for(; i < n; i++){
		if(s[i] == q){
			if(i+1 >= n || s[i+1] != q)
				return (i+1, v, nil);
			i++;
		}
		v[len v] = s[i];
	}
	return (n, v, "missing quote");
}

parseline(s: string, nil: int): (ref Tuples, string)
{
	n := len s;
	l: list of ref Attr;
	np := 0;
	for(i := 0; i < n;){
		if(blank(s[i])){
			i++;
			continue;
		}
		if(s[i] == '#')
			break;
		a := ref Attr(nil, nil, 0);
		err: string;
		if(s[i] == '\'' || s[i] == '"'){
			(i, a.attr, err) = value(s, i);
			if(err != nil)
				return (nil, err);
		}else{
			for(j := i; j < n && !blank(s[j]) && s[j] != '=' && s[j] != '#'; j++)
				;
			a.attr = s[i:j];
			i = j;
		}
		if(i < n && s[i] == '='){
			a.tag = 1;
			(i, a.val, err) = value(s, i+1);
			if(err != nil)
				return (nil, err);
		}
		l = a :: l;
		np++;
	}
	if(l == nil)
		return (nil, nil);
	t := ref Tuples(np, nil);
	for(; l != nil; l = tl l)
		t.pairs = hd l :: t.pairs;
	return (t, nil);
}

# one line of s from i on, without its newline, and where the next starts
line(s: string, i: int): (string, int)
{
	for(j := i; j < len s && s[j] != '\n'; j++)
		;
	if(j < len s)
		return (s[i:j], j+1);
	return (s[i:j], j);
}

parseentry(s: string, lno: int): (ref Dbentry, int, string)
{
	lines: list of ref Tuples;
	nl := 0;
	for(i := 0; i < len s;){
		(l, next) := line(s, i);
		if(lines != nil && l != "" && !blank(l[0]) && l[0] != '#')
			break;
		(t, err) := parseline(l, lno);
		if(err != nil)
			return (nil, lno, err);
		lno++;
		i = next;
		if(t != nil){
			lines = t :: lines;
			nl++;
		}
	}
	if(lines == nil)
		return (nil, lno, nil);
	return (mkentry(lines, nl), lno, nil);
}

# from lines in reverse
mkentry(lines: list of ref Tuples, n: int): ref Dbentry
{
	e := ref Dbentry(n, nil);
	for(; lines != nil; lines = tl lines)
		e.lines = hd lines :: e.lines;
	return e;
}

#
# lines and entries
#

Tuples.hasattr(t: self ref Tuples, attr: string): int
{
	for(l := t.pairs; l != nil; l = tl l)
		if((hd l).attr == attr)
			return 1;
	return 0;
}

Tuples.haspair(t: self ref Tuples, attr: string, value: string): int
{
	for(l := t.pairs; l != nil; l = tl l)
		if((hd l).attr == attr && (hd l).val == value)
			return 1;
	return 0;
}

Tuples.find(t: self ref Tuples, attr: string): list of ref Attr
{
	r: list of ref Attr;
	for(l := t.pairs; l != nil; l = tl l)
		if((hd l).attr == attr)
			r = hd l :: r;
	return rev(r);
}

rev(l: list of ref Attr): list of ref Attr
{
	r: list of ref Attr;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

Tuples.findbyattr(t: self ref Tuples, attr: string, value: string, rattr: string): list of ref Attr
{
	if(t.haspair(attr, value))
		return t.find(rattr);
	return nil;
}

Dbentry.find(e: self ref Dbentry, attr: string): list of (ref Tuples, list of ref Attr)
{
	r: list of (ref Tuples, list of ref Attr);
	for(l := e.lines; l != nil; l = tl l){
		a := (hd l).find(attr);
		if(a != nil)
			r = (hd l, a) :: r;
	}
	return revlines(r);
}

revlines(l: list of (ref Tuples, list of ref Attr)): list of (ref Tuples, list of ref Attr)
{
	r: list of (ref Tuples, list of ref Attr);
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

Dbentry.findfirst(e: self ref Dbentry, attr: string): string
{
	for(l := e.lines; l != nil; l = tl l)
		for(p := (hd l).pairs; p != nil; p = tl p)
			if((hd p).attr == attr)
				return (hd p).val;
	return nil;
}

Dbentry.findpair(e: self ref Dbentry, attr: string, value: string): list of ref Tuples
{
	r: list of ref Tuples;
	for(l := e.lines; l != nil; l = tl l)
		if((hd l).haspair(attr, value))
			r = hd l :: r;
	t: list of ref Tuples;
	for(; r != nil; r = tl r)
		t = hd r :: t;
	return t;
}

Dbentry.findbyattr(e: self ref Dbentry, attr: string, value: string, rattr: string): list of (ref Tuples, list of ref Attr)
{
	with, without: list of (ref Tuples, list of ref Attr);
	for(l := e.lines; l != nil; l = tl l){
		a := (hd l).find(rattr);
		if(a == nil)
			continue;
		if((hd l).haspair(attr, value))
			with = (hd l, a) :: with;
		else
			without = (hd l, a) :: without;
	}
	r := revlines(without);
	for(; with != nil; with = tl with)
		r = hd with :: r;
	return r;
}

#
# files
#

mkdbf(b: ref Iobuf, name: string, d: ref Sys->Dir): ref Dbf
{
	return ref Dbf(b, name, d, nil, chan[1] of int);
}

Dbf.open(path: string): ref Dbf
{
	b := bufio->open(path, Bufio->OREAD);
	if(b == nil)
		return nil;
	(ok, d) := sys->fstat(b.fd);
	if(ok < 0)
		return nil;
	return mkdbf(b, path, ref d);
}

Dbf.sopen(data: string): ref Dbf
{
	return mkdbf(bufio->sopen(data), nil, nil);
}

Dbf.reopen(f: self ref Dbf): int
{
	if(f.name == nil)
		return 0;
	n := Dbf.open(f.name);
	if(n == nil)
		return -1;
	f.lockc <-= 1;
	f.fd = n.fd;
	f.dir = n.dir;
	<-f.lockc;
	return 0;
}

Dbf.changed(f: self ref Dbf): int
{
	if(f.name == nil)
		return 0;
	(ok, d) := sys->stat(f.name);
	if(ok < 0 || f.dir == nil)
		return 1;
	o := f.dir;
	return d.qid.path != o.qid.path || d.qid.vers != o.qid.vers || d.mtime != o.mtime || d.length != o.length;
}

#
# the next entry at offset, with the attribute, and with the value too if useval:
# the entry, where it starts, where the next one does.  At the end the entry is nil
#
Dbf.readentry(dbf: self ref Dbf, offset: int, attr: string, value: string, useval: int): (ref Dbentry, int, int)
{
	dbf.lockc <-= 1;
	(e, start, next) := scan(dbf.fd, offset, attr, value, useval);
	<-dbf.lockc;
	return (e, start, next);
}

scan(b: ref Iobuf, offset: int, attr, value: string, useval: int): (ref Dbentry, int, int)
{
	if(b.seek(big offset, Bufio->SEEKSTART) < big 0)
		return (nil, offset, offset);
	start := offset;
	lines: list of ref Tuples;
	n := 0;
	hit := 0;
	for(;;){
		at := int b.offset();
		s := b.gets('\n');
		if(lines != nil && (s == nil || (!blank(s[0]) && s[0] != '#'))){
			if(hit)
				return (mkentry(lines, n), start, at);
			lines = nil;
			n = 0;
		}
		if(s == nil)
			return (nil, at, at);
		(t, nil) := parseline(s, 0);	# a bad line counts as empty
		if(t == nil)
			continue;
		if(lines == nil)
			start = at;
		lines = t :: lines;
		n++;
		if(useval)
			hit |= t.haspair(attr, value);
		else
			hit |= t.hasattr(attr);
	}
}

#
# databases of several files
#

Db.open(path: string): ref Db
{
	f := Dbf.open(path);
	if(f == nil)
		return nil;
	(e, nil, nil) := f.readentry(0, "database", nil, 0);
	if(e == nil)
		return ref Db(f :: nil);
	l: list of ref Dbf;
	listed := 0;
	for(t := e.find("file"); t != nil; t = tl t)
		for(a := (hd t).t1; a != nil; a = tl a){
			name := (hd a).val;
			if(name != "" && name[0] != '/' && name[0] != '#')
				name = dirof(path) + name;
			if(name == path){
				listed = 1;
				l = f :: l;
			}else if((g := Dbf.open(name)) != nil)
				l = g :: l;
		}
	db := ref Db(nil);
	for(; l != nil; l = tl l)
		db.dbs = hd l :: db.dbs;
	if(!listed)
		db.dbs = f :: db.dbs;
	return db;
}

# the directory of a file with its slash
dirof(path: string): string
{
	for(i := len path; i > 0 && path[i-1] != '/'; i--)
		;
	return path[0:i];
}

Db.sopen(data: string): ref Db
{
	return ref Db(Dbf.sopen(data) :: nil);
}

Db.append(db1: self ref Db, db2: ref Db): ref Db
{
	r: list of ref Dbf;
	for(l := db1.dbs; l != nil; l = tl l)
		r = hd l :: r;
	db := ref Db(nil);
	if(db2 != nil)
		db.dbs = db2.dbs;
	for(; r != nil; r = tl r)
		db.dbs = hd r :: db.dbs;
	return db;
}

Db.changed(db: self ref Db): int
{
	for(l := db.dbs; l != nil; l = tl l)
		if((hd l).changed())
			return 1;
	return 0;
}

Db.reopen(db: self ref Db): int
{
	for(l := db.dbs; l != nil; l = tl l)
		if((hd l).reopen() < 0)
			return -1;
	return 0;
}

search(db: ref Db, start: ref Dbptr, attr, value: string, useval: int): (ref Dbentry, ref Dbptr)
{
	dbs := db.dbs;
	offset := 0;
	if(start != nil){
		dbs = start.dbs;
		pick p := start {
		Direct =>
			offset = p.offset;
		}
	}
	for(; dbs != nil; dbs = tl dbs){
		(e, nil, next) := (hd dbs).readentry(offset, attr, value, useval);
		if(e != nil)
			return (e, ref Dbptr.Direct(dbs, nil, next));
		offset = 0;
	}
	return (nil, ref Dbptr.Direct(nil, nil, 0));
}

Db.find(db: self ref Db, start: ref Dbptr, attr: string): (ref Dbentry, ref Dbptr)
{
	return search(db, start, attr, nil, 0);
}

Db.findpair(db: self ref Db, start: ref Dbptr, attr: string, value: string): (ref Dbentry, ref Dbptr)
{
	return search(db, start, attr, value, 1);
}

Db.findbyattr(db: self ref Db, start: ref Dbptr, attr: string, value: string, rattr: string): (ref Dbentry, ref Dbptr)
{
	for(;;){
		(e, p) := search(db, start, attr, value, 1);
		if(e == nil || e.find(rattr) != nil)
			return (e, p);
		start = p;
	}
}
