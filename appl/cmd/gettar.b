implement Gettar;

#
# Extracts an archive; see gettar(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "string.m";
	str: String;

Gettar: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "gettar";

include "tar.inc";

keep, rooted, times, verbose: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("gettar [-kTRv] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'k' =>	keep = 1;
		'T' =>	times = 1;
		'R' =>	rooted = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	want := arg->argv();
	in := sys->fildes(0);
	while((h := header(in)) != nil){
		name := h.name;
		if(!rooted)
			name = relative(name);
		if(name == nil || want != nil && !wanted(name, want)){
			skip(in, h.size);
			continue;
		}
		if(verbose && !h.dir)
			sys->fprint(sys->fildes(2), "%s\n", name);
		extract(in, h, name);
	}
	if(failed)
		raise "fail:error";
}

# inside the current directory, whatever the archive says
relative(name: string): string
{
	while(name != nil && (name[0] == '/' || name[0] == '#'))
		name = name[1:];
	s := "";
	(nil, l) := sys->tokenize(name, "/");
	for(; l != nil; l = tl l)
		if(hd l != "." && hd l != ".."){
			if(s != nil)
				s += "/";
			s += hd l;
		}
	return s;
}

wanted(name: string, l: list of string): int
{
	for(; l != nil; l = tl l){
		w := hd l;
		if(name == w || str->prefix(w + "/", name))
			return 1;
	}
	return 0;
}

extract(in: ref Sys->FD, h: ref Header, name: string)
{
	parents(name);
	if(h.dir){
		if(sys->stat(name).t0 < 0 && sys->create(name, Sys->OREAD, Sys->DMDIR | h.mode | 8r700) == nil)
			error(sys->sprint("can't create %s: %r", name));
		skip(in, h.size);
		return;
	}
	if(h.link == '2'){
		error(name + ": symbolic links are not extracted");
		return;
	}
	if(keep && sys->stat(name).t0 >= 0){
		error(name + " exists");
		skip(in, h.size);
		return;
	}
	from: ref Sys->FD;
	if(h.link){
		# there is one name for a file here: the other gets a copy
		target := h.linkto;
		if(!rooted)
			target = relative(target);
		if(target == name)
			return;
		from = sys->open(target, Sys->OREAD);
		if(from == nil){
			error(sys->sprint("can't open %s, which %s is a link to: %r", target, name));
			return;
		}
	}
	fd := sys->create(name, Sys->OWRITE, h.mode);
	if(fd == nil){
		error(sys->sprint("can't create %s: %r", name));
		skip(in, h.size);
		return;
	}
	if(from != nil)
		copy(from, fd, name);
	else if(!contents(in, h, fd, name))
		return;
	if(!times){
		nd := Sys->nulldir;
		nd.mtime = h.mtime;
		sys->fwstat(fd, nd);
	}
}

contents(in: ref Sys->FD, h: ref Header, fd: ref Sys->FD, name: string): int
{
	buf := array[BLOCK] of byte;
	for(left := h.size; left > big 0; left -= big BLOCK){
		if(sys->readn(in, buf, BLOCK) != BLOCK)
			fatal("blocksize error");
		n := BLOCK;
		if(left < big n)
			n = int left;
		if(sys->write(fd, buf, n) != n){
			error(sys->sprint("error writing %s: %r", name));
			skip(in, left - big BLOCK);
			return 0;
		}
	}
	return 1;
}

copy(from, fd: ref Sys->FD, name: string)
{
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(from, buf, len buf)) > 0)
		if(sys->write(fd, buf, n) != n){
			error(sys->sprint("error writing %s: %r", name));
			return;
		}
	if(n < 0)
		error(sys->sprint("error reading for %s: %r", name));
}

parents(name: string)
{
	for(i := 1; i < len name; i++)
		if(name[i] == '/' && sys->stat(name[0:i]).t0 < 0)
			sys->create(name[0:i], Sys->OREAD, Sys->DMDIR | 8r777);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "gettar: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
