implement Regex;

#
# Regular expressions; see regex(2).
#
# An expression is parsed into a tree, then linked into a graph of Rex
# nodes, where left is the node that follows and right the other way of a
# choice.  Node 0 is the end of a match.  Matching walks all paths at once,
# character by character; earlier paths in a list are preferred.
#

include "regex.m";

Accept:	con 0;

Node: adt
{
	kind:		int;
	left, right:	ref Node;
	set:		ref Set;
	pno:		int;
};

Parser: adt
{
	s:	string;
	p:	int;
	npar:	int;
	err:	int;

	peek:	fn(p: self ref Parser): int;
	alts:	fn(p: self ref Parser): ref Node;
	cat:	fn(p: self ref Parser): ref Node;
	item:	fn(p: self ref Parser): ref Node;
	atom:	fn(p: self ref Parser): ref Node;
	set:	fn(p: self ref Parser): ref Node;
	setc:	fn(p: self ref Parser): int;
};

compile(e: string, flag: int): (Re, string)
{
	if(e == nil)
		return (nil, "missing expression");
	p := ref Parser(e, 0, 0, 0);
	n := p.alts();
	if(p.err || p.p < len e)
		return (nil, "invalid regular expression");
	re := ref Arena(array[2*len e + 2] of Rex, 1, 0, 0);
	re.rex[Accept] = Rex(NUL, 0, 0, nil, 0);
	if(flag)
		re.pno = p.npar;
	re.start = link(re, n, Accept, flag);
	return (re, nil);
}

#
# parsing
#

bad(p: ref Parser): ref Node
{
	p.err = 1;
	return ref Node(NUL, nil, nil, nil, 0);
}

Parser.peek(p: self ref Parser): int
{
	if(p.p >= len p.s || p.err)
		return -1;
	return p.s[p.p];
}

Parser.alts(p: self ref Parser): ref Node
{
	n := p.cat();
	while(p.peek() == '|'){
		p.p++;
		n = ref Node(ALT, n, p.cat(), nil, 0);
	}
	return n;
}

Parser.cat(p: self ref Parser): ref Node
{
	n := p.item();
	while((c := p.peek()) >= 0 && c != '|' && c != ')')
		n = ref Node(CAT, n, p.item(), nil, 0);
	return n;
}

Parser.item(p: self ref Parser): ref Node
{
	n := p.atom();
	kind := 0;
	case p.peek() {
	'*' =>
		kind = CLO;
	'+' =>
		kind = PCLO;
	'?' =>
		kind = OPT;
	* =>
		return n;
	}
	p.p++;
	case p.peek() {
	'*' or '+' or '?' =>
		return bad(p);
	}
	return ref Node(kind, n, nil, nil, 0);
}

Parser.atom(p: self ref Parser): ref Node
{
	c := p.peek();
	p.p++;
	case c {
	-1 or '|' or ')' or '*' or '+' or '?' =>
		return bad(p);
	'.' =>
		return ref Node(DOT, nil, nil, nil, 0);
	'^' =>
		return ref Node(HAT, nil, nil, nil, 0);
	'$' =>
		return ref Node(DOL, nil, nil, nil, 0);
	'[' =>
		return p.set();
	'(' =>
		pno := ++p.npar;
		n: ref Node;
		if(p.peek() == ')')
			n = ref Node(NUL, nil, nil, nil, 0);
		else
			n = p.alts();
		if(p.peek() != ')')
			return bad(p);
		p.p++;
		return ref Node(LPN, n, nil, nil, pno);
	'\\' =>
		c = p.peek();
		p.p++;
		if(c < 0)
			return bad(p);
		if(c == 'n')
			c = '\n';
	}
	if(c >= ALT)	# must not look like an operator
		return ref Node(SET, nil, nil, ref Set(0, array[4] of {* => 0}, (c, c) :: nil), 0);
	return ref Node(c, nil, nil, nil, 0);
}

