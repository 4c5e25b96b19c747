implement JSON;

#
# Values in JavaScript object notation; see json(2).
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "json.m";

Maxdepth:	con 500;

init(b: Bufio)
{
	sys = load Sys Sys->PATH;
	bufio = b;
}

#
# reading
#

In: adt
{
	b:	ref Iobuf;
	line:	int;
	err:	string;

	getc:	fn(in: self ref In): int;
	ungetc:	fn(in: self ref In);
	skip:	fn(in: self ref In): int;
	fail:	fn(in: self ref In, s: string): ref JValue;
	value:	fn(in: self ref In, c, depth: int): ref JValue;
	object:	fn(in: self ref In, depth: int): ref JValue;
	items:	fn(in: self ref In, depth: int): ref JValue;
	str:	fn(in: self ref In): string;
	number:	fn(in: self ref In, c: int): ref JValue;
	word:	fn(in: self ref In, rest: string, v: ref JValue): ref JValue;
	hex4:	fn(in: self ref In): int;
};

parse(s: string): (ref JValue, string)
{
	if(bufio == nil){
		bufio = load Bufio Bufio->PATH;
		sys = load Sys Sys->PATH;
	}
	in := ref In(bufio->sopen(s), 1, nil);
	v := top(in);
	if(in.err == nil && (v == nil || in.skip() >= 0))
		in.fail("text after the value, or none");
	if(in.err != nil)
		return (nil, in.err);
	return (v, nil);
}

readjson(b: ref Iobuf): (ref JValue, string)
{
	in := ref In(b, 1, nil);
	v := top(in);
	if(in.err != nil)
		return (nil, in.err);
	return (v, nil);
}

# nil at the end of the file
top(in: ref In): ref JValue
{
	c := in.skip();
	if(c < 0)
		return nil;
	return in.value(c, 0);
}

In.getc(in: self ref In): int
{
	c := in.b.getc();
	if(c == '\n')
		in.line++;
	return c;
}

In.ungetc(in: self ref In)
{
	in.b.ungetc();
}

