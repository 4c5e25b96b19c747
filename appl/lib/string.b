implement String;

#
# Strings and character classes; see string(2).
#

include "string.m";

Space: con " \t\n";

# is c in the class?  ^ first complements, a-b is a range
in(c: int, cl: string): int
{
	n := len cl;
	if(n == 0)
		return 0;
	i := 0;
	hit := 1;
	if(cl[0] == '^'){
		hit = 0;
		i = 1;
	}
	while(i < n){
		lo := hi := cl[i++];
		if(i+1 < n && cl[i] == '-'){
			hi = cl[i+1];
			i += 2;
		}
		if(c >= lo && c <= hi)
			return hit;
	}
	return !hit;
}

splitl(s, cl: string): (string, string)
{
	n := len s;
	for(i := 0; i < n; i++)
		if(in(s[i], cl))
			return (s[0:i], s[i:]);
	return (s, "");
}

splitr(s, cl: string): (string, string)
{
	for(i := len s; i > 0; i--)
		if(in(s[i-1], cl))
			return (s[0:i], s[i:]);
	return ("", s);
}

drop(s, cl: string): string
{
	n := len s;
	for(i := 0; i < n; i++)
		if(!in(s[i], cl))
			return s[i:];
	return "";
}

take(s, cl: string): string
{
	n := len s;
	for(i := 0; i < n; i++)
		if(!in(s[i], cl))
			return s[0:i];
	return s;
}

splitstrl(s, t: string): (string, string)
{
	n := len t;
	if(n == 0)
		return ("", s);
	for(i := 0; i + n <= len s; i++)
		if(s[i] == t[0] && s[i:i+n] == t)
			return (s[0:i], s[i:]);
	return (s, "");
}

splitstrr(s, t: string): (string, string)
{
	n := len t;
	if(n == 0)
		return (s, "");
	for(i := len s - n; i >= 0; i--)
		if(s[i] == t[0] && s[i:i+n] == t)
			return (s[0:i+n], s[i+n:]);
	return ("", s);
}

prefix(pre, s: string): int
{
	n := len pre;
	return n <= len s && s[0:n] == pre;
}

tolower(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] >= 'A' && s[i] <= 'Z')
			s[i] += 'a' - 'A';
	return s;
}

toupper(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] >= 'a' && s[i] <= 'z')
			s[i] += 'A' - 'a';
	return s;
}

append(s: string, l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	l = s :: nil;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

#
# numbers
#

# blanks and a sign: where they end, and -1 or 1
sign(s: string): (int, int)
{
	n := len s;
	for(i := 0; i < n && in(s[i], Space); i++)
		;
	if(i < n && s[i] == '-')
		return (i+1, -1);
	if(i < n && s[i] == '+')
		i++;
	return (i, 1);
}

digit(c, base: int): int
{
	d := 36;
	if(c >= '0' && c <= '9')
		d = c - '0';
	else if(c >= 'a' && c <= 'z')
		d = c - 'a' + 10;
	else if(c >= 'A' && c <= 'Z')
		d = c - 'A' + 10;
	if(d < base)
		return d;
	return -1;
}

# a base prefix NNr at i: where the digits start, and the base
radix(s: string, i: int): (int, int)
{
	b := 0;
	for(j := i; j < len s && j < i+2 && s[j] >= '0' && s[j] <= '9'; j++)
		b = 10*b + s[j] - '0';
	if(j > i && j+1 < len s && (s[j] == 'r' || s[j] == 'R') && b >= 2 && b <= 36 && digit(s[j+1], b) >= 0)
		return (j+1, b);
	return (i, 10);
}

toint(s: string, base: int): (int, string)
{
	(v, rest) := tobig(s, base);
	return (int v, rest);
}

tobig(s: string, base: int): (big, string)
{
	(i, sg) := sign(s);
	if(base == 0)
		(i, base) = radix(s, i);
	if(base < 2 || base > 36)
		return (big 0, s);
	v := big 0;
	for(j := i; j < len s && (d := digit(s[j], base)) >= 0; j++)
		v = v * big base + big d;
	if(j == i)
		return (big 0, s);
	if(sg < 0)
		v = -v;
	return (v, s[j:]);
}

toreal(s: string, base: int): (real, string)
{
	(i, sg) := sign(s);
	for(l := ("infinity", 1.0/0.0) :: ("nan", 0.0/0.0) :: nil; l != nil; l = tl l){
		(w, x) := hd l;
		if(i + len w <= len s && tolower(s[i:i+len w]) == w){
			if(sg < 0)
				x = -x;
			return (x, s[i+len w:]);
		}
	}
	if(base == 0)
		(i, base) = radix(s, i);
	if(base < 2 || base > 36)
		return (0.0, s);
	for(j := i; j < len s && digit(s[j], base) >= 0; j++)
		;
	if(j == i)
		return (0.0, s);
	if(j < len s && s[j] == '.')
		for(j++; j < len s && digit(s[j], base) >= 0; j++)
			;
	mant := s[i:j];
	exp := 0;
	e := j;
	if(base < 15 && e < len s && (s[e] == 'e' || s[e] == 'E')){
		k := e + 1;
		if(k < len s && (s[k] == '-' || s[k] == '+'))
			k++;
		if(k < len s && s[k] >= '0' && s[k] <= '9'){
			exp = int s[e+1:];
			if(s[e+1] == '+')
				exp = int s[e+2:];
			for(; k < len s && s[k] >= '0' && s[k] <= '9'; k++)
				;
			e = k;
		}
	}
	x: real;
	if(base == 10)
		x = real s[i:e];	# rounded once
	else
		x = scale(mant, base, exp);
	if(sg < 0)
		x = -x;
	return (x, s[e:]);
}

scale(mant: string, base, exp: int): real
{
	x := 0.0;
	frac := 0;
	point := 0;
	for(i := 0; i < len mant; i++){
		if(mant[i] == '.'){
			point = 1;
			continue;
		}
		x = x * real base + real digit(mant[i], base);
		frac += point;
	}
	exp -= frac;
	if(exp > 4000)
		exp = 4000;
	if(exp < -4000)
		exp = -4000;
	if(exp < 0)
		return x / real base ** -exp;
	return x * real base ** exp;
}

#
# quoting
#

quoted(argv: list of string): string
{
	return quotedc(argv, nil);
}

quotedc(argv: list of string, cl: string): string
{
	s := "";
	for(; argv != nil; argv = tl argv){
		if(s != "" )
			s[len s] = ' ';
		s += quote(hd argv, cl);
	}
	return s;
}

quote(w: string, cl: string): string
{
	plain := w != "";
	for(i := 0; i < len w && plain; i++)
		if(in(w[i], " \t\n'") || in(w[i], cl))
			plain = 0;
	if(plain)
		return w;
	q := "'";
	for(i = 0; i < len w; i++){
		q[len q] = w[i];
		if(w[i] == '\'')
			q[len q] = '\'';
	}
	q[len q] = '\'';
	return q;
}

unquoted(s: string): list of string
{
	l: list of string;
	n := len s;
	for(i := 0;;){
		while(i < n && in(s[i], Space))
			i++;
		if(i >= n)
			break;
		w := "";
		quoting := 0;
		for(; i < n && (quoting || !in(s[i], Space)); i++){
			if(s[i] != '\'')
				w[len w] = s[i];
			else if(quoting && i+1 < n && s[i+1] == '\''){
				w[len w] = '\'';
				i++;
			}else
				quoting = !quoting;
		}
		l = w :: l;
	}
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}