Parser.set(p: self ref Parser): ref Node
{
	set := ref Set(0, array[4] of {* => 0}, nil);
	if(p.peek() == '^'){
		set.neg = 1;
		p.p++;
	}
	do{
		lo := p.setc();
		if(lo < 0)
			return bad(p);
		hi := lo;
		if(p.peek() == '-'){
			p.p++;
			hi = p.setc();
			if(hi < lo)
				return bad(p);
		}
		for(c := lo; c <= hi && c < 128; c++)
			set.ascii[c>>5] |= 1 << (c & 31);
		if(hi >= 128){
			if(lo < 128)
				lo = 128;
			set.unicode = (lo, hi) :: set.unicode;
		}
	}while(p.peek() != ']');
	p.p++;
	return ref Node(SET, nil, nil, set, 0);
}

# a character of a set, or -1
Parser.setc(p: self ref Parser): int
{
	c := p.peek();
	p.p++;
	case c {
	']' or '-' =>
		return -1;
	'\\' =>
		c = p.peek();
		p.p++;
		if(c == 'n')
			return '\n';
	}
	return c;
}

#
# linking
#

new(re: Re, kind: int, left, right: refRex): refRex
{
	if(re.ptr >= len re.rex){
		a := array[2*len re.rex] of Rex;
		a[0:] = re.rex;
		re.rex = a;
	}
	i := re.ptr++;
	re.rex[i] = Rex(kind, left, right, nil, 0);
	return i;
}

# the graph for n followed by next
link(re: Re, n: ref Node, next: refRex, flag: int): refRex
{
	case n.kind {
	NUL =>
		return next;
	CAT =>
		return link(re, n.left, link(re, n.right, next, flag), flag);
	ALT =>
		return new(re, ALT, link(re, n.left, next, flag), link(re, n.right, next, flag));
	OPT =>
		return new(re, ALT, link(re, n.left, next, flag), next);
	CLO or PCLO =>
		i := new(re, ALT, 0, next);
		body := link(re, n.left, i, flag);
		re.rex[i].left = body;
		if(n.kind == CLO)
			return i;
		return body;
	LPN =>
		if(!flag)
			return link(re, n.left, next, flag);
		r := new(re, RPN, next, 0);
		re.rex[r].pno = n.pno;
		l := new(re, LPN, link(re, n.left, r, flag), 0);
		re.rex[l].pno = n.pno;
		return l;
	}
	i := new(re, n.kind, next, 0);
	re.rex[i].set = n.set;
	return i;
}

#
# matching
#

Threads: adt
{
	n:	int;
	state:	array of int;
	caps:	array of array of int;	# caps[i][2*g], [2*g+1]: where group g starts and ends
};

Run: adt
{
	re:		Re;
	mark:		array of int;	# pos+1 of the last step that met the node
	pos:		int;
	athead, attail:	int;

	add:	fn(r: self ref Run, t: ref Threads, state: int, caps: array of int);
};

execute(re: Re, s: string): array of (int, int)
{
	return executese(re, s, (0, -1), 1, 1);
}

executese(re: Re, s: string, se: (int, int), bol: int, eol: int): array of (int, int)
{
	(start, end) := se;
	if(re == nil)
		return nil;
	if(start < 0)
		start = 0;
	if(end < 0 || end > len s)
		end = len s;
	if(start > end || !maybe(re, s, start, end, bol, eol))
		return nil;
	ns := re.ptr;
	r := ref Run(re, array[ns] of {* => 0}, start, 0, 0);
	cur := ref Threads(0, array[ns] of int, array[ns] of array of int);
	nxt := ref Threads(0, array[ns] of int, array[ns] of array of int);
	best: array of int;
	lit := -1;
	if(re.rex[re.start].kind < ALT)
		lit = re.rex[re.start].kind;
	rex := re.rex;
	for(i := start; ; i++){
		r.pos = i;
		r.athead = bol && i == start;
		r.attail = eol && i == end;
		if(best == nil){
			if(cur.n == 0 && lit >= 0){
				while(i < end && s[i] != lit)
					i++;
				if(i >= end)
					return nil;
				r.pos = i;
				r.athead = bol && i == start;
				r.attail = 0;
			}
			r.add(cur, re.start, fresh(re.pno, i));
		}
		if(cur.n == 0 && best != nil)
			break;
		nxt.n = 0;
		r.pos = i + 1;
		r.athead = 0;
		r.attail = eol && i + 1 == end;
		for(t := 0; t < cur.n; t++){
			caps := cur.caps[t];
			cur.caps[t] = nil;
			if(best != nil && caps[0] > best[0])
				continue;
			x := rex[cur.state[t]];
			if(cur.state[t] == Accept){
				if(best == nil || caps[0] < best[0] || i > best[1]){
					best = array[len caps] of int;
					best[0:] = caps;
					best[1] = i;
				}
				continue;
			}
			if(i < end && accepts(x, s[i]))
				r.add(nxt, x.left, caps);
		}
		if(i >= end)
			break;
		(cur, nxt) = (nxt, cur);
	}
	if(best == nil)
		return nil;
	a := array[re.pno + 1] of (int, int);
	for(g := 0; g <= re.pno; g++){
		a[g] = (best[2*g], best[2*g+1]);
		if(best[2*g+1] < 0)
			a[g] = (-1, -1);
	}
	return a;
}