In.skip(in: self ref In): int
{
	do
		c := in.getc();
	while(c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c;
}

In.fail(in: self ref In, s: string): ref JValue
{
	if(in.err == nil)
		in.err = sys->sprint("line %d: %s", in.line, s);
	return nil;
}

In.value(in: self ref In, c, depth: int): ref JValue
{
	if(depth > Maxdepth)
		return in.fail("values are nested too deeply");
	case c {
	'{' =>
		return in.object(depth + 1);
	'[' =>
		return in.items(depth + 1);
	'"' =>
		return ref JValue.String(in.str());
	'-' or '0' to '9' =>
		return in.number(c);
	't' =>
		return in.word("rue", ref JValue.True);
	'f' =>
		return in.word("alse", ref JValue.False);
	'n' =>
		return in.word("ull", ref JValue.Null);
	-1 =>
		return in.fail("unexpected end of input");
	* =>
		return in.fail(sys->sprint("unexpected character '%c'", c));
	}
}

In.object(in: self ref In, depth: int): ref JValue
{
	l: list of (string, ref JValue);
	c := in.skip();
	if(c != '}')
		for(;;){
			if(c != '"')
				return in.fail("a member must begin with its name in quotes");
			name := in.str();
			if(in.skip() != ':')
				return in.fail("missing :");
			v := in.value(in.skip(), depth);
			if(in.err != nil)
				return nil;
			l = (name, v) :: l;
			c = in.skip();
			if(c == '}')
				break;
			if(c != ',')
				return in.fail("missing , or }");
			c = in.skip();
		}
	r: list of (string, ref JValue);
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return ref JValue.Object(r);
}

In.items(in: self ref In, depth: int): ref JValue
{
	l: list of ref JValue;
	n := 0;
	c := in.skip();
	if(c != ']')
		for(;;){
			v := in.value(c, depth);
			if(in.err != nil)
				return nil;
			l = v :: l;
			n++;
			c = in.skip();
			if(c == ']')
				break;
			if(c != ',')
				return in.fail("missing , or ]");
			c = in.skip();
		}
	a := array[n] of ref JValue;
	for(; l != nil; l = tl l)
		a[--n] = hd l;
	return ref JValue.Array(a);
}

In.word(in: self ref In, rest: string, v: ref JValue): ref JValue
{
	for(i := 0; i < len rest; i++)
		if(in.getc() != rest[i])
			return in.fail("unknown word");
	return v;
}

In.hex4(in: self ref In): int
{
	v := 0;
	for(i := 0; i < 4; i++){
		c := in.getc();
		if(c >= '0' && c <= '9')
			c -= '0';
		else if(c >= 'a' && c <= 'f')
			c -= 'a' - 10;
		else if(c >= 'A' && c <= 'F')
			c -= 'A' - 10;
		else{
			in.fail("bad \\u escape");
			return 0;
		}
		v = v << 4 | c;
	}
	return v;
}

# the rest of a string
In.str(in: self ref In): string
{
	s := "";
	for(;;){
		c := in.getc();
		case c {
		'"' =>
			return s;
		'\\' =>
			c = in.getc();
			case c {
			'b' =>
				c = '\b';
			'f' =>
				c = '\f';
			'n' =>
				c = '\n';
			'r' =>
				c = '\r';
			't' =>
				c = '\t';
			'u' =>
				c = in.hex4();
				while(c >= 16rd800 && c < 16rdc00){
					# half of a character
					if(in.getc() != '\\'){
						in.ungetc();
						c = Sys->UTFerror;
						break;
					}
					if(in.getc() != 'u'){
						in.fail("half a character in a string");
						return nil;
					}
					d := in.hex4();
					if(in.err != nil)
						return nil;
					if(d >= 16rdc00 && d < 16re000)
						c = 16r10000 + ((c & 16r3ff) << 10 | d & 16r3ff);
					else{
						s[len s] = Sys->UTFerror;
						c = d;
					}
				}
				if(c >= 16rdc00 && c < 16re000)
					c = Sys->UTFerror;
			'"' or '\\' or '/' =>
				;
			* =>
				in.fail("unknown escape in a string");
			}
			if(in.err != nil)
				return nil;
		0 to 16r1f =>
			in.fail("control character in a string");
			return nil;
		-1 or -2 =>
			in.fail("unexpected end of a string");
			return nil;
		}
		s[len s] = c;
	}
}

In.number(in: self ref In, c: int): ref JValue
{
	s := "";
	isreal := 0;
	if(c == '-'){
		s[0] = c;
		c = in.getc();
	}
	if(c < '0' || c > '9')
		return in.fail("bad number");
	first := c;
	start := len s;
	for(; c >= '0' && c <= '9'; c = in.getc())
		s[len s] = c;
	if(first == '0' && len s > start + 1)
		return in.fail("number begins with 0");
	if(c == '.'){
		isreal = 1;
		n := len s;
		do
			s[len s] = c;
		while((c = in.getc()) >= '0' && c <= '9');
		if(len s == n + 1)
			return in.fail("bad number");
	}
	if(c == 'e' || c == 'E'){
		isreal = 1;
		s[len s] = 'e';
		c = in.getc();
		if(c == '-' || c == '+'){
			s[len s] = c;
			c = in.getc();
		}
		n := len s;
		for(; c >= '0' && c <= '9'; c = in.getc())
			s[len s] = c;
		if(len s == n)
			return in.fail("bad number");
	}
	if(c == '\n')
		in.line--;
	if(c >= 0)
		in.ungetc();
	if(isreal || (big s == big 0 && s[0] == '-'))
		return ref JValue.Real(real s);
	if(string big s != s)	# too large
		return ref JValue.Real(real s);
	return ref JValue.Int(big s);
}

#
# writing
#

quote(s: string): string
{
	t := "\"";
	for(i := 0; i < len s; i++){
		c := s[i];
		case c {
		'"' or '\\' =>
			t[len t] = '\\';
			t[len t] = c;
		'\n' =>
			t += "\\n";
		'\r' =>
			t += "\\r";
		'\t' =>
			t += "\\t";
		* =>
			if(c < ' ' || c == 16r7f || c == 16r2028 || c == 16r2029)
				t += sys->sprint("\\u%.4x", c);
			else
				t[len t] = c;
		}
	}
	t[len t] = '"';
	return t;
}

# a real so that it is a number to others, and a real again
realtext(r: real): string
{
	s := string r;
	sign := "";
	if(s != "" && s[0] == '-'){
		sign = "-";
		s = s[1:];
	}
	if(s == "" || s[0] == 'I' || s[0] == 'N')
		return "null";
	if(s[0] == '.')
		s = "0" + s;
	for(i := 0; i < len s; i++)
		if(s[i] == '.' || s[i] == 'e')
			return sign + s;
	return sign + s + ".0";
}

JValue.text(v: self ref JValue): string
{
	if(v == nil)
		return "null";
	pick j := v {
	Object =>
		s := "{";
		for(l := j.mem; l != nil; l = tl l){
			if(l != j.mem)
				s[len s] = ',';
			(name, w) := hd l;
			s += quote(name) + ":" + w.text();
		}
		return s + "}";
	Array =>
		s := "[";
		for(i := 0; i < len j.a; i++){
			if(i > 0)
				s[len s] = ',';
			s += j.a[i].text();
		}
		return s + "]";
	String =>
		return quote(j.s);
	Int =>
		return string j.value;
	Real =>
		return realtext(j.value);
	True =>
		return "true";
	False =>
		return "false";
	}
	return "null";
}

writejson(b: ref Iobuf, v: ref JValue): int
{
	if(b.puts(v.text()) < 0)
		return -1;
	return 0;
}

#
# values
#

JValue.isobject(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.Object;
}

JValue.isarray(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.Array;
}

JValue.isstring(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.String;
}

JValue.isnumber(v: self ref JValue): int
{
	return v != nil && (tagof v == tagof JValue.Int || tagof v == tagof JValue.Real);
}

JValue.istrue(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.True;
}

JValue.isnull(v: self ref JValue): int
{
	return v == nil || tagof v == tagof JValue.Null;
}

JValue.get(v: self ref JValue, name: string): ref JValue
{
	if(v == nil)
		return nil;
	pick j := v {
	Object =>
		for(l := j.mem; l != nil; l = tl l)
			if((hd l).t0 == name)
				return (hd l).t1;
	}
	return nil;
}

JValue.set(v: self ref JValue, name: string, w: ref JValue)
{
	pick j := v {
	Object =>
		r: list of (string, ref JValue);
		found := 0;
		for(l := j.mem; l != nil; l = tl l)
			if((hd l).t0 != name)
				r = hd l :: r;
			else if(w != nil){
				r = (name, w) :: r;
				found = 1;
			}
		if(!found && w != nil)
			r = (name, w) :: r;
		j.mem = nil;
		for(; r != nil; r = tl r)
			j.mem = hd r :: j.mem;
	}
}

JValue.copy(v: self ref JValue): ref JValue
{
	if(v == nil)
		return nil;
	pick j := v {
	Object =>
		l, r: list of (string, ref JValue);
		for(m := j.mem; m != nil; m = tl m)
			r = ((hd m).t0, (hd m).t1.copy()) :: r;
		for(; r != nil; r = tl r)
			l = hd r :: l;
		return ref JValue.Object(l);
	Array =>
		a := array[len j.a] of ref JValue;
		for(i := 0; i < len a; i++)
			a[i] = j.a[i].copy();
		return ref JValue.Array(a);
	}
	return ref *v;
}

JValue.eq(v: self ref JValue, w: ref JValue): int
{
	if(v == nil || w == nil)
		return v.isnull() && w.isnull();
	pick j := v {
	Object =>
		pick k := w {
		Object =>
			if(len j.mem != len k.mem)
				return 0;
			for(l := j.mem; l != nil; l = tl l){
				x := k.get((hd l).t0);
				if(x == nil || !x.eq((hd l).t1))
					return 0;
			}
			return 1;
		}
	Array =>
		pick k := w {
		Array =>
			if(len j.a != len k.a)
				return 0;
			for(i := 0; i < len j.a; i++)
				if(!j.a[i].eq(k.a[i]))
					return 0;
			return 1;
		}
	String =>
		pick k := w {
		String =>
			return j.s == k.s;
		}
	Int =>
		pick k := w {
		Int =>
			return j.value == k.value;
		Real =>
			return real j.value == k.value;
		}
	Real =>
		pick k := w {
		Int =>
			return j.value == real k.value;
		Real =>
			return j.value == k.value;
		}
	* =>
		return tagof v == tagof w;
	}
	return 0;
}

jvobject(mem: list of (string, ref JValue)): ref JValue
{
	return ref JValue.Object(mem);
}

jvarray(a: array of ref JValue): ref JValue
{
	return ref JValue.Array(a);
}

jvstring(s: string): ref JValue
{
	return ref JValue.String(s);
}

jvint(i: int): ref JValue
{
	return ref JValue.Int(big i);
}

jvbig(b: big): ref JValue
{
	return ref JValue.Int(b);
}

jvreal(r: real): ref JValue
{
	return ref JValue.Real(r);
}

jvtrue(): ref JValue
{
	return ref JValue.True;
}

jvfalse(): ref JValue
{
	return ref JValue.False;
}

jvnull(): ref JValue
{
	return ref JValue.Null;
}
