implement Filter;

#
# Compression by deflation, with gzip or zlib wrapping; see filter-deflate(2).
#
# Input is matched against the last 32K of itself through chains of
# positions with the same hash of three bytes.  The symbols of a block are
# collected, then written in whichever of the three forms is shortest.
#

include "sys.m";
	sys: Sys;

include "filter.m";

include "crc.m";
	crc: Crc;
	CRCstate: import crc;

Window:		con 32768;
Minmatch:	con 3;
Maxmatch:	con 258;
Hashbits:	con 15;
Blocksyms:	con 16384;
Bufsize:	con 3*Window;
Outsize:	con 8192;
Nlit:		con 286;
Ndist:		con 30;
Eob:		con 256;

RAW, GZIP, ZLIB: con iota;

Abort:	con "deflate: abort";

# how hard to look: length of chains, and whether to try the next position too
chains := array[] of {0, 4, 8, 16, 16, 32, 64, 128, 256, 1024};
Lazy:	con 4;
Goodmatch: con 64;	# long enough not to look further

lenbase := array[] of {
	3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
	35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258
};
lenextra := array[] of {
	0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2,
	3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
};
order := array[] of {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
lencode: array of int;		# code of each match length

State: adt
{
	rq:	chan of ref Rq;
	reply:	chan of int;
	level:	int;
	how:	int;
	verbose: int;

	buf:	array of byte;		# the last Window bytes, then a chunk of input
	n:	int;
	base:	int;			# position of buf[0]
	eof:	int;
	head, prev: array of int;	# positions; that they wrap does no harm
	start:	int;			# where the block starts

	lits:	array of int;		# literals, or lengths of matches
	dists:	array of int;		# distances of matches, 0 for literals
	nsyms:	int;

	out:	array of byte;
	on:	int;
	bits, nbits: int;
	crc:	ref CRCstate;
	a, b:	int;			# adler sums
	nin, nout: int;

	fill:	fn(s: self ref State);
	insert:	fn(s: self ref State, i: int): int;
	find:	fn(s: self ref State, i: int): (int, int);
	chunk:	fn(s: self ref State, i: int);
	sym:	fn(s: self ref State, lit, dist: int);
	block:	fn(s: self ref State, end, last: int);
	store:	fn(s: self ref State, data: array of byte, last: int);
	codes:	fn(s: self ref State, lit, dist: ref Code);
	put:	fn(s: self ref State, v, n: int);
	align:	fn(s: self ref State);
	flush:	fn(s: self ref State);
};

# a prefix code; the codes have their first bit lowest
Code: adt
{
	lens:	array of int;
	codes:	array of int;
};

fixedlit, fixeddist: ref Code;

init()
{
	sys = load Sys Sys->PATH;
	crc = load Crc Crc->PATH;
	lencode = array[Maxmatch+1] of int;
	c := 0;
	for(i := Minmatch; i <= Maxmatch; i++){
		while(c + 1 < len lenbase && i >= lenbase[c+1])
			c++;
		lencode[i] = c;
	}
	l := array[288] of {* => 8};
	for(i = 144; i < 256; i++)
		l[i] = 9;
	for(; i < 280; i++)
		l[i] = 7;
	fixedlit = mkcode(l);
	fixeddist = mkcode(array[Ndist] of {* => 5});
}

start(param: string): chan of ref Rq
{
	rq := chan of ref Rq;
	spawn deflate(rq, param);
	return rq;
}

deflate(rq: chan of ref Rq, param: string)
{
	s := ref State;
	s.rq = rq;
	s.reply = chan of int;
	s.level = 6;
	s.how = RAW;
	s.verbose = 0;
	for(i := 0; i < len param; i++)
		case param[i] {
		'h' =>
			s.how = GZIP;
		'z' =>
			s.how = ZLIB;
		'v' =>
			s.verbose = 1;
		'0' to '9' =>
			s.level = param[i] - '0';
		}
	s.buf = array[Bufsize] of byte;
	s.head = array[1 << Hashbits] of {* => -Window-1};
	s.prev = array[Window] of {* => -Window-1};
	s.lits = array[Blocksyms] of int;
	s.dists = array[Blocksyms] of int;
	s.out = array[Outsize] of byte;
	s.n = s.base = s.eof = s.start = s.nsyms = s.on = s.bits = s.nbits = s.nin = s.nout = s.b = 0;
	s.a = 1;
	rq <-= ref Rq.Start(sys->pctl(0, nil));
	{
		if(s.how == GZIP){
			if(crc == nil)
				raise "no crc module";
			s.crc = crc->init(0, ~0);
		}
		header(s);
		compress(s);
		s.align();
		trailer(s);
		s.flush();
		if(s.verbose)
			rq <-= ref Rq.Info(sys->sprint("in %d bytes, out %d bytes", s.nin, s.nout));
		rq <-= ref Rq.Finished(nil);
	} exception e {
	Abort =>
		;
	"*" =>
		rq <-= ref Rq.Error(e);
	}
}

#
# input and matches
#

State.fill(s: self ref State)
{
	while(!s.eof && s.n < Bufsize){
		room := s.buf[s.n:];
		s.rq <-= ref Rq.Fill(room, s.reply);
		m := <-s.reply;
		if(m < 0)
			raise Abort;
		if(m == 0){
			s.eof = 1;
			break;
		}
		if(m > len room)
			m = len room;
		got := room[0:m];
		s.nin += m;
		s.n += m;
		case s.how {
		GZIP =>
			crc->crc(s.crc, got, m);
		ZLIB =>
			(a, b) := (s.a, s.b);
			for(i := 0; i < m; i++){
				a += int got[i];
				if(a >= 65521)
					a -= 65521;
				b += a;
				if(b >= 65521)
					b -= 65521;
			}
			(s.a, s.b) = (a, b);
		}
	}
}

compress(s: ref State)
{
	do{
		s.start = s.n;
		s.fill();
		if(s.level > 0)
			s.chunk(s.start);
		s.block(s.n, s.eof);
		drop := s.n - Window;
		if(drop > 0){
			s.buf[0:] = s.buf[drop:s.n];
			s.base += drop;
			s.n = Window;
		}
	}while(!s.eof);
}

# enter the position of buf[i]: the last one with the same hash
State.insert(s: self ref State, i: int): int
{
	b := s.buf;
	h := (int b[i] << 10 ^ int b[i+1] << 5 ^ int b[i+2]) & ((1 << Hashbits) - 1);
	p := s.head[h];
	pos := s.base + i;
	s.prev[pos & (Window-1)] = p;
	s.head[h] = pos;
	return p;
}

# the longest match for buf[i:]: length and distance
State.find(s: self ref State, i: int): (int, int)
{
	max := s.n - i;
	if(max < Minmatch)
		return (0, 0);
	if(max > Maxmatch)
		max = Maxmatch;
	b := s.buf;
	best := Minmatch - 1;
	dist := 0;
	pos := s.base + i;
	cand := s.insert(i);
	for(tries := chains[s.level]; tries > 0; tries--){
		d := pos - cand;
		if(d <= 0 || d > Window || d > i)
			break;
		j := i - d;
		if(b[j+best] == b[i+best] && b[j] == b[i]){
			for(m := 0; m < max && b[j+m] == b[i+m]; m++)
				;
			if(m > best){
				best = m;
				dist = d;
				if(m >= max)
					break;
			}
		}
		cand = s.prev[cand & (Window-1)];
	}
	if(dist == 0)
		return (0, 0);
	return (best, dist);
}

# the symbols for buf[i:n]
State.chunk(s: self ref State, i: int)
{
	while(i < s.n){
		if(s.nsyms >= Blocksyms - 1)
			s.block(i, 0);
		(l, d) := s.find(i);
		if(l < Minmatch){
			s.sym(int s.buf[i++], 0);
			continue;
		}
		done := i + 1;	# positions before are in the chains
		while(s.level >= Lazy && l < Goodmatch && s.nsyms < Blocksyms - 1){
			(l2, d2) := s.find(done++);
			if(l2 <= l)
				break;
			s.sym(int s.buf[i++], 0);
			(l, d) = (l2, d2);
		}
		s.sym(l, d);
		i += l;
		for(; done < i; done++)
			if(s.n - done >= Minmatch)
				s.insert(done);
	}
}

State.sym(s: self ref State, lit, dist: int)
{
	s.lits[s.nsyms] = lit;
	s.dists[s.nsyms++] = dist;
}

#
# codes
#

# the code of a distance, its extra bits, and how many
distcode(d: int): (int, int, int)
{
	d--;
	if(d < 4)
		return (d, 0, 0);
	for(n := 2; d >> (n+1) != 0; n++)
		;
	return (2*n + (d >> (n-1) & 1), d & ((1 << (n-1)) - 1), n - 1);
}

# codes from lengths
mkcode(lens: array of int): ref Code
{
	count := array[17] of {* => 0};
	for(i := 0; i < len lens; i++)
		count[lens[i]]++;
	count[0] = 0;
	next := array[17] of {* => 0};
	for(n := 1; n < 16; n++)
		next[n+1] = (next[n] + count[n]) << 1;
	codes := array[len lens] of {* => 0};
	for(i = 0; i < len lens; i++){
		n = lens[i];
		if(n == 0)
			continue;
		c := next[n]++;
		for(j := 0; j < n; j++)
			codes[i] |= (c >> j & 1) << (n-1-j);
	}
	return ref Code(lens, codes);
}

# lengths of at most limit for symbols of these frequencies
lengths(freq: array of int, limit: int): array of int
{
	n := len freq;
	f := array[n] of int;
	f[0:] = freq;
	lens := array[n] of {* => 0};
	leaf := array[n] of int;
	nl := 0;
	for(i := 0; i < n; i++)
		if(f[i] > 0)
			leaf[nl++] = i;
	if(nl == 0)
		return lens;
	if(nl == 1){
		lens[leaf[0]] = 1;
		return lens;
	}
	for(;;){
		# by rising frequency
		for(i = 1; i < nl; i++){
			x := leaf[i];
			for(j := i; j > 0 && f[leaf[j-1]] > f[x]; j--)
				leaf[j] = leaf[j-1];
			leaf[j] = x;
		}
		# nodes 0 to nl-1 are the leaves, the others are made in rising order
		w := array[2*nl - 1] of int;
		up := array[2*nl - 1] of int;
		for(i = 0; i < nl; i++)
			w[i] = f[leaf[i]];
		p := 0;
		q := nl;
		for(m := nl; m < 2*nl - 1; m++){
			w[m] = 0;
			for(k := 0; k < 2; k++){
				x: int;
				if(q >= m || (p < nl && w[p] <= w[q]))
					x = p++;
				else
					x = q++;
				w[m] += w[x];
				up[x] = m;
			}
		}
		depth := array[2*nl - 1] of int;
		depth[2*nl - 2] = 0;
		max := 0;
		for(m = 2*nl - 3; m >= 0; m--){
			depth[m] = depth[up[m]] + 1;
			if(depth[m] > max)
				max = depth[m];
		}
		if(max <= limit){
			for(i = 0; i < nl; i++)
				lens[leaf[i]] = depth[i];
			return lens;
		}
		for(i = 0; i < n; i++)
			if(f[i] > 0)
				f[i] = f[i]/2 + 1;
	}
}

# run lengths of code lengths: symbols, and the values of their extra bits
runs(l: array of int): (array of int, array of int)
{
	syms := array[len l] of int;
	vals := array[len l] of {* => 0};
	n := 0;
	for(i := 0; i < len l;){
		v := l[i];
		for(j := i; j < len l && l[j] == v && j - i < 138; j++)
			;
		r := j - i;
		if(v == 0 && r >= 3){
			if(r > 10)
				(syms[n], vals[n]) = (18, r - 11);
			else
				(syms[n], vals[n]) = (17, r - 3);
			n++;
			i = j;
			continue;
		}
		syms[n++] = v;
		i++;
		if(v != 0)
			while(r >= 4){
				m := r - 1;
				if(m > 6)
					m = 6;
				(syms[n], vals[n]) = (16, m - 3);
				n++;
				i += m;
				r -= m;
			}
	}
	return (syms[0:n], vals[0:n]);
}

runextra(sym: int): int
{
	case sym {
	16 =>
		return 2;
	17 =>
		return 3;
	18 =>
		return 7;
	}
	return 0;
}

# bits that symbols of these frequencies take
cost(freq, lens: array of int): int
{
	n := 0;
	for(i := 0; i < len freq; i++)
		n += freq[i] * lens[i];
	return n;
}

#
# output
#

# write the symbols so far, which stand for buf[start:end]
State.block(s: self ref State, end, last: int)
{
	data := s.buf[s.start:end];
	s.start = end;
	if(s.level == 0){
		s.store(data, last);
		return;
	}
	lf := array[Nlit] of {* => 0};
	df := array[Ndist] of {* => 0};
	extra := 0;
	for(i := 0; i < s.nsyms; i++){
		if(s.dists[i] == 0){
			lf[s.lits[i]]++;
			continue;
		}
		c := lencode[s.lits[i]];
		lf[257 + c]++;
		extra += lenextra[c];
		(dc, nil, n) := distcode(s.dists[i]);
		df[dc]++;
		extra += n;
	}
	lf[Eob] = 1;
	ll := lengths(lf, 15);
	dl := lengths(df, 15);
	for(nlit := Nlit; nlit > 257 && ll[nlit-1] == 0; nlit--)
		;
	for(ndist := Ndist; ndist > 1 && dl[ndist-1] == 0; ndist--)
		;
	all := array[nlit + ndist] of int;
	all[0:] = ll[0:nlit];
	all[nlit:] = dl[0:ndist];
	(syms, vals) := runs(all);
	cf := array[19] of {* => 0};
	hdr := 5 + 5 + 4;
	for(i = 0; i < len syms; i++){
		cf[syms[i]]++;
		hdr += runextra(syms[i]);
	}
	cl := lengths(cf, 7);
	for(ncl := 19; ncl > 4 && cl[order[ncl-1]] == 0; ncl--)
		;
	hdr += 3*ncl + cost(cf, cl);
	dynamic1 := hdr + cost(lf, ll) + cost(df, dl);
	fixed1 := cost(lf, fixedlit.lens) + cost(df, fixeddist.lens);
	stored := 8*len data + 40*(len data/65535 + 1);
	if(stored < dynamic1 + extra && stored < fixed1 + extra)
		s.store(data, last);
	else if(fixed1 <= dynamic1){
		s.put(last | 1<<1, 3);
		s.codes(fixedlit, fixeddist);
	}else{
		s.put(last | 2<<1, 3);
		s.put(nlit - 257, 5);
		s.put(ndist - 1, 5);
		s.put(ncl - 4, 4);
		for(i = 0; i < ncl; i++)
			s.put(cl[order[i]], 3);
		cc := mkcode(cl);
		for(i = 0; i < len syms; i++){
			s.put(cc.codes[syms[i]], cl[syms[i]]);
			s.put(vals[i], runextra(syms[i]));
		}
		s.codes(mkcode(ll), mkcode(dl));
	}
	s.nsyms = 0;
}

State.codes(s: self ref State, lit, dist: ref Code)
{
	for(i := 0; i < s.nsyms; i++){
		v := s.lits[i];
		if(s.dists[i] == 0){
			s.put(lit.codes[v], lit.lens[v]);
			continue;
		}
		c := lencode[v];
		s.put(lit.codes[257+c], lit.lens[257+c]);
		s.put(v - lenbase[c], lenextra[c]);
		(dc, x, n) := distcode(s.dists[i]);
		s.put(dist.codes[dc], dist.lens[dc]);
		s.put(x, n);
	}
	s.put(lit.codes[Eob], lit.lens[Eob]);
}

State.store(s: self ref State, data: array of byte, last: int)
{
	do{
		n := len data;
		if(n > 65535)
			n = 65535;
		s.put(last && n == len data, 3);
		s.align();
		s.put(n, 16);
		s.put(~n & 65535, 16);
		for(i := 0; i < n; i++)
			s.put(int data[i], 8);
		data = data[n:];
	}while(len data > 0);
}

State.put(s: self ref State, v, n: int)
{
	s.bits |= v << s.nbits;
	for(s.nbits += n; s.nbits >= 8; s.nbits -= 8){
		if(s.on >= Outsize)
			s.flush();
		s.out[s.on++] = byte s.bits;
		s.bits >>= 8;
	}
}

State.align(s: self ref State)
{
	if(s.nbits > 0)
		s.put(0, 8 - s.nbits);
}

State.flush(s: self ref State)
{
	if(s.on == 0)
		return;
	s.nout += s.on;
	s.rq <-= ref Rq.Result(s.out[0:s.on], s.reply);
	if(<-s.reply < 0)
		raise Abort;
	s.on = 0;
}

put32(s: ref State, v: int)
{
	s.put(v & 65535, 16);
	s.put(v >> 16 & 65535, 16);
}

header(s: ref State)
{
	case s.how {
	GZIP =>
		s.put(16r8b1f, 16);
		s.put(8, 16);		# method, no flags
		put32(s, 0);		# no time
		s.put(16rff00, 16);	# no such system
	ZLIB =>
		s.put(16r9c78, 16);
	}
}

trailer(s: ref State)
{
	case s.how {
	GZIP =>
		put32(s, s.crc.crc);
		put32(s, s.nin);
	ZLIB =>
		for(i := 0; i < 2; i++)
			s.put(s.b >> (8 - 8*i) & 16rff, 8);
		for(i = 0; i < 2; i++)
			s.put(s.a >> (8 - 8*i) & 16rff, 8);
	}
}
