implement Arg;

#
# Command options; see arg(2).
#

include "sys.m";

include "arg.m";

name: string;			# of the program
words: list of string;		# not yet looked at
cluster: string;		# rest of the current word of options
synopsis: string;
synopsisset: int;
done: int;

init(args: list of string)
{
	name = nil;
	words = nil;
	cluster = nil;
	synopsis = nil;
	synopsisset = 0;
	done = 0;
	if(args != nil){
		name = hd args;
		words = tl args;
	}
}

progname(): string
{
	return name;
}

argv(): list of string
{
	l := words;
	words = nil;
	return l;
}

opt(): int
{
	if(done)
		return 0;
	if(cluster == nil){
		if(words == nil || len hd words < 2 || (hd words)[0] != '-'){
			done = 1;
			return 0;
		}
		w := hd words;
		words = tl words;
		if(w == "--"){
			done = 1;
			return 0;
		}
		cluster = w[1:];
	}
	c := cluster[0];
	cluster = cluster[1:];
	return c;
}

arg(): string
{
	s := cluster;
	cluster = nil;
	if(s == nil && words != nil){
		s = hd words;
		words = tl words;
	}
	return s;
}

earg(): string
{
	if(cluster == nil && words == nil)
		usage();
	return arg();
}

setusage(s: string)
{
	synopsis = s;
	synopsisset = 1;
}

usage()
{
	s: string;
	if(!synopsisset)
		s = name + ": argument expected";
	else if(synopsis != nil)
		s = "usage: " + synopsis;
	if(s != nil){
		sys := load Sys Sys->PATH;
		sys->fprint(sys->fildes(2), "%s\n", s);
	}
	raise "fail:usage";
}
