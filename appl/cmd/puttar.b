implement Puttar;

#
# Writes an archive; see gettar(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "readdir.m";
	readdir: Readdir;

Puttar: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

BLOCK: con 512;
RECORD: con 20*BLOCK;

out: ref Sys->FD;
record := array[RECORD] of byte;
nrecord := 0;
failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	out = sys->fildes(1);
	if(argv != nil)
		argv = tl argv;
	if(argv == nil){
		in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
		while((s := in.gets('\n')) != nil){
			if(s[len s - 1] == '\n')
				s = s[0:len s - 1];
			if(s != nil)
				add(s, 0);
		}
	}
	for(; argv != nil; argv = tl argv)
		add(hd argv, 1);
	# two empty blocks, and up to the end of the record
	zero := array[BLOCK] of {* => byte 0};
	put(zero);
	put(zero);
	while(nrecord > 0)
		put(zero);
	if(failed)
		raise "fail:error";
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "puttar: %s\n", s);
	failed = 1;
}

put(b: array of byte)
{
	record[nrecord:] = b;
	nrecord += BLOCK;
	if(nrecord == RECORD){
		nrecord = 0;
		if(sys->write(out, record, RECORD) != RECORD){
			error(sys->sprint("write error: %r"));
			raise "fail:write error";
		}
	}
}

add(name: string, recursive: int)
{
	(ok, d) := sys->stat(name);
	if(ok < 0){
		error(sys->sprint("can't stat %s: %r", name));
		return;
	}
	if(d.mode & Sys->DMDIR){
		h := header(name + "/", d, big 0, '5');
		if(h != nil)
			put(h);
		if(!recursive)
			return;
		(a, n) := readdir->init(name, Readdir->NAME | Readdir->COMPACT);
		if(n < 0)
			error(sys->sprint("can't read %s: %r", name));
		for(i := 0; i < n; i++)
			add(name + "/" + a[i].name, 1);
		return;
	}
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil){
		error(sys->sprint("can't open %s: %r", name));
		return;
	}
	h := header(name, d, d.length, '0');
	if(h == nil)
		return;
	put(h);
	# as many bytes as were said, whatever becomes of the file
	for(left := d.length; left > big 0; left -= big BLOCK){
		b := array[BLOCK] of {* => byte 0};
		n := BLOCK;
		if(left < big n)
			n = int left;
		m := sys->readn(fd, b, n);
		if(m != n){
			error(sys->sprint("%s: file changed size or read error: %r", name));
			for(; m >= 0 && m < BLOCK; m++)
				b[m] = byte 0;
			for(; left > big BLOCK; left -= big BLOCK)
				put(b);
		}
		put(b);
	}
}

header(name: string, d: Sys->Dir, size: big, kind: int): array of byte
{
	h := array[BLOCK] of {* => byte 0};
	while(len name > 1 && name[0:2] == "./")
		name = name[2:];
	b := array of byte name;
	if(len b <= 100)
		h[0:] = b;
	else{
		# a prefix of up to 155 bytes, and the rest after a slash
		for(i := len b - 101; i < len b - 1 && i <= 155; i++)
			if(i > 0 && b[i] == byte '/')
				break;
		if(i > 155 || i >= len b - 1 || i <= 0){
			error(name + ": name is too long");
			return nil;
		}
		h[345:] = b[0:i];
		h[0:] = b[i+1:];
	}
	field(h, 100, sys->sprint("%.7o", d.mode & 8r777));
	field(h, 108, sys->sprint("%.7o", 1));
	field(h, 116, sys->sprint("%.7o", 1));
	if(size < big 1 << 33)
		field(h, 124, sys->sprint("%.11bo", size));
	else{
		for(i := 0; i < 12; i++)
			h[124+i] = byte (size >> (8*(11-i)));
		h[124] = byte 16r80;
	}
	field(h, 136, sys->sprint("%.11uo", d.mtime));
	field(h, 148, "        ");
	h[156] = byte kind;
	field(h, 257, "ustar\u0000" + "00");
	field(h, 265, d.uid);
	field(h, 297, d.gid);
	sum := 0;
	for(i := 0; i < BLOCK; i++)
		sum += int h[i];
	field(h, 148, sys->sprint("%.6o\u0000 ", sum));
	return h;
}

field(h: array of byte, off: int, s: string)
{
	b := array of byte s;
	if(len b > 31)
		b = b[0:31];
	h[off:] = b;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "puttar: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
