implement Sexprs;

#
# S-expressions; see sexprs(2) and sexprs(6).
#

include "sys.m";
	sys: Sys;

include "encoding.m";
	base64: Encoding;
	base16: Encoding;

include "sexprs.m";

Maxatom: con 16r1000000;

# bytes in memory, read like a file
Bytes: adt
{
	a:	array of byte;
	o:	int;

	getb:	fn(b: self ref Bytes): int;
	ungetb:	fn(b: self ref Bytes): int;
	offset:	fn(b: self ref Bytes): big;
};

Bytes.getb(b: self ref Bytes): int
{
	if(b.o >= len b.a){
		b.o = len b.a + 1;
		return -1;
	}
	return int b.a[b.o++];
}

Bytes.ungetb(b: self ref Bytes): int
{
	if(b.o > 0)
		b.o--;
	return 1;
}

Bytes.offset(b: self ref Bytes): big
{
	if(b.o > len b.a)
		return big len b.a;
	return big b.o;
}

init()
{
	sys = load Sys Sys->PATH;
	base64 = load Encoding Encoding->BASE64PATH;
	base16 = load Encoding Encoding->BASE16PATH;
}

#
# reading
#

Sexp.read[T](b: T): (ref Sexp, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	c := skip(b);
	if(c < 0)
		return (nil, nil);
	return expr(b, c);
}

Sexp.parse(s: string): (ref Sexp, string, string)
{
	(e, rest, err) := Sexp.unpack(array of byte s);
	return (e, string rest, err);
}

Sexp.unpack(a: array of byte): (ref Sexp, array of byte, string)
{
	b := ref Bytes(a, 0);
	(e, err) := Sexp.read(b);
	return (e, a[int b.offset():], err);
}

blank(c: int): int
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

digit(c: int): int
{
	return c >= '0' && c <= '9';
}

tokenc(c: int): int
{
	if((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return 1;
	case c {
	'-' or '.' or '/' or '_' or ':' or '*' or '+' or '=' =>
		return 1;
	}
	return c >= 16r80;
}

# the next byte that is no blank
skip[T](b: T): int
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	while(blank(c := b.getb()))
		;
	return c;
}

# the expression that starts with c
expr[T](b: T, c: int): (ref Sexp, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	case c {
	'(' =>
		at := b.offset() - big 1;
		l: list of ref Sexp;
		while((c = skip(b)) != ')'){
			if(c < 0)
				return (nil, sys->sprint("unclosed '(' at offset %bd", at));
			(e, err) := expr(b, c);
			if(err != nil)
				return (nil, err);
			l = e :: l;
		}
		r: list of ref Sexp;
		for(; l != nil; l = tl l)
			r = hd l :: r;
		return (ref Sexp.List(r), nil);
	'{' =>
		(a, err) := until(b, '}');
		if(err != nil)
			return (nil, err);
		(e, nil, uerr) := Sexp.unpack(base64->dec(string a));
		return (e, uerr);
	'[' =>
		c = skip(b);
		(h, err) := atom(b, c);
		if(err == nil && skip(b) != ']')
			err = sys->sprint("missing ']' at offset %bd", b.offset());
		if(err != nil)
			return (nil, err);
		(a, aerr) := atom(b, skip(b));
		if(aerr != nil)
			return (nil, aerr);
		return (mkatom(a, string h), nil);
	}
	(a, err) := atom(b, c);
	if(err != nil)
		return (nil, err);
	return (mkatom(a, nil), nil);
}

mkatom(a: array of byte, hint: string): ref Sexp
{
	for(i := 0; i < len a; i++)
		if(int a[i] < ' ' || int a[i] > '~')
			return ref Sexp.Binary(a, hint);
	return ref Sexp.String(string a, hint);
}

# the bytes of the atom that starts with c
atom[T](b: T, c: int): (array of byte, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	n := -1;
	if(digit(c)){
		n = 0;
		do{
			n = 10*n + c - '0';
			if(n > Maxatom)
				return (nil, "string too long");
		}while(digit(c = b.getb()));
	}
	a: array of byte;
	err: string;
	case c {
	':' =>
		if(n >= 0)
			return verbatim(b, n);
		(a, err) = token(b, c);
	'"' =>
		(a, err) = quoted(b);
	'#' =>
		(a, err) = until(b, '#');
		a = base16->dec(string a);
	'|' =>
		(a, err) = until(b, '|');
		a = base64->dec(string a);
	* =>
		if(c < 0)
			return (nil, sys->sprint("unexpected end of input at offset %bd", b.offset()));
		if(!tokenc(c) || n >= 0)
			return (nil, sys->sprint("unexpected character '%c' at offset %bd", c, b.offset() - big 1));
		(a, err) = token(b, c);
	}
	if(err == nil && n >= 0 && n != len a)
		err = sys->sprint("length is wrong at offset %bd", b.offset());
	return (a, err);
}

verbatim[T](b: T, n: int): (array of byte, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	a := array[n] of byte;
	for(i := 0; i < n; i++){
		c := b.getb();
		if(c < 0)
			return (nil, sys->sprint("unexpected end of input at offset %bd", b.offset()));
		a[i] = byte c;
	}
	return (a, nil);
}

more(a: array of byte, n: int): array of byte
{
	if(n < len a)
		return a;
	b := array[2*n + 16] of byte;
	b[0:] = a;
	return b;
}

token[T](b: T, c: int): (array of byte, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	a: array of byte;
	n := 0;
	do{
		a = more(a, n);
		a[n++] = byte c;
		c = b.getb();
	}while(tokenc(c) || digit(c));
	b.ungetb();
	return (a[0:n], nil);
}

# bytes up to end, less blanks
until[T](b: T, end: int): (array of byte, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	at := b.offset() - big 1;
	a: array of byte;
	n := 0;
	while((c := b.getb()) != end){
		if(c < 0)
			return (nil, sys->sprint("missing '%c' for offset %bd", end, at));
		if(blank(c))
			continue;
		a = more(a, n);
		a[n++] = byte c;
	}
	return (a[0:n], nil);
}

quoted[T](b: T): (array of byte, string)
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	at := b.offset() - big 1;
	a: array of byte;
	n := 0;
	while((c := b.getb()) != '"'){
		if(c == '\\')
			c = escape(b);
		if(c == Skip)
			continue;
		if(c < 0)
			return (nil, sys->sprint("missing '\"' for offset %bd", at));
		a = more(a, n);
		a[n++] = byte c;
	}
	return (a[0:n], nil);
}

