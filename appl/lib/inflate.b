implement Filter;

#
# Decompression of deflated data, with gzip or zlib wrapping; see filter-deflate(2).
#

include "sys.m";
	sys: Sys;

include "filter.m";

include "crc.m";
	crc: Crc;
	CRCstate: import crc;

Window:	con 32768;
Outsize: con 2*Window;
Insize:	con 8192;
Maxbits: con 15;
Fast:	con 9;		# codes up to this long are found by table

# how the checksum goes
RAW, GZIP, ZLIB: con iota;

#
# a prefix code: fast[next Fast bits] is symbol<<4 | length, or 0 for longer codes,
# which are found by their lengths: count of each, and symbols in order
#
Huff: adt
{
	fast:	array of int;
	count:	array of int;
	syms:	array of int;
};

State: adt
{
	rq:	chan of ref Rq;
	reply:	chan of int;
	in:	array of byte;
	ip, in_n:	int;
	bits, nbits:	int;
	pad:	int;		# of nbits, those that the input did not have
	out:	array of byte;
	done, op:	int;		# out[done:op] has not been passed on
	total:	int;
	how:	int;
	crc:	ref CRCstate;
	a, b:	int;		# adler sums

	need:	fn(s: self ref State, n: int);
	get:	fn(s: self ref State, n: int): int;
	sym:	fn(s: self ref State, h: ref Huff): int;
	put:	fn(s: self ref State, c: byte);
	flush:	fn(s: self ref State);
	slide:	fn(s: self ref State);
};

Abort:	con "inflate: abort";		# the other side gave up
Error:	con "inflate error: ";