fresh(npar, start: int): array of int
{
	a := array[2*(npar+1)] of {* => -1};
	a[0] = start;
	return a;
}

# add a node and those that follow it without a character
Run.add(r: self ref Run, t: ref Threads, state: int, caps: array of int)
{
	if(r.mark[state] == r.pos + 1)
		return;
	r.mark[state] = r.pos + 1;
	x := r.re.rex[state];
	case x.kind {
	ALT =>
		r.add(t, x.left, caps);
		r.add(t, x.right, caps);
		return;
	HAT =>
		if(r.athead)
			r.add(t, x.left, caps);
		return;
	DOL =>
		if(r.attail)
			r.add(t, x.left, caps);
		return;
	LPN or RPN =>
		c := array[len caps] of int;
		c[0:] = caps;
		if(x.kind == LPN){
			c[2*x.pno] = r.pos;
			c[2*x.pno+1] = -1;
		}else
			c[2*x.pno+1] = r.pos;
		r.add(t, x.left, c);
		return;
	}
	t.state[t.n] = state;
	t.caps[t.n++] = caps;
}

accepts(x: Rex, c: int): int
{
	case x.kind {
	DOT =>
		return c != '\n';
	SET =>
		hit := 0;
		if(c < 128)
			hit = (x.set.ascii[c>>5] >> (c & 31)) & 1;
		else
			for(l := x.set.unicode; l != nil; l = tl l){
				(lo, hi) := hd l;
				if(c >= lo && c <= hi)
					hit = 1;
			}
		return hit != x.set.neg;
	}
	return x.kind == c;
}

#
# Is there a match at all?  Most texts have none, and an automaton whose states are sets of nodes tells that
# in a step for each character.  It is made as far as it is needed, for the expression that was used last.
#

Row:	con 129;	# ASCII, and the other characters, if they are all alike to the expression
Maxstates: con 500;
Unknown, Matched: con -1 - iota;

Dfa: adt
{
	re:	Re;
	lock:	chan of int;		# who adds to it; others do without meanwhile
	alike:	int;			# the expression does not tell non-ASCII characters apart
	trans:	array of int;		# by place of the state, a multiple of Row, and character: the next place
	n:	int;
	sets:	array of array of int;	# the nodes of a state, sorted
	ends:	array of int;		# it matches at the end of a line
	first:	array of int;		# places of the start states: within a line, at its head; Unknown
	tab:	array of list of int;	# states by their set

	state:	fn(d: self ref Dfa, mark: array of int): int;
	begin:	fn(d: self ref Dfa, bol: int): int;
	step:	fn(d: self ref Dfa, place, c: int): int;
	reach:	fn(d: self ref Dfa, mark: array of int, node, head, tail: int);
};

latest: ref Dfa;

maybe(re: Re, s: string, start, end, bol, eol: int): int
{
	d := latest;
	if(d == nil || d.re != re)
		latest = d = newdfa(re);
	if(start == end)
		return 1;
	at := d.first[bol != 0];
	if(at == Unknown)
		at = d.begin(bol != 0);
	trans := d.trans;
	i := start;
	while(at >= 0 && i < end){
		c := s[i++];
		if(c >= Row-1){
			if(!d.alike){
				at = Unknown;
				break;
			}
			c = Row-1;
		}
		next := trans[at + c];
		if(next == Unknown){
			next = d.step(at, c);
			trans = d.trans;
		}
		at = next;
	}
	if(at >= 0)
		return eol && d.ends[at / Row];
	return 1;
}

