implement Translate;

#
# Phrases in the user's language; see translate(2) and dict(6).
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "translate.m";

Nhash:	con 256;

init()
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
}

opendict(file: string): (ref Dict, string)
{
	return opendicts(file :: nil);
}

opendicts(files: list of string): (ref Dict, string)
{
	d := Dict.new();
	errs: string;
	for(; files != nil; files = tl files){
		e := d.add(hd files);
		if(e != nil){
			if(errs != nil)
				errs += "; ";
			errs += hd files + ": " + e;
		}
	}
	return (d, errs);
}

mkdictname(locale, app: string): string
{
	if(locale == nil)
		return "/locale/dict/" + app;
	return "/locale/" + locale + "/dict/" + app;
}

Dict.new(): ref Dict
{
	return ref Dict(array[Nhash] of list of ref Phrase, array[Nhash] of list of ref Phrase);
}

hash(s: string): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*31 + s[i];
	return h & 16r7fffffff;
}

find(tab: array of list of ref Phrase, key: string, note: int): ref Phrase
{
	h := hash(key);
	for(l := tab[h % Nhash]; l != nil; l = tl l){
		p := hd l;
		if(p.hash == h && p.note == note && p.key == key)
			return p;
	}
	return nil;
}

enter(tab: array of list of ref Phrase, p: ref Phrase)
{
	p.hash = hash(p.key);
	i := p.hash % Nhash;
	tab[i] = p :: tab[i];
}

# the number of a note; 0 if it was never seen
notenum(d: ref Dict, note: string): int
{
	if(note == nil)
		return 0;
	p := find(d.notes, note, 0);
	if(p == nil)
		return -1;
	return p.n;
}

Dict.add(d: self ref Dict, file: string): string
{
	if(bufio == nil)
		return "cannot load " + Bufio->PATH;
	b := bufio->open(file, Bufio->OREAD);
	if(b == nil)
		return sys->sprint("%r");
	nnotes := 0;
	for(i := 0; i < Nhash; i++)
		nnotes += len d.notes[i];
	for(lno := 1; (s := b.gets('\n')) != nil; lno++){
		i = blanks(s, 0);
		if(i >= len s || s[i] == '#')
			continue;
		key, note, text: string;
		(key, i) = phrase(s, i);
		if(i < 0)
			return "line " + string lno + ": bad phrase";
		i = blanks(s, i);
		if(i < len s && s[i] == '('){
			for(j := i + 1; j < len s && s[j] != ')'; j++)
				;
			if(j >= len s)
				return "line " + string lno + ": missing )";
			note = s[i+1:j];
			i = blanks(s, j + 1);
		}
		text = key;
		if(i < len s && s[i] == '='){
			(text, i) = phrase(s, blanks(s, i + 1));
			if(i < 0)
				return "line " + string lno + ": bad phrase";
			i = blanks(s, i);
		}
		if(i < len s && s[i] != '#')
			return "line " + string lno + ": syntax error";
		n := notenum(d, note);
		if(n < 0){
			n = ++nnotes;
			enter(d.notes, ref Phrase(note, nil, 0, n, 0));
		}
		enter(d.texts, ref Phrase(key, text, 0, 0, n));
	}
	return nil;
}

blanks(s: string, i: int): int
{
	while(i < len s && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r'))
		i++;
	return i;
}

# a quoted phrase at i, and where it ends; -1 if it is bad
phrase(s: string, i: int): (string, int)
{
	if(i >= len s || s[i] != '"')
		return (nil, -1);
	t := "";
	for(i++; i < len s && s[i] != '"'; i++){
		c := s[i];
		if(c == '\\' && i + 1 < len s)
			case c = s[++i] {
			'n' =>
				c = '\n';
			't' =>
				c = '\t';
			'r' =>
				c = '\r';
			}
		t[len t] = c;
	}
	if(i >= len s)
		return (nil, -1);
	return (t, i + 1);
}

Dict.xlate(d: self ref Dict, s: string): string
{
	return d.xlaten(s, nil);
}

Dict.xlaten(d: self ref Dict, s: string, note: string): string
{
	n := notenum(d, note);
	if(n >= 0){
		p := find(d.texts, s, n);
		if(p != nil)
			return p.text;
	}
	return s;
}
