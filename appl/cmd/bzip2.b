implement Bzip2;

#
# Compresses files; see bzip2(1).
#

include "bzip.inc";

Bzip2: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Rounds: con 4;			# of the choice of codes
Maxlength: con 17;		# of a code

level := 9;
out: ref Iobuf;
acc, nacc: int;			# bits that have not been written

init(nil: ref Draw->Context, argv: list of string)
{
	setup("bzip2");
	keep := 0;
	arg->init(argv);
	arg->setusage("bzip2 [-k1-9] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'k' =>	keep = 1;
		'1' to '9' =>	level = o - '0';
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil && (err := filter(sys->fildes(0), sys->fildes(1))) != nil)
		fail(err);
	for(; argv != nil; argv = tl argv)
		convert(hd argv, names->basename(hd argv, nil) + ".bz2", keep);
}

# nil or an error
filter(ifd, ofd: ref Sys->FD): string
{
	in := bufio->fopen(ifd, Bufio->OREAD);
	out = bufio->fopen(ofd, Bufio->OWRITE);
	acc = nacc = 0;
	out.puts("BZh" + string level);
	block := array[level * Unit] of byte;
	all := 0;
	for(c := in.getb(); c >= 0;){
		# runs of 4 to 259 equal bytes: four, and how many more
		sum := ~0;
		n := 0;
		while(c >= 0 && n <= len block - 24){
			run := 0;
			b := c;
			do{
				run++;
				sum = sumbyte(sum, b);
				c = in.getb();
			}while(c == b && run < 259);
			for(i := 0; i < run && i < 4; i++)
				block[n++] = byte b;
			if(run >= 4)
				block[n++] = byte (run - 4);
		}
		putblock(block[0:n], ~sum);
		all = sumblock(all, ~sum);
	}
	if(c == Bufio->ERROR)
		return sys->sprint("read error: %r");
	put(24, int (Endmark >> 24));
	put(24, int Endmark & 16rffffff);
	long(all);
	if(nacc > 0)
		put(8 - nacc, 0);
	if(out.flush() < 0)
		return sys->sprint("write error: %r");
	return nil;
}

# n bits, up to 24
put(n, v: int)
{
	acc = acc << n | v;
	nacc += n;
	while(nacc >= 8){
		nacc -= 8;
		out.putb(byte (acc >> nacc));
	}
}

long(v: int)
{
	put(16, v >> 16 & 16rffff);
	put(16, v & 16rffff);
}

putblock(b: array of byte, sum: int)
{
	put(24, int (Blockmark >> 24));
	put(24, int Blockmark & 16rffffff);
	long(sum);
	put(1, 0);
	p := rotations(b);
	for(start := 0; p[start] != 0; start++)
		;
	put(24, start);
	used := array[256] of {* => 0};
	for(i := 0; i < len b; i++)
		used[int b[i]] = 1;
	seq := array[256] of int;
	nseq := 0;
	for(i = 0; i < 256; i++)
		if(used[i])
			seq[nseq++] = i;
	groups := 0;
	for(i = 0; i < 256; i++)
		groups |= used[i] << 15 - i / 16;
	put(16, groups);
	for(i = 0; i < 256; i += 16)
		if(groups & 16r8000 >> i / 16)
			for(j := 0; j < 16; j++)
				put(1, used[i + j]);
	putsymbols(tofront(b, p, seq, nseq), nseq + 2);
}

# The rotations of b in order, by where they begin. After each round they are sorted by twice as many bytes; c has for
# each place the rank of what begins there.
rotations(b: array of byte): array of int
{
	n := len b;
	p := array[n] of int;
	q := array[n] of int;
	c := array[n] of int;
	d := array[n] of int;
	m := n;
	if(m < 256)
		m = 256;
	count := array[m + 1] of {* => 0};
	for(i := 0; i < n; i++){
		c[i] = int b[i];
		q[i] = i;
	}
	classes := 256;
	h := 0;
	for(;;){
		# q is in the order of what follows; sort by c, stably
		for(i = 0; i <= classes; i++)
			count[i] = 0;
		for(i = 0; i < n; i++)
			count[c[i] + 1]++;
		for(i = 0; i < classes; i++)
			count[i+1] += count[i];
		for(i = 0; i < n; i++){
			x := q[i];
			p[count[c[x]]++] = x;
		}
		k := 0;
		d[p[0]] = 0;
		for(i = 1; i < n; i++){
			x := p[i];
			y := p[i-1];
			if(c[x] != c[y])
				k++;
			else if(h > 0){
				if((u := x + h) >= n)
					u -= n;
				if((v := y + h) >= n)
					v -= n;
				if(c[u] != c[v])
					k++;
			}
			d[x] = k;
		}
		(c, d) = (d, c);
		classes = k + 1;
		if(h == 0)
			h = 1;
		else
			h *= 2;
		if(classes == n || h >= n)
			return p;
		for(i = 0; i < n; i++)
			if((q[i] = p[i] - h) < 0)
				q[i] += n;
	}
}

