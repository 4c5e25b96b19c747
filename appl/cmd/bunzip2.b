implement Bunzip2;

#
# Expands files compressed by bzip2; see bzip2(1).
#

include "bzip.inc";

Bunzip2: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Bad: con "bzip2: ";		# what exceptions within here begin with

# Symbols by their codes: those of n bits end at limit[n], and their places in perm begin at base[n] less the first.
Code: adt
{
	least:	int;
	limit, base, perm: array of int;
};

in, out: ref Iobuf;
acc, nacc: int;			# bits that have been read
tt: array of int;		# the block: bytes, and above them the order

init(nil: ref Draw->Context, argv: list of string)
{
	setup("bunzip2");
	keep := 0;
	arg->init(argv);
	arg->setusage("bunzip2 [-k] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'k' =>	keep = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil && (err := filter(sys->fildes(0), sys->fildes(1))) != nil)
		fail(err);
	for(; argv != nil; argv = tl argv){
		zname := hd argv;
		n := len zname - len ".bz2";
		if(n <= 0 || zname[n:] != ".bz2")
			fail(".bz2 extension required: " + zname);
		convert(zname, names->basename(zname, ".bz2"), keep);
	}
}

# nil or an error
filter(ifd, ofd: ref Sys->FD): string
{
	in = bufio->fopen(ifd, Bufio->OREAD);
	out = bufio->fopen(ofd, Bufio->OWRITE);
	err: string;
	{
		streams();
	}exception e{
	Bad + "*" =>
		err = e[len Bad:];
	}
	if(out.flush() < 0 && err == nil)
		err = sys->sprint("write error: %r");
	return err;
}

bad(s: string)
{
	raise Bad + s;
}

# The next n bits, up to 24.
bits(n: int): int
{
	while(nacc < n){
		c := in.getb();
		if(c == Bufio->ERROR)
			bad(sys->sprint("read error: %r"));
		if(c < 0)
			bad("unexpected end of file");
		acc = acc << 8 | c;
		nacc += 8;
	}
	nacc -= n;
	return acc >> nacc & (1 << n) - 1;
}

long(): int
{
	h := bits(16);
	return h << 16 | bits(16);
}

# All streams of a file; what follows and is none is padding.
streams()
{
	for(first := 1; ; first = 0){
		nacc = 0;
		c := in.getb();
		if(c < 0 && !first)
			return;
		if(c != 'B' || in.getb() != 'Z' || in.getb() != 'h'){
			if(first)
				bad("not a bzip2 file");
			return;
		}
		size := bits(8) - '0';
		if(size < 1 || size > 9)
			bad("bad block size");
		if(len tt < size * Unit)
			tt = array[size * Unit] of int;
		stream(size * Unit);
	}
}

stream(max: int)
{
	all := 0;
	for(;;){
		h := bits(24);
		mark := big h << 24 | big bits(24);
		sum := long();
		if(mark == Endmark){
			if(sum != all)
				bad("checksum error");
			return;
		}
		if(mark != Blockmark)
			bad("bad block");
		if(bits(1))
			bad("randomised blocks are not supported");
		start := bits(24);
		n := symbols(max);
		if(start >= n)
			bad("bad block");
		if(write(start, n) != sum)
			bad("checksum error");
		all = sumblock(all, sum);
	}
}

# Reads a block's bytes, sorted as they are, into tt; how many.
symbols(max: int): int
{
	seq := array[256] of int;	# bytes, those of late first
	nseq := 0;
	used := bits(16);
	for(i := 0; i < 16; i++)
		if(used & 16r8000 >> i){
			w := bits(16);
			for(j := 0; j < 16; j++)
				if(w & 16r8000 >> j)
					seq[nseq++] = 16*i + j;
		}
	ncodes := bits(3);
	nselect := bits(15);
	if(nseq == 0 || ncodes < 2 || ncodes > Maxcodes || nselect == 0)
		bad("bad block");
	select := array[nselect] of int;
	order := array[] of {0, 1, 2, 3, 4, 5};
	for(i = 0; i < nselect; i++){
		for(j := 0; bits(1); j++)
			if(j + 1 >= ncodes)
				bad("bad block");
		select[i] = front(order, j);
	}
	codes := array[ncodes] of ref Code;
	for(i = 0; i < ncodes; i++)
		codes[i] = readcode(nseq + 2);

	n := run := 0;
	weight := 1;
	left := s := 0;
	c: ref Code;
	for(;;){
		if(left-- == 0){
			if(s == nselect)
				bad("bad block");
			c = codes[select[s++]];
			left = Group - 1;
		}
		sym := decode(c);
		if(sym < 2){
			# a run of the byte in front, its length in digits 1 and 2
			if(weight > max)
				bad("bad block");
			run += weight << sym;
			weight <<= 1;
			continue;
		}
		if(run > 0){
			if(run > max - n)
				bad("bad block");
			b := seq[0];
			while(run > 0){
				tt[n++] = b;
				run--;
			}
		}
		weight = 1;
		if(sym == nseq + 1)
			return n;
		if(n == max)
			bad("bad block");
		tt[n++] = front(seq, sym - 1);
	}
}

# a[i], which comes to the front.
front(a: array of int, i: int): int
{
	v := a[i];
	for(; i > 0; i--)
		a[i] = a[i-1];
	a[0] = v;
	return v;
}

readcode(n: int): ref Code
{
	length := array[n] of int;
	count := array[22] of {* => 0};
	l := bits(5);
	for(i := 0; i < n; i++){
		while(bits(1))
			if(bits(1))
				l--;
			else
				l++;
		if(l < 1 || l > 20)
			bad("bad code");
		length[i] = l;
		count[l]++;
	}
	c := ref Code(0, array[22] of {* => 0}, array[22] of {* => 0}, array[n] of int);
	at := code := 0;
	for(l = 1; l <= 20; l++){
		if(count[l] > 0 && c.least == 0)
			c.least = l;
		c.base[l] = at - code;
		for(i = 0; i < n; i++)
			if(length[i] == l)
				c.perm[at++] = i;
		code += count[l];
		c.limit[l] = code;
		code <<= 1;
	}
	return c;
}

decode(c: ref Code): int
{
	n := c.least;
	v := bits(n);
	while(v >= c.limit[n]){
		if(++n > 20)
			bad("bad code");
		v = v << 1 | bits(1);
	}
	i := c.base[n] + v;
	if(i < 0 || i >= len c.perm)
		bad("bad code");
	return c.perm[i];
}

# Puts the block into its order, and writes it; four equal bytes are followed by the number of more. Their sum.
write(start, n: int): int
{
	at := array[256] of {* => 0};
	for(i := 0; i < n; i++)
		at[tt[i]]++;
	below := 0;
	for(i = 0; i < 256; i++){
		k := at[i];
		at[i] = below;
		below += k;
	}
	for(i = 0; i < n; i++){
		b := tt[i] & 16rff;
		tt[at[b]++] |= i << 8;
	}
	sum := ~0;
	equal := 0;
	last := -1;
	p := tt[start] >> 8;
	for(i = 0; i < n; i++){
		v := tt[p];
		p = v >> 8;
		b := v & 16rff;
		if(equal == 4){
			for(; b > 0; b--){
				sum = sumbyte(sum, last);
				out.putb(byte last);
			}
			equal = 0;
			last = -1;
			continue;
		}
		if(b != last)
			equal = 0;
		last = b;
		equal++;
		sum = sumbyte(sum, b);
		if(out.putb(byte b) < 0)
			bad(sys->sprint("write error: %r"));
	}
	return ~sum;
}
