implement Unzip;

#
# Lists and extracts zip archives; see unzip(1).
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
	inflate: Filter;

include "string.m";
	str: String;

Unzip: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Member: adt
{
	name:	string;
	method:	int;
	flags:	int;
	mtime:	int;
	mode:	int;			# -1: not known
	crc:	int;
	csize, size: big;
	offset:	big;			# of its own header
};

zip: ref Sys->FD;
failed := 0;
toout, verbose, table, keep: int;

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
	inflate = load Filter Filter->INFLATEPATH;
	if(inflate == nil)
		nomod(Filter->INFLATEPATH);
	inflate->init();
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("unzip [-cktv] file [name ...]");
	while((o := arg->opt()) != 0)
		case o {
		'c' =>	toout = 1;
		'k' =>	keep = 1;
		't' or 'l' =>	table = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	file := hd argv;
	zip = sys->open(file, Sys->OREAD);
	if(zip == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	names := tl argv;
	found := array[len names] of {* => 0};
	for(l := directory(file); l != nil; l = tl l){
		m := hd l;
		if(names != nil && !chosen(m.name, names, found))
			continue;
		if(table)
			show(m);
		else
			extract(m);
	}
	for(i := 0; names != nil; names = tl names)
		if(!found[i++])
			complain(hd names + ": not in the archive");
	if(failed)
		raise "fail:errors";
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "unzip: %s\n", s);
	raise "fail:error";
}

complain(s: string)
{
	sys->fprint(sys->fildes(2), "unzip: %s\n", s);
	failed = 1;
}

# it or a directory that it is in
chosen(name: string, names: list of string, found: array of int): int
{
	hit := 0;
	for(i := 0; names != nil; names = tl names){
		if(name == hd names || str->prefix(hd names + "/", name))
			hit = found[i] = 1;
		i++;
	}
	return hit;
}

get2(a: array of byte, o: int): int
{
	return int a[o] | int a[o+1] << 8;
}

get4(a: array of byte, o: int): big
{
	return big get2(a, o) | big get2(a, o+2) << 16;
}

get8(a: array of byte, o: int): big
{
	return get4(a, o) | get4(a, o+4) << 32;
}