lenbase := array[] of {
	3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
	35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258
};
lenextra := array[] of {
	0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2,
	3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
};
distbase := array[] of {
	1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193,
	257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577
};
order := array[] of {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

fixedlit, fixeddist: ref Huff;

init()
{
	sys = load Sys Sys->PATH;
	crc = load Crc Crc->PATH;
	l := array[288] of {* => 8};
	for(i := 144; i < 256; i++)
		l[i] = 9;
	for(; i < 280; i++)
		l[i] = 7;
	fixedlit = mkhuff(l);
	fixeddist = mkhuff(array[30] of {* => 5});
}

start(param: string): chan of ref Rq
{
	how := RAW;
	if(param != nil)
		case param[0] {
		'h' =>
			how = GZIP;
		'z' =>
			how = ZLIB;
		}
	rq := chan of ref Rq;
	spawn inflate(rq, how);
	return rq;
}

inflate(rq: chan of ref Rq, how: int)
{
	rq <-= ref Rq.Start(sys->pctl(0, nil));
	s := ref State(rq, chan of int, array[Insize] of byte, 0, 0, 0, 0, 0, array[Outsize] of byte, 0, 0, 0,
		how, nil, 1, 0);
	{
		if(how == GZIP){
			if(crc == nil)
				raise Error + "no crc module";
			s.crc = crc->init(0, ~0);
		}
		header(s);
		while(block(s))
			;
		s.flush();
		trailer(s);
		rq <-= ref Rq.Finished(rest(s));
	} exception e {
	Abort =>
		;
	"*" =>
		rq <-= ref Rq.Error(e);
	}
}

# what has been read beyond the end
rest(s: ref State): array of byte
{
	s.get(s.nbits & 7);
	n := (s.nbits - s.pad)/8;
	if(n < 0)
		n = 0;
	a := array[n + s.in_n - s.ip] of byte;
	for(i := 0; i < n; i++)
		a[i] = byte s.get(8);
	a[n:] = s.in[s.ip:s.in_n];
	return a;
}

State.need(s: self ref State, n: int)
{
	while(s.nbits < n){
		if(s.ip >= s.in_n){
			m := 0;
			if(s.pad == 0){
				s.rq <-= ref Rq.Fill(s.in, s.reply);
				m = <-s.reply;
				if(m < 0)
					raise Abort;
			}
			if(m == 0){
				s.pad += 8;
				s.nbits += 8;
				continue;
			}
			s.ip = 0;
			s.in_n = m;
		}
		s.bits |= int s.in[s.ip++] << s.nbits;
		s.nbits += 8;
	}
}

State.get(s: self ref State, n: int): int
{
	s.need(n);
	v := s.bits & ((1 << n) - 1);
	s.bits = s.bits >> n & ((1 << (31 - n)) - 1);
	s.nbits -= n;
	if(s.nbits < s.pad)
		raise Error + "unexpected end of data";
	return v;
}

State.sym(s: self ref State, h: ref Huff): int
{
	s.need(Fast);
	f := h.fast[s.bits & ((1 << Fast) - 1)];
	if(f != 0){
		s.get(f & 15);
		return f >> 4;
	}
	code := first := index := 0;
	for(n := 1; n <= Maxbits; n++){
		code |= s.get(1);
		c := h.count[n];
		if(code - c < first)
			return h.syms[index + code - first];
		index += c;
		first = (first + c) << 1;
		code <<= 1;
	}
	raise Error + "bad code";
}

mkhuff(lens: array of int): ref Huff
{
	h := ref Huff(array[1 << Fast] of {* => 0}, array[Maxbits+1] of {* => 0}, array[len lens] of {* => 0});
	for(i := 0; i < len lens; i++)
		h.count[lens[i]]++;
	h.count[0] = 0;
	offs := array[Maxbits+2] of int;
	code := array[Maxbits+2] of int;
	offs[1] = code[1] = 0;
	for(n := 1; n <= Maxbits; n++){
		offs[n+1] = offs[n] + h.count[n];
		code[n+1] = (code[n] + h.count[n]) << 1;
		if(code[n] + h.count[n] > 1 << n)
			raise Error + "code lengths make no code";
	}
	for(i = 0; i < len lens; i++){
		n = lens[i];
		if(n == 0)
			continue;
		h.syms[offs[n]++] = i;
		c := code[n]++;
		if(n > Fast)
			continue;
		r := 0;		# codes come highest bit first
		for(j := 0; j < n; j++)
			r |= (c >> j & 1) << (n-1-j);
		for(; r < 1 << Fast; r += 1 << n)
			h.fast[r] = i << 4 | n;
	}
	return h;
}

State.put(s: self ref State, c: byte)
{
	if(s.op >= Outsize)
		s.slide();
	s.out[s.op++] = c;
}

# pass output on
State.flush(s: self ref State)
{
	if(s.op == s.done)
		return;
	buf := s.out[s.done:s.op];
	case s.how {
	GZIP =>
		crc->crc(s.crc, buf, len buf);
	ZLIB =>
		(a, b) := (s.a, s.b);
		for(i := 0; i < len buf; i++){
			a += int buf[i];
			if(a >= 65521)
				a -= 65521;
			b += a;
			if(b >= 65521)
				b -= 65521;
		}
		(s.a, s.b) = (a, b);
	}
	s.total += len buf;
	s.rq <-= ref Rq.Result(buf, s.reply);
	if(<-s.reply < 0)
		raise Abort;
	s.done = s.op;
}

State.slide(s: self ref State)
{
	s.flush();
	s.out[0:] = s.out[s.op-Window:s.op];
	s.op = s.done = Window;
}

# one block; 0 if it was the last
block(s: ref State): int
{
	last := s.get(1);
	case s.get(2) {
	0 =>
		s.get(s.nbits & 7);
		n := s.get(16);
		if((s.get(16) ^ n) != 16rffff)
			raise Error + "bad stored block";
		while(n > 0){
			if(s.nbits > 0 || s.ip >= s.in_n){
				s.put(byte s.get(8));
				n--;
				continue;
			}
			if(s.op >= Outsize)
				s.slide();
			m := s.in_n - s.ip;
			if(m > n)
				m = n;
			if(m > Outsize - s.op)
				m = Outsize - s.op;
			s.out[s.op:] = s.in[s.ip:s.ip+m];
			s.op += m;
			s.ip += m;
			n -= m;
		}
	1 =>
		codes(s, fixedlit, fixeddist);
	2 =>
		(lit, dist) := dynamic1(s);
		codes(s, lit, dist);
	* =>
		raise Error + "bad block type";
	}
	return !last;
}

dynamic1(s: ref State): (ref Huff, ref Huff)
{
	nlit := s.get(5) + 257;
	ndist := s.get(5) + 1;
	nclen := s.get(4) + 4;
	cl := array[19] of {* => 0};
	for(i := 0; i < nclen; i++)
		cl[order[i]] = s.get(3);
	h := mkhuff(cl);
	n := nlit + ndist;
	l := array[n] of int;
	for(i = 0; i < n;){
		c := s.sym(h);
		if(c < 16){
			l[i++] = c;
			continue;
		}
		v := rep := 0;
		case c {
		16 =>
			if(i == 0)
				raise Error + "bad code lengths";
			v = l[i-1];
			rep = 3 + s.get(2);
		17 =>
			rep = 3 + s.get(3);
		* =>
			rep = 11 + s.get(7);
		}
		if(i + rep > n)
			raise Error + "bad code lengths";
		while(--rep >= 0)
			l[i++] = v;
	}
	return (mkhuff(l[0:nlit]), mkhuff(l[nlit:]));
}

codes(s: ref State, lit, dist: ref Huff)
{
	for(;;){
		c := s.sym(lit);
		if(c < 256){
			if(s.op >= Outsize)
				s.slide();
			s.out[s.op++] = byte c;
			continue;
		}
		if(c == 256)
			return;
		c -= 257;
		if(c >= len lenbase)
			raise Error + "bad length code";
		n := lenbase[c] + s.get(lenextra[c]);
		c = s.sym(dist);
		if(c >= len distbase)
			raise Error + "bad distance code";
		x := 0;
		if(c >= 4)
			x = s.get(c/2 - 1);
		d := distbase[c] + x;
		if(d > s.op)
			raise Error + "distance too far back";
		while(n > 0){
			if(s.op >= Outsize)
				s.slide();
			m := n;
			if(m > d)	# the rest repeats what we copy
				m = d;
			if(m > Outsize - s.op)
				m = Outsize - s.op;
			s.out[s.op:] = s.out[s.op-d:s.op-d+m];
			s.op += m;
			n -= m;
		}
	}
}

#
# wrapping
#

get32(s: ref State): int
{
	lo := s.get(16);
	return s.get(16) << 16 | lo;
}

cstring(s: ref State): string
{
	a := array[256] of byte;
	n := 0;
	while((c := s.get(8)) != 0)
		if(n < len a)
			a[n++] = byte c;
	return string a[0:n];
}

header(s: ref State)
{
	case s.how {
	GZIP =>
		if(s.get(16) != 16r8b1f)
			raise Error + "not in gzip format";
		if(s.get(8) != 8)
			raise Error + "unknown compression method";
		flags := s.get(8);
		mtime := get32(s);
		s.get(16);
		if(flags & 4)
			for(n := s.get(16); n > 0; n--)
				s.get(8);
		if(flags & 8)
			s.rq <-= ref Rq.Info("file " + cstring(s));
		if(flags & 16)
			cstring(s);
		if(flags & 2)
			s.get(16);
		if(mtime != 0)
			s.rq <-= ref Rq.Info(sys->sprint("mtime %ud", mtime));
	ZLIB =>
		cmf := s.get(8);
		flg := s.get(8);
		if((cmf & 15) != 8 || (cmf << 8 | flg) % 31 != 0)
			raise Error + "not in zlib format";
		if(flg & 16r20)
			raise Error + "preset dictionary";
	}
}

trailer(s: ref State)
{
	s.get(s.nbits & 7);
	case s.how {
	GZIP =>
		if(get32(s) != s.crc.crc)
			raise Error + "crc is wrong";
		if(get32(s) != s.total)
			raise Error + "length is wrong";
	ZLIB =>
		v := 0;
		for(i := 0; i < 4; i++)
			v = v << 8 | s.get(8);
		if(v != (s.b << 16 | s.a))
			raise Error + "checksum is wrong";
	}
}