newdfa(re: Re): ref Dfa
{
	d := ref Dfa(re, chan[1] of int, 1, array[8*Row] of int, 0, array[8] of array of int, array[8] of int, nil, array[67] of list of int);
	d.first = array[2] of {* => Unknown};
	for(i := 0; i < re.ptr; i++){
		x := re.rex[i];
		if(x.kind < ALT && x.kind >= Row-1 || x.kind == SET && x.set.unicode != nil)
			d.alike = 0;
	}
	return d;
}

# marks a node and what can be reached from it without a character; the end of line stays in the set, to be decided there
Dfa.reach(d: self ref Dfa, mark: array of int, node, head, tail: int)
{
	if(mark[node])
		return;
	mark[node] = 1;
	x := d.re.rex[node];
	case x.kind {
	ALT =>
		d.reach(mark, x.left, head, tail);
		d.reach(mark, x.right, head, tail);
	HAT =>
		if(head)
			d.reach(mark, x.left, head, tail);
	DOL =>
		if(tail)
			d.reach(mark, x.left, head, tail);
	LPN or RPN =>
		d.reach(mark, x.left, head, tail);
	}
}

# the place of the state of the marked nodes; Matched if they include the end; Unknown if there are too many states
Dfa.state(d: self ref Dfa, mark: array of int): int
{
	if(mark[Accept])
		return Matched;
	n := h := 0;
	for(i := 0; i < len mark; i++)
		if(mark[i]){
			n++;
			h = (h*31 + i) & 16rffffff;
		}
	set := array[n] of int;
	n = 0;
	for(i = 0; i < len mark; i++)
		if(mark[i])
			set[n++] = i;
	h %= len d.tab;
	for(l := d.tab[h]; l != nil; l = tl l){
		a := d.sets[hd l];
		if(len a != n)
			continue;
		for(i = 0; i < n && a[i] == set[i]; i++)
			;
		if(i == n)
			return hd l * Row;
	}
	if(d.n == Maxstates)
		return Unknown;
	if(d.n == len d.sets){
		sets := array[2*d.n] of array of int;
		sets[0:] = d.sets;
		d.sets = sets;
		ends := array[2*d.n] of int;
		ends[0:] = d.ends;
		d.ends = ends;
		trans := array[2*d.n*Row] of int;
		trans[0:] = d.trans;
		d.trans = trans;
	}
	d.sets[d.n] = set;
	all := array[len mark] of {* => 0};
	for(i = 0; i < n; i++)
		d.reach(all, set[i], 0, 1);
	d.ends[d.n] = all[Accept];
	for(i = d.n*Row; i < (d.n+1)*Row; i++)
		d.trans[i] = Unknown;
	d.tab[h] = d.n :: d.tab[h];
	return d.n++ * Row;
}

Dfa.begin(d: self ref Dfa, bol: int): int
{
	alt {
	d.lock <-= 1 =>
		;
	* =>
		return Unknown;
	}
	mark := array[d.re.ptr] of {* => 0};
	d.reach(mark, d.re.start, bol, 0);
	place := d.first[bol] = d.state(mark);
	<-d.lock;
	return place;
}

# a match may begin anywhere, so that the start is in each set
Dfa.step(d: self ref Dfa, place, c: int): int
{
	alt {
	d.lock <-= 1 =>
		;
	* =>
		return Unknown;
	}
	mark := array[d.re.ptr] of {* => 0};
	d.reach(mark, d.re.start, 0, 0);
	set := d.sets[place / Row];
	for(i := 0; i < len set; i++){
		x := d.re.rex[set[i]];
		if(x.kind != ALT && x.kind != HAT && x.kind != DOL && x.kind != LPN && x.kind != RPN && accepts(x, c))
			d.reach(mark, x.left, 0, 0);
	}
	next := d.state(mark);
	if(next != Unknown)
		d.trans[place + c] = next;
	<-d.lock;
	return next;
}
