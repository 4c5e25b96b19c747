implement Zip;

#
# Makes zip archives; see zip(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "crc.m";
	crc: Crc;

include "daytime.m";
	daytime: Daytime;
	Tm: import daytime;

include "filter.m";
	deflate: Filter;

include "readdir.m";
	readdir: Readdir;

Zip: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Hdr:	con 30;			# bytes of a member's header before its name
Dirhdr:	con 46;			# of its entry in the directory
Utf8:	con 1 << 11;

Member: adt
{
	name:	array of byte;
	mode, mtime: int;
	method, crc: int;
	csize, size, offset: big;

	header:	fn(m: self ref Member, a: array of byte, o: int);
};

out: ref Sys->FD;
at := big 0;			# where the next byte goes
members: list of ref Member;
failed := 0;
verbose, store: int;
level := "6";
archive: string;
own: Sys->Dir;			# the archive, which does not go into itself

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	crc = load Crc Crc->PATH;
	if(crc == nil)
		nomod(Crc->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	deflate = load Filter Filter->DEFLATEPATH;
	if(deflate == nil)
		nomod(Filter->DEFLATEPATH);
	deflate->init();
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	arg->init(argv);
	arg->setusage("zip [-v0-9] archive file ...");
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	verbose = 1;
		'0' =>	store = 1;
		'1' to '9' =>
			level = sys->sprint("%c", o);
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	archive = hd argv;
	out = sys->create(archive, Sys->ORDWR, 8r666);
	if(out == nil){
		sys->fprint(sys->fildes(2), "zip: can't create %s: %r\n", archive);
		raise "fail:error";
	}
	own = sys->fstat(out).t1;
	for(argv = tl argv; argv != nil; argv = tl argv)
		add(hd argv);
	directory();
	if(failed)
		raise "fail:errors";
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "zip: %s\n", s);
	failed = 1;
}

put(a: array of byte)
{
	if(sys->pwrite(out, a, len a, at) != len a){
		sys->fprint(sys->fildes(2), "zip: error writing %s: %r\n", archive);
		raise "fail:write error";
	}
	at += big len a;
}

put2(a: array of byte, o, v: int)
{
	a[o] = byte v;
	a[o+1] = byte (v >> 8);
}

put4(a: array of byte, o: int, v: big)
{
	put2(a, o, int v);
	put2(a, o+2, int (v >> 16));
}

# what the header and the directory have in common: version, flags, method, time, crc, sizes, length of the name
Member.header(m: self ref Member, a: array of byte, o: int)
{
	put2(a, o, 20);
	put2(a, o+2, Utf8);
	put2(a, o+4, m.method);
	t := daytime->gmt(m.mtime);
	if(t.year < 80)
		t = ref Tm(0, 0, 0, 1, 0, 80, 0, 0, "GMT", 0);
	put2(a, o+6, t.hour << 11 | t.min << 5 | t.sec / 2);
	put2(a, o+8, (t.year - 80) << 9 | (t.mon + 1) << 5 | t.mday);
	put4(a, o+10, big m.crc);
	put4(a, o+14, m.csize);
	put4(a, o+18, m.size);
	put2(a, o+22, len m.name);
}

add(file: string)
{
	(ok, d) := sys->stat(file);
	if(ok < 0){
		complain(sys->sprint("can't stat %s: %r", file));
		return;
	}
	if(d.qid.path == own.qid.path && d.dtype == own.dtype && d.dev == own.dev)
		return;
	if(d.mode & Sys->DMDIR){
		if(relative(file) != nil)
			member(relative(file) + "/", d, nil);
		(a, n) := readdir->init(file, Readdir->NAME | Readdir->COMPACT);
		if(n < 0){
			complain(sys->sprint("can't read %s: %r", file));
			return;
		}
		for(i := 0; i < n; i++)
			if(file[len file - 1] == '/')
				add(file + a[i].name);
			else
				add(file + "/" + a[i].name);
		return;
	}
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil){
		complain(sys->sprint("can't open %s: %r", file));
		return;
	}
	if(d.length > big 16rfffffffe){
		complain(file + ": too large");
		return;
	}
	member(relative(file), d, fd);
}

# the name in the archive
relative(s: string): string
{
	(nil, l) := sys->tokenize(s, "/");
	t := "";
	for(; l != nil; l = tl l)
		if(hd l != "." && hd l != ".."){
			if(t != nil)
				t += "/";
			t += hd l;
		}
	return t;
}

member(name: string, d: Sys->Dir, fd: ref Sys->FD)
{
	if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", name);
	mode := d.mode & 8r777 | 8r100000;
	if(fd == nil)
		mode = d.mode & 8r777 | 8r40000;
	m := ref Member(array of byte name, mode, d.mtime, 0, 0, big 0, big 0, at);
	h := array[Hdr] of {* => byte 0};
	put4(h, 0, big 16r04034b50);
	m.offset = at;
	put(h);
	put(m.name);
	if(fd != nil)
		contents(m, name, fd);
	m.header(h, 4);
	if(sys->pwrite(out, h, len h, m.offset) != len h)
		complain(sys->sprint("error writing %s: %r", archive));
	members = m :: members;
}

contents(m: ref Member, name: string, fd: ref Sys->FD)
{
	state := crc->init(0, int 16rffffffff);
	start := at;
	if(store){
		buf := array[Sys->ATOMICIO] of byte;
		while((n := sys->read(fd, buf, len buf)) > 0){
			m.crc = crc->crc(state, buf, n);
			m.size += big n;
			put(buf[0:n]);
		}
		if(n < 0)
			complain(sys->sprint("error reading %s: %r", name));
		m.csize = at - start;
		return;
	}
	m.method = 8;
	rq := deflate->start(level);
	loop: for(;;) pick r := <-rq {
	Fill =>
		n := sys->read(fd, r.buf, len r.buf);
		if(n < 0){
			complain(sys->sprint("error reading %s: %r", name));
			n = 0;
		}
		if(n > 0){
			m.crc = crc->crc(state, r.buf, n);
			m.size += big n;
		}
		r.reply <-= n;
	Result =>
		put(r.buf);
		r.reply <-= 0;
	Finished =>
		break loop;
	Error =>
		complain(name + ": " + r.e);
		break loop;
	}
	m.csize = at - start;
}

directory()
{
	all: list of ref Member;
	n := 0;
	for(; members != nil; members = tl members){
		all = hd members :: all;
		n++;
	}
	start := at;
	if(n > 16rfffe || start > big 16rfffffffe){
		complain(archive + ": too large");
		return;
	}
	for(; all != nil; all = tl all){
		m := hd all;
		a := array[Dirhdr] of {* => byte 0};
		put4(a, 0, big 16r02014b50);
		put2(a, 4, 3 << 8 | 20);	# made on Unix, for its permissions
		m.header(a, 6);
		put4(a, 38, big m.mode << 16);
		put4(a, 42, m.offset);
		put(a);
		put(m.name);
	}
	e := array[22] of {* => byte 0};
	put4(e, 0, big 16r06054b50);
	put2(e, 8, n);
	put2(e, 10, n);
	put4(e, 12, at - start);
	put4(e, 16, start);
	put(e);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "zip: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
