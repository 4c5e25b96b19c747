implement Convcs;

#
# Conversion between character sets; see convcs(2).
#

include "sys.m";
	sys: Sys;

include "cfg.m";
	cfg: Cfg;
	Record, Tuple: import cfg;

include "string.m";
	str: String;

include "convcs.m";

Default:	con "/lib/convcs/charsets";

init(csfile: string): string
{
	sys = load Sys Sys->PATH;
	cfg = load Cfg Cfg->PATH;
	if(cfg == nil)
		return sys->sprint("cannot load %s: %r", Cfg->PATH);
	str = load String String->PATH;
	if(str == nil)
		return sys->sprint("cannot load %s: %r", String->PATH);
	if(csfile == nil)
		csfile = Default;
	return cfg->init(csfile);
}

# the record of a character set, and its proper name
find(cs: string): (ref Record, string)
{
	cs = str->tolower(cs);
	for(n := 0; n < 10; n++){
		l := cfg->lookup(cs);
		if(l == nil)
			break;
		(alias, r) := hd l;
		if(alias == nil)
			return (r, cs);
		cs = str->tolower(alias);
	}
	return (nil, nil);
}

# the path and the argument of a converter
converter(cs, kind: string): (string, string, string)
{
	(r, nil) := find(cs);
	if(r == nil)
		return (nil, nil, "unknown character set " + cs);
	(path, t) := r.lookup(kind);
	if(t == nil || path == nil)
		return (nil, nil, "no converter for " + cs);
	return (path, t.lookup("arg"), nil);
}

getbtos(cs: string): (Btos, string)
{
	(path, arg, err) := converter(cs, "btos");
	if(err != nil)
		return (nil, err);
	m := load Btos path;
	if(m == nil)
		return (nil, sys->sprint("cannot load %s: %r", path));
	err = m->init(arg);
	if(err != nil)
		return (nil, err);
	return (m, nil);
}

getstob(cs: string): (Stob, string)
{
	(path, arg, err) := converter(cs, "stob");
	if(err != nil)
		return (nil, err);
	m := load Stob path;
	if(m == nil)
		return (nil, sys->sprint("cannot load %s: %r", path));
	err = m->init(arg);
	if(err != nil)
		return (nil, err);
	return (m, nil);
}

enumcs(): list of (string, string, int)
{
	r: list of (string, string, int);
	for(k := cfg->getkeys(); k != nil; k = tl k){
		(alias, rec) := hd cfg->lookup(hd k);
		if(alias != nil)
			continue;
		how := 0;
		(desc, nil) := rec.lookup("desc");
		(b, nil) := rec.lookup("btos");
		if(b != nil)
			how |= BTOS;
		(s, nil) := rec.lookup("stob");
		if(s != nil)
			how |= STOB;
		r = (hd k, desc, how) :: r;
	}
	l: list of (string, string, int);
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

aliases(cs: string): (string, list of string)
{
	(r, name) := find(cs);
	if(r == nil)
		return (nil, nil);
	(desc, nil) := r.lookup("desc");
	l: list of string;
	for(k := cfg->getkeys(); k != nil; k = tl k){
		(nil, n) := find(hd k);
		if(n == name && hd k != name)
			l = hd k :: l;
	}
	return (desc, name :: l);
}
