implement Mkext;

#
# Takes files out of an archive of mkfs; see mkfs(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Mkext: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

later: list of (string, Sys->Dir);	# directories, whose modes are set when they have been filled
failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	dir := ".";
	headers := owners := times := verbose := 0;
	arg->init(argv);
	arg->setusage("disk/mkext [-huTv] [-d dest] [file ...]");
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dir = arg->earg();
		'h' =>	headers = 1;
		'u' =>	owners = times = 1;
		'T' =>	times = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	files := arg->argv();
	in := bufio->fopen(sys->fildes(0), Sys->OREAD);
	for(;;){
		s := in.gets('\n');
		if(s == nil)
			fatal("unexpected end of archive");
		if(s == "end of archive\n")
			break;
		w := fields(s);
		if(len w != 6)
			fatal("bad header: " + trimmed(s));
		(mode, rest) := str->toint(w[1], 8);
		(length, rest2) := str->tobig(w[5], 10);
		if(rest != nil || rest2 != nil || length < big 0)
			fatal("bad header: " + trimmed(s));
		name := w[0];
		fd: ref Sys->FD;
		made := 0;
		if(files == nil || within(name, files)){
			if(headers)
				sys->print("%s", s);
			else if(outside(name))
				warn(name + ": outside of the destination");
			else{
				if(verbose)
					sys->fprint(sys->fildes(2), "%s %bd\n", name, length);
				(made, fd) = make(dir + "/" + name, mode);
			}
		}
		contents(in, fd, name, length);
		if(!made)
			continue;
		d := sys->nulldir;
		d.mode = mode;
		if(times && !(mode & Sys->DMDIR))
			d.mtime = int w[4];
		if(owners)
			(d.uid, d.gid) = (w[2], w[3]);
		if(mode & Sys->DMDIR)
			later = (dir + "/" + name, d) :: later;
		else
			setmode(dir + "/" + name, d);
	}
	for(; later != nil; later = tl later)
		setmode((hd later).t0, (hd later).t1);
	if(failed)
		raise "fail:errors";
}

setmode(path: string, d: Sys->Dir)
{
	if(sys->wstat(path, d) < 0)
		warn(sys->sprint("can't set the mode of %s: %r", path));
}

warn(s: string)
{
	sys->fprint(sys->fildes(2), "mkext: %s\n", s);
	failed = 1;
}

fatal(s: string)
{
	warn(s);
	raise "fail:error";
}

fields(s: string): array of string
{
	l := str->unquoted(s);
	a := array[len l] of string;
	for(i := 0; i < len a; i++){
		a[i] = hd l;
		l = tl l;
	}
	return a;
}

trimmed(s: string): string
{
	if(s[len s - 1] == '\n')
		return s[0:len s - 1];
	return s;
}

within(name: string, files: list of string): int
{
	for(; files != nil; files = tl files){
		n := len hd files;
		if(name == hd files || len name > n && name[0:n] == hd files && name[n] == '/')
			return 1;
	}
	return 0;
}

# Whether some part of it is ..
outside(name: string): int
{
	(nil, l) := sys->tokenize(name, "/");
	for(; l != nil; l = tl l)
		if(hd l == "..")
			return 1;
	return 0;
}

# A directory or a file, with the directories above it.
make(path: string, mode: int): (int, ref Sys->FD)
{
	for(i := 1; i < len path; i++)
		if(path[i] == '/' && sys->stat(path[0:i]).t0 < 0)
			sys->create(path[0:i], Sys->OREAD, Sys->DMDIR | 8r777);
	fd: ref Sys->FD;
	if(mode & Sys->DMDIR){
		(ok, d) := sys->stat(path);
		if(ok >= 0 && d.mode & Sys->DMDIR)
			return (1, nil);
		fd = sys->create(path, Sys->OREAD, Sys->DMDIR | 8r777);
	}else
		fd = sys->create(path, Sys->OWRITE, 8r666);
	if(fd == nil)
		warn(sys->sprint("can't create %s: %r", path));
	return (fd != nil, fd);
}

contents(in: ref Iobuf, fd: ref Sys->FD, name: string, length: big)
{
	buf := array[Sys->ATOMICIO] of byte;
	n: int;
	for(; length > big 0; length -= big n){
		n = len buf;
		if(big n > length)
			n = int length;
		n = in.read(buf, n);
		if(n <= 0)
			fatal(name + ": unexpected end of archive");
		if(fd != nil && sys->write(fd, buf, n) != n){
			warn(sys->sprint("can't write %s: %r", name));
			fd = nil;
		}
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mkext: cannot load %s: %r\n", path);
	raise "fail:load";
}