# the directory, which is at the end, behind what its last record says
directory(file: string): list of ref Member
{
	(nil, d) := sys->fstat(zip);
	n := 65536 + 22;
	if(d.length < big n)
		n = int d.length;
	a := array[n] of byte;
	if(sys->pread(zip, a, n, d.length - big n) != n)
		fatal(sys->sprint("error reading %s: %r", file));
	for(i := n - 22; i >= 0; i--)
		if(get4(a, i) == big 16r06054b50)
			break;
	if(i < 0)
		fatal(file + ": not a zip archive");
	count := big get2(a, i+10);
	size := get4(a, i+12);
	offset := get4(a, i+16);
	if(i >= 20 && get4(a, i-20) == big 16r07064b50){
		b := array[56] of byte;
		if(sys->pread(zip, b, len b, get8(a, i-12)) == len b && get4(b, 0) == big 16r06064b50){
			count = get8(b, 32);
			size = get8(b, 40);
			offset = get8(b, 48);
		}
	}
	if(size < big 0 || size > big 16r10000000 || offset < big 0 || offset + size > d.length)
		fatal(file + ": bad directory");
	a = array[int size] of byte;
	if(sys->pread(zip, a, len a, offset) != len a)
		fatal(sys->sprint("error reading %s: %r", file));
	l: list of ref Member;
	o := 0;
	for(; count > big 0; count--){
		if(o + 46 > len a || get4(a, o) != big 16r02014b50)
			fatal(file + ": bad directory");
		nlen := get2(a, o+28);
		xlen := get2(a, o+30);
		clen := get2(a, o+32);
		if(o + 46 + nlen + xlen + clen > len a)
			fatal(file + ": bad directory");
		m := ref Member(string a[o+46:o+46+nlen], get2(a, o+10), get2(a, o+8), dostime(get2(a, o+12), get2(a, o+14)), -1,
			int get4(a, o+16), get4(a, o+20), get4(a, o+24), get4(a, o+42));
		if(int a[o+5] == 3)		# made on Unix
			m.mode = int (get4(a, o+38) >> 16) & 8r777;
		wide(m, a[o+46+nlen:o+46+nlen+xlen]);
		l = m :: l;
		o += 46 + nlen + xlen + clen;
	}
	r: list of ref Member;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# sizes that need 64 bits
wide(m: ref Member, x: array of byte)
{
	All: con big 16rffffffff;
	for(o := 0; o + 4 <= len x; o += 4 + get2(x, o+2))
		if(get2(x, o) == 1){
			p := o + 4;
			if(m.size == All && p + 8 <= len x){
				m.size = get8(x, p);
				p += 8;
			}
			if(m.csize == All && p + 8 <= len x){
				m.csize = get8(x, p);
				p += 8;
			}
			if(m.offset == All && p + 8 <= len x)
				m.offset = get8(x, p);
		}
}

dostime(t, d: int): int
{
	tm := ref Tm((t & 16r1f) * 2, t >> 5 & 16r3f, t >> 11, d & 16r1f, (d >> 5 & 16rf) - 1, (d >> 9) + 80, 0, 0, "GMT", 0);
	return daytime->tm2epoch(tm);
}

show(m: ref Member)
{
	if(verbose){
		t := daytime->gmt(m.mtime);
		sys->print("%10bd %.4d-%.2d-%.2d %.2d:%.2d %s\n", m.size, t.year+1900, t.mon+1, t.mday, t.hour, t.min, m.name);
	}else
		sys->print("%s\n", m.name);
}

# names that would lead out of the directory are cut
safe(name: string): string
{
	s := "";
	(nil, l) := sys->tokenize(name, "/\\");
	for(; l != nil; l = tl l)
		if(hd l != "." && hd l != ".." && (hd l)[0] != '#'){
			if(s != nil)
				s += "/";
			s += hd l;
		}
	return s;
}

mkdirs(name: string)
{
	for(i := 1; i < len name; i++)
		if(name[i] == '/' && sys->stat(name[0:i]).t0 < 0)
			sys->create(name[0:i], Sys->OREAD, Sys->DMDIR | 8r777);
}

extract(m: ref Member)
{
	name := safe(m.name);
	isdir := m.name != nil && m.name[len m.name - 1] == '/';
	if(name == nil)
		return;
	out := sys->fildes(1);
	if(!toout){
		mkdirs(name);
		if(isdir){
			if(sys->stat(name).t0 < 0 && sys->create(name, Sys->OREAD, Sys->DMDIR | 8r777) == nil)
				complain(sys->sprint("can't create %s: %r", name));
			return;
		}
		if(keep && sys->stat(name).t0 >= 0)
			return;
		mode := 8r666;
		if(m.mode > 0)
			mode = m.mode;
		out = sys->create(name, Sys->OWRITE, mode);
		if(out == nil){
			complain(sys->sprint("can't create %s: %r", name));
			return;
		}
	}else if(isdir)
		return;
	if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", name);
	err := contents(m, out);
	if(err != nil){
		complain(name + ": " + err);
		return;
	}
	if(!toout){
		d := sys->nulldir;
		d.mtime = m.mtime;
		sys->fwstat(out, d);
	}
}

contents(m: ref Member, out: ref Sys->FD): string
{
	h := array[30] of byte;
	if(sys->pread(zip, h, len h, m.offset) != len h || get4(h, 0) != big 16r04034b50)
		return "bad header";
	if(m.flags & 1)
		return "encrypted";
	pos := m.offset + big (30 + get2(h, 26) + get2(h, 28));
	left := m.csize;
	state := crc->init(0, int 16rffffffff);
	sum := 0;
	total := big 0;
	buf := array[Sys->ATOMICIO] of byte;
	case m.method {
	0 =>
		while(left > big 0){
			n := len buf;
			if(left < big n)
				n = int left;
			n = sys->pread(zip, buf, n, pos);
			if(n <= 0)
				return "unexpected end of archive";
			if(sys->write(out, buf, n) != n)
				return sys->sprint("write error: %r");
			sum = crc->crc(state, buf, n);
			pos += big n;
			left -= big n;
			total += big n;
		}
	8 =>
		rq := inflate->start("");
		loop: for(;;) pick r := <-rq {
		Fill =>
			n := len r.buf;
			if(left < big n)
				n = int left;
			if(n > 0)
				n = sys->pread(zip, r.buf, n, pos);
			if(n < 0){
				r.reply <-= -1;
				return sys->sprint("read error: %r");
			}
			pos += big n;
			left -= big n;
			r.reply <-= n;
		Result =>
			n := len r.buf;
			total += big n;
			if(total > m.size){
				r.reply <-= -1;
				return "longer than it says";
			}
			if(sys->write(out, r.buf, n) != n){
				err := sys->sprint("write error: %r");
				r.reply <-= -1;
				return err;
			}
			sum = crc->crc(state, r.buf, n);
			r.reply <-= 0;
		Finished =>
			break loop;
		Error =>
			return r.e;
		}
	* =>
		return sys->sprint("unknown method %d", m.method);
	}
	if(total != m.size)
		return "shorter than it says";
	if(total > big 0 && sum != m.crc)
		return "wrong checksum";
	return nil;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "unzip: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
