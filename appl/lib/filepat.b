implement Filepat;

#
# File name patterns; see filepat(2).
#

include "sys.m";
	sys: Sys;

include "readdir.m";
	readdir: Readdir;

include "filepat.m";

match(pat, name: string): int
{
	return matchat(pat, 0, name, 0);
}

matchat(pat: string, p: int, s: string, i: int): int
{
	star := -1;	# pattern after the last *, and the text it was last tried at
	from := 0;
	for(;;){
		if(p < len pat && pat[p] == '*'){
			star = ++p;
			from = i;
			continue;
		}
		if(p >= len pat && i >= len s)
			return 1;
		np := -1;
		if(p < len pat && i < len s)
			np = one(pat, p, s[i]);
		if(np >= 0){
			p = np;
			i++;
			continue;
		}
		if(star < 0 || from >= len s)
			return 0;
		i = ++from;
		p = star;
	}
}

# match one character: where the pattern goes on, or -1
one(pat: string, p, c: int): int
{
	case pat[p] {
	'?' =>
		return p + 1;
	'[' =>
		return class(pat, p + 1, c);
	'\\' =>
		if(p + 1 < len pat)
			p++;
	}
	if(pat[p] == c)
		return p + 1;
	return -1;
}

class(pat: string, p, c: int): int
{
	neg := 0;
	if(p < len pat && pat[p] == '^'){
		neg = 1;
		p++;
	}
	hit := 0;
	for(first := 1; first || (p < len pat && pat[p] != ']'); first = 0){
		(lo, q) := classchar(pat, p);
		if(q < 0)
			return -1;
		hi := lo;
		if(q < len pat && pat[q] == '-'){
			(hi, q) = classchar(pat, q + 1);
			if(q < 0)
				return -1;
		}
		if(c >= lo && c <= hi)
			hit = 1;
		p = q;
	}
	if(p >= len pat)
		return -1;
	if(hit == neg)
		return -1;
	return p + 1;
}

# a character of a class and what follows it, -1 if the class is malformed
classchar(pat: string, p: int): (int, int)
{
	if(p < len pat && pat[p] == '\\')
		p++;
	else if(p < len pat && (pat[p] == ']' || pat[p] == '-'))
		return (0, -1);
	if(p >= len pat)
		return (0, -1);
	return (pat[p], p + 1);
}

expand(pat: string): list of string
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(readdir == nil){
		readdir = load Readdir Readdir->PATH;
		if(readdir == nil)
			return nil;
	}
	if(pat == "")
		return nil;
	root := "";
	if(pat[0] == '/')
		root = "/";
	els: list of string;
	e := len pat;
	for(i := e; i >= 0; i--)
		if(i == 0 || pat[i-1] == '/'){
			if(i < e)
				els = pat[i:e] :: els;
			e = i - 1;
		}
	found := root :: nil;
	for(; els != nil && found != nil; els = tl els)
		found = step(found, hd els, tl els != nil);
	n := len found;
	a := array[n] of string;
	for(i = 0; i < n; i++){
		a[i] = hd found;
		found = tl found;
	}
	sort(a, array[n] of string);
	l: list of string;
	for(i = n; --i >= 0;)
		l = a[i] :: l;
	return l;
}

# extend each name by the names that match one element
step(dirs: list of string, pat: string, more: int): list of string
{
	l: list of string;
	if(!magic(pat)){
		pat = unquote(pat);
		for(; dirs != nil; dirs = tl dirs){
			name := join(hd dirs, pat);
			(ok, d) := sys->stat(name);
			if(ok >= 0 && (!more || d.mode & Sys->DMDIR))
				l = name :: l;
		}
		return l;
	}
	for(; dirs != nil; dirs = tl dirs){
		dir := hd dirs;
		if(dir == "")
			dir = ".";
		(a, n) := readdir->init(dir, Readdir->NONE|Readdir->COMPACT);
		for(i := 0; i < n; i++)
			if(match(pat, a[i].name) && (!more || a[i].mode & Sys->DMDIR))
				l = join(hd dirs, a[i].name) :: l;
	}
	return l;
}

join(dir, name: string): string
{
	if(dir == "" || dir[len dir - 1] == '/')
		return dir + name;
	return dir + "/" + name;
}

magic(pat: string): int
{
	for(i := 0; i < len pat; i++)
		case pat[i] {
		'*' or '?' or '[' =>
			return 1;
		'\\' =>
			i++;
		}
	return 0;
}

unquote(pat: string): string
{
	s := "";
	for(i := 0; i < len pat; i++){
		if(pat[i] == '\\' && i + 1 < len pat)
			i++;
		s[len s] = pat[i];
	}
	return s;
}

sort(a, b: array of string)
{
	n := len a;
	if(n < 2)
		return;
	m := n / 2;
	sort(a[0:m], b[0:m]);
	sort(a[m:], b[m:]);
	b[0:] = a;
	i := 0;
	j := m;
	for(k := 0; k < n; k++){
		if(j >= n || (i < m && b[i] <= b[j]))
			a[k] = b[i++];
		else
			a[k] = b[j++];
	}
}
