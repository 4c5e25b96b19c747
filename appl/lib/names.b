implement Names;

#
# File names as text; see names(2).
#

include "names.m";

# index after the device part of a name such as #s/a, 0 if there is none
device(s: string): int
{
	if(len s == 0 || s[0] != '#')
		return 0;
	for(i := 1; i < len s && s[i] != '/'; i++)
		;
	return i;
}

cleanname(name: string): string
{
	d := device(name);
	dev := name[0:d];
	name = name[d:];
	rooted := d > 0 || (name != "" && name[0] == '/');
	out: list of string;		# last element first
	for(l := split(name); l != nil; l = tl l)
		case hd l {
		"." =>
			;
		".." =>
			if(out != nil && hd out != "..")
				out = tl out;
			else if(!rooted)
				out = ".." :: out;
		* =>
			out = hd l :: out;
		}
	s := "";
	for(; out != nil; out = tl out)
		if(s == "")
			s = hd out;
		else
			s = hd out + "/" + s;
	if(dev != nil){
		if(s == "")
			return dev;
		return dev + "/" + s;
	}
	if(rooted)
		return "/" + s;
	if(s == "")
		return ".";
	return s;
}

# the elements that are not empty
split(s: string): list of string
{
	l: list of string;
	e := len s;
	for(i := e; i > 0; i--)
		if(s[i-1] == '/'){
			if(i < e)
				l = s[i:e] :: l;
			e = i - 1;
		}
	if(e > 0)
		l = s[0:e] :: l;
	return l;
}

# index of the last slash, or -1
lastslash(s: string): int
{
	for(i := len s - 1; i >= 0; i--)
		if(s[i] == '/')
			break;
	return i;
}

dirname(name: string): string
{
	i := lastslash(name);
	if(i < 0)
		return nil;
	if(i == 0)
		return "/";
	return name[0:i];
}

basename(name: string, suffix: string): string
{
	s := name[lastslash(name)+1:];
	n := len s - len suffix;
	if(suffix != nil && n >= 0 && s[n:] == suffix)
		return s[0:n];
	return s;
}

elements(name: string): list of string
{
	l := split(name);
	if(name != "" && name[0] == '/')
		l = "/" :: l;
	return l;
}

pathname(els: list of string): string
{
	s := "";
	if(els != nil && hd els == "/"){
		s = "/";
		els = tl els;
	}
	for(; els != nil; els = tl els)
		s += "/" + hd els;
	return s;
}

isprefix(a: string, b: string): int
{
	if(a == "")
		return 0;
	la := elements(a);
	lb := elements(b);
	for(; la != nil; la = tl la){
		if(lb == nil || hd la != hd lb)
			return 0;
		lb = tl lb;
	}
	return 1;
}

rooted(root: string, name: string): string
{
	if(root == nil || (name != "" && (name[0] == '/' || name[0] == '#')))
		return name;
	return root + "/" + name;
}

relative(name: string, root: string): string
{
	if(!isprefix(root, name) || len root > len name || name[0:len root] != root)
		return name;
	for(i := len root; i < len name && name[i] == '/'; i++)
		;
	return name[i:];
}
