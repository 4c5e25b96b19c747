implement Mkhash;

#
# Makes an index of a database; see ndb(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "attrdb.m";
	attrdb: Attrdb;
	Dbf, Dbentry: import attrdb;
	attrhash: Attrhash;

Mkhash: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	attrhash = load Attrhash Attrhash->PATH;
	if(attrhash == nil)
		nomod(Attrhash->PATH);
	err := attrdb->init();
	if(err == nil)
		err = attrhash->init();
	if(err != nil)
		fatal(err);
	if(len argv != 3){
		sys->fprint(sys->fildes(2), "usage: mkhash file attr\n");
		raise "fail:usage";
	}
	file := hd tl argv;
	attr := hd tl tl argv;
	dbf := Dbf.open(file);
	if(dbf == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	# the values and where their entries are
	pairs: list of (string, int);
	n := 0;
	offset := 0;
	for(;;){
		(e, at, next) := dbf.readentry(offset, attr, nil, 0);
		if(e == nil)
			break;
		if(at >= Attrhash->NDBSPEC)
			fatal(file + " is too long for an index");
		for(l := e.find(attr); l != nil; l = tl l)
			for(a := (hd l).t1; a != nil; a = tl a){
				pairs = ((hd a).val, at) :: pairs;
				n++;
			}
		offset = next;
	}
	size := 2*n + 1;
	slots := array[size] of list of int;
	for(; pairs != nil; pairs = tl pairs){
		(v, at) := hd pairs;
		i := attrhash->hash(v, size);
		slots[i] = at :: slots[i];
	}
	write(file + "." + attr, dbf.dir.mtime, slots);
}

# A slot holds nothing, an entry, or the place behind the table of two pointers: to an entry, and to what follows.
write(file: string, mtime: int, slots: array of list of int)
{
	out := bufio->create(file, Bufio->OWRITE, 8r664);
	if(out == nil)
		fatal(sys->sprint("can't create %s: %r", file));
	put(out, mtime, 4);
	put(out, len slots, 4);
	chain := len slots * Attrhash->NDBPLEN;
	for(i := 0; i < len slots; i++)
		case len slots[i] {
		0 =>
			put(out, Attrhash->NDBNAP, 3);
		1 =>
			put(out, hd slots[i], 3);
		* =>
			put(out, Attrhash->NDBCHAIN | chain, 3);
			chain += (len slots[i] - 1) * 2 * Attrhash->NDBPLEN;
		}
	chain = len slots * Attrhash->NDBPLEN;
	for(i = 0; i < len slots; i++){
		l := slots[i];
		for(k := len l; k > 1; k--){
			chain += 2 * Attrhash->NDBPLEN;
			put(out, hd l, 3);
			l = tl l;
			if(k == 2)
				put(out, hd l, 3);
			else
				put(out, Attrhash->NDBCHAIN | chain, 3);
		}
	}
	if(out.flush() == Bufio->ERROR)
		fatal(sys->sprint("error writing %s: %r", file));
}

put(out: ref Iobuf, v, n: int)
{
	for(; n > 0; n--){
		out.putb(byte v);
		v >>= 8;
	}
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "mkhash: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mkhash: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
