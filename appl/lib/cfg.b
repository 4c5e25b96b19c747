implement Cfg;

#
# Configuration files of records; see cfg(2).
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "cfg.m";

records: list of (string, ref Record);	# primary key and record, in the order of the file

init(path: string): string
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		return sys->sprint("cannot load %s: %r", Bufio->PATH);
	reset();
	b := bufio->open(path, Bufio->OREAD);
	if(b == nil)
		return sys->sprint("cannot open %s: %r", path);
	all: list of ref Record;
	for(lno := 1; (s := b.gets('\n')) != nil; lno++){
		(t, err) := parseline(s, lno);
		if(err != nil)
			return path + ":" + string lno + ": " + err;
		if(t == nil)
			continue;
		if(all == nil || !blank(s[0]))
			all = ref Record(t :: nil) :: all;
		else
			(hd all).tuples = t :: (hd all).tuples;
	}
	for(; all != nil; all = tl all){
		r := hd all;
		l: list of ref Tuple;
		for(t := r.tuples; t != nil; t = tl t)
			l = hd t :: l;
		r.tuples = l;
		records = (key(hd l), r) :: records;
	}
	return nil;
}

reset()
{
	records = nil;
}

key(t: ref Tuple): string
{
	return (hd t.attrs).name;
}

lookup(name: string): list of (string, ref Record)
{
	r, l: list of (string, ref Record);
	for(p := records; p != nil; p = tl p){
		(k, rec) := hd p;
		if(k == name)
			r = ((hd (hd rec.tuples).attrs).value, rec) :: r;
	}
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

getkeys(): list of string
{
	r, l: list of string;
	for(p := records; p != nil; p = tl p){
		(k, nil) := hd p;
		for(q := r; q != nil && hd q != k; q = tl q)
			;
		if(q == nil)
			r = k :: r;
	}
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

Record.lookup(r: self ref Record, name: string): (string, ref Tuple)
{
	for(l := r.tuples; l != nil; l = tl l)
		if(key(hd l) == name)
			return ((hd (hd l).attrs).value, hd l);
	return (nil, nil);
}

Tuple.lookup(t: self ref Tuple, name: string): string
{
	for(l := t.attrs; l != nil; l = tl l)
		if((hd l).name == name)
			return (hd l).value;
	return nil;
}

blank(c: int): int
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

# a word at i that ends at a blank, or at one of stop: where it ends, itself, and an error
word(s: string, i: int, stop: int): (int, string, string)
{
	w := "";
	n := len s;
	while(i < n && !blank(s[i]) && s[i] != stop && s[i] != '#'){
		q := s[i++];
		if(q != '\'' && q != '"'){
			w[len w] = q;
			continue;
		}
		for(;; i++){
			if(i >= n || s[i] == '\n')
				return (i, nil, "missing quote");
			if(s[i] == q){
				i++;
				if(i >= n || s[i] != q)
					break;
			}
			w[len w] = s[i];
		}
	}
	return (i, w, nil);
}

parseline(s: string, lno: int): (ref Tuple, string)
{
	r: list of Attr;
	n := len s;
	for(i := 0; i < n;){
		if(blank(s[i])){
			i++;
			continue;
		}
		if(s[i] == '#')
			break;
		a := Attr(nil, nil);
		err: string;
		(i, a.name, err) = word(s, i, '=');
		if(err == nil && i < n && s[i] == '=')
			(i, a.value, err) = word(s, i+1, -1);
		if(err != nil)
			return (nil, err);
		r = a :: r;
	}
	if(r == nil)
		return (nil, nil);
	t := ref Tuple(lno, nil);
	for(; r != nil; r = tl r)
		t.attrs = hd r :: t.attrs;
	return (t, nil);
}