# The last bytes of the rotations, each as its place among those of late; runs of the first as digits 1 and 2, which are 0 and 1.
tofront(b: array of byte, p: array of int, seq: array of int, nseq: int): array of int
{
	a := array[len b + 1] of int;
	n := run := 0;
	for(i := 0; i <= len b; i++){
		j := 0;
		if(i < len b){
			k := p[i] - 1;
			if(k < 0)
				k = len b - 1;
			v := int b[k];
			if(seq[0] == v){
				run++;
				continue;
			}
			for(j = 1; seq[j] != v; j++)
				;
			for(k = j; k > 0; k--)
				seq[k] = seq[k-1];
			seq[0] = v;
		}
		for(; run > 0; run = run - 1 >> 1)
			a[n++] = run - 1 & 1;
		a[n++] = j + 1;
	}
	a[n-1] = nseq + 1;
	return a[0:n];
}

# a in groups, each in the code that suits it best
putsymbols(a: array of int, nsym: int)
{
	ncodes := 2;
	for(i := 200; i <= 2400 && ncodes < Maxcodes && len a >= i; i *= 2)
		ncodes++;
	ngroups := (len a + Group - 1) / Group;
	select := array[ngroups] of int;
	# at first neighbours share a code
	for(i = 0; i < ngroups; i++)
		select[i] = i * ncodes / ngroups;
	lengths := array[ncodes] of array of int;
	for(round := 0; round < Rounds; round++){
		freq := array[ncodes] of array of int;
		for(i = 0; i < ncodes; i++)
			freq[i] = array[nsym] of {* => 0};
		for(i = 0; i < len a; i++)
			freq[select[i / Group]][a[i]]++;
		for(c := 0; c < ncodes; c++)
			lengths[c] = huffman(freq[c]);
		if(round == Rounds - 1)
			break;
		for(g := 0; g < ngroups; g++){
			e := (g + 1) * Group;
			if(e > len a)
				e = len a;
			best := -1;
			for(c = 0; c < ncodes; c++){
				l := lengths[c];
				cost := 0;
				for(i = g * Group; i < e; i++)
					cost += l[a[i]];
				if(best < 0 || cost < best)
					(best, select[g]) = (cost, c);
			}
		}
	}
	put(3, ncodes);
	put(15, ngroups);
	order := array[] of {0, 1, 2, 3, 4, 5};
	for(i = 0; i < ngroups; i++){
		for(j := 0; order[j] != select[i]; j++)
			put(1, 1);
		put(1, 0);
		for(; j > 0; j--)
			order[j] = order[j-1];
		order[0] = select[i];
	}
	codes := array[ncodes] of array of int;
	for(i = 0; i < ncodes; i++)
		codes[i] = putcode(lengths[i]);
	for(i = 0; i < len a; i++){
		c := select[i / Group];
		put(lengths[c][a[i]], codes[c][a[i]]);
	}
}

# Lengths of codes for symbols of these frequencies; each has one. Frequencies are made more alike until none is too long.
huffman(freq: array of int): array of int
{
	n := len freq;
	length := array[n] of int;
	weight := array[2*n] of int;
	parent := array[2*n] of int;
	for(shift := 0; ; shift++){
		for(i := 0; i < n; i++)
			weight[i] = (freq[i] >> shift) + 1;
		for(i = 0; i < 2*n; i++)
			parent[i] = -1;
		for(k := n; k < 2*n - 1; k++){
			x := y := -1;	# the least two
			for(i = 0; i < k; i++)
				if(parent[i] < 0){
					if(x < 0 || weight[i] < weight[x])
						(x, y) = (i, x);
					else if(y < 0 || weight[i] < weight[y])
						y = i;
				}
			parent[x] = parent[y] = k;
			weight[k] = weight[x] + weight[y];
		}
		longest := 0;
		for(i = 0; i < n; i++){
			l := 0;
			for(k = i; parent[k] >= 0; k = parent[k])
				l++;
			length[i] = l;
			if(l > longest)
				longest = l;
		}
		if(longest <= Maxlength)
			return length;
	}
}

# Writes the lengths; the codes that follow from them.
putcode(length: array of int): array of int
{
	codes := array[len length] of int;
	l := length[0];
	put(5, l);
	for(i := 0; i < len length; i++){
		for(; l < length[i]; l++)
			put(2, 2);
		for(; l > length[i]; l--)
			put(2, 3);
		put(1, 0);
	}
	code := 0;
	for(l = 1; l <= Maxlength; l++){
		for(i = 0; i < len length; i++)
			if(length[i] == l)
				codes[i] = code++;
		code <<= 1;
	}
	return codes;
}