Skip: con -2;	# an escaped newline

# what follows a backslash
escape[T](b: T): int
	for { T => getb: fn(nil: self T): int; ungetb: fn(nil: self T): int; offset: fn(nil: self T): big; }
{
	c := b.getb();
	case c {
	'a' =>
		return '\a';
	'b' =>
		return '\b';
	'f' =>
		return '\f';
	'n' =>
		return '\n';
	'r' =>
		return '\r';
	't' =>
		return '\t';
	'v' =>
		return '\v';
	'\n' =>
		c = b.getb();
		if(c != '\r')
			b.ungetb();
		return Skip;
	'\r' =>
		c = b.getb();
		if(c != '\n')
			b.ungetb();
		return Skip;
	'x' =>
		v := 0;
		for(i := 0; i < 2; i++)
			v = v << 4 | hexval(b.getb());
		return v & 16rff;
	'0' to '7' =>
		v := c - '0';
		for(i := 0; i < 2; i++){
			c = b.getb();
			if(c < '0' || c > '7'){
				b.ungetb();
				break;
			}
			v = v << 3 | c - '0';
		}
		return v & 16rff;
	}
	return c;
}

hexval(c: int): int
{
	case c {
	'0' to '9' =>
		return c - '0';
	'a' to 'f' =>
		return c - 'a' + 10;
	'A' to 'F' =>
		return c - 'A' + 10;
	}
	return 0;
}

#
# writing
#

plain(s: string): int
{
	if(s == "" || digit(s[0]))
		return 0;
	for(i := 0; i < len s; i++)
		if(s[i] >= 16r80 || (!tokenc(s[i]) && !digit(s[i])))
			return 0;
	return 1;
}

stext(s: string): string
{
	if(plain(s))
		return s;
	t := "\"";
	for(i := 0; i < len s; i++){
		if(s[i] == '"' || s[i] == '\\')
			t[len t] = '\\';
		t[len t] = s[i];
	}
	return t + "\"";
}

hinted(hint: string): string
{
	if(hint == nil)
		return "";
	return "[" + stext(hint) + "]";
}

Sexp.text(e: self ref Sexp): string
{
	if(e == nil)
		return "";
	pick s := e {
	String =>
		return hinted(s.hint) + stext(s.s);
	Binary =>
		if(len s.data <= 4)
			return hinted(s.hint) + "#" + base16->enc(s.data) + "#";
		return hinted(s.hint) + "|" + base64->enc(s.data) + "|";
	List =>
		t := "(";
		for(l := s.l; l != nil; l = tl l){
			if(l != s.l)
				t += " ";
			t += (hd l).text();
		}
		return t + ")";
	}
	return "";
}

Sexp.b64text(e: self ref Sexp): string
{
	return "{" + base64->enc(e.pack()) + "}";
}

# bytes of len:bytes
packedlen(n: int): int
{
	return len string n + 1 + n;
}

Sexp.packedsize(e: self ref Sexp): int
{
	if(e == nil)
		return 0;
	n := 0;
	hint: string;
	pick s := e {
	String =>
		n = packedlen(len array of byte s.s);
		hint = s.hint;
	Binary =>
		n = packedlen(len s.data);
		hint = s.hint;
	List =>
		n = 2;
		for(l := s.l; l != nil; l = tl l)
			n += (hd l).packedsize();
	}
	if(hint != nil)
		n += 2 + packedlen(len array of byte hint);
	return n;
}

Sexp.pack(e: self ref Sexp): array of byte
{
	a := array[e.packedsize()] of byte;
	packinto(e, a, 0);
	return a;
}

putatom(a: array of byte, o: int, hint: string, d: array of byte): int
{
	if(hint != nil){
		a[o++] = byte '[';
		o = putatom(a, o, nil, array of byte hint);
		a[o++] = byte ']';
	}
	n := array of byte (string len d + ":");
	a[o:] = n;
	o += len n;
	a[o:] = d;
	return o + len d;
}

packinto(e: ref Sexp, a: array of byte, o: int): int
{
	if(e == nil)
		return o;
	pick s := e {
	String =>
		return putatom(a, o, s.hint, array of byte s.s);
	Binary =>
		return putatom(a, o, s.hint, s.data);
	List =>
		a[o++] = byte '(';
		for(l := s.l; l != nil; l = tl l)
			o = packinto(hd l, a, o);
		a[o++] = byte ')';
	}
	return o;
}

#
# access
#

Sexp.islist(e: self ref Sexp): int
{
	return e != nil && tagof e == tagof Sexp.List;
}

Sexp.els(e: self ref Sexp): list of ref Sexp
{
	if(e == nil)
		return nil;
	pick s := e {
	List =>
		return s.l;
	}
	return nil;
}

Sexp.op(e: self ref Sexp): string
{
	l := e.els();
	if(l == nil || hd l == nil)
		return nil;
	pick s := hd l {
	String =>
		return s.s;
	}
	return nil;
}

Sexp.args(e: self ref Sexp): list of ref Sexp
{
	l := e.els();
	if(l == nil)
		return nil;
	return tl l;
}

Sexp.asdata(e: self ref Sexp): array of byte
{
	if(e == nil)
		return nil;
	pick s := e {
	String =>
		return array of byte s.s;
	Binary =>
		return s.data;
	}
	return nil;
}

Sexp.astext(e: self ref Sexp): string
{
	if(e == nil)
		return nil;
	pick s := e {
	String =>
		return s.s;
	Binary =>
		return string s.data;
	}
	return nil;
}

hintof(e: ref Sexp): string
{
	pick s := e {
	String =>
		return s.hint;
	Binary =>
		return s.hint;
	}
	return nil;
}

Sexp.eq(e: self ref Sexp, t: ref Sexp): int
{
	if(e == nil || t == nil)
		return e == t;
	if(e.islist() || t.islist()){
		if(!e.islist() || !t.islist())
			return 0;
		a := e.els();
		b := t.els();
		for(; a != nil && b != nil; a = tl a){
			if(!(hd a).eq(hd b))
				return 0;
			b = tl b;
		}
		return a == nil && b == nil;
	}
	if(hintof(e) != hintof(t))
		return 0;
	x := e.asdata();
	y := t.asdata();
	if(len x != len y)
		return 0;
	for(i := 0; i < len x; i++)
		if(x[i] != y[i])
			return 0;
	return 1;
}

Sexp.copy(e: self ref Sexp): ref Sexp
{
	if(e == nil)
		return nil;
	pick s := e {
	String =>
		return ref Sexp.String(s.s, s.hint);
	Binary =>
		d := array[len s.data] of byte;
		d[0:] = s.data;
		return ref Sexp.Binary(d, s.hint);
	List =>
		l, r: list of ref Sexp;
		for(p := s.l; p != nil; p = tl p)
			r = (hd p).copy() :: r;
		for(; r != nil; r = tl r)
			l = hd r :: l;
		return ref Sexp.List(l);
	}
	return nil;
}
