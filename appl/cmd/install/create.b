implement Create;

#
# Makes packages; see install(8).
#

progname: con "create";

include "files.inc";
include "../disk/archive.inc";
include "../disk/proto.inc";
include "protofiles.inc";
include "wrap.inc";

Create: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/create [-ov] [-d desc] [-p prefix] [-r root] [-t time] [-u base] name proto ...");
	p := ref Pack;
	base: string;
	verbose := 0;
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	p.desc = arg->earg();
		'o' =>	ownerless = 1;
		'p' =>	setprefix(arg->earg());
		'r' =>	setroot(arg->earg());
		't' =>	p.time = number(arg->earg());
		'u' =>	base = arg->earg();
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2)
		arg->usage();
	p.name = hd argv;
	if(!goodpackname(p.name))
		fatal("bad name of a package: " + p.name);
	if(hascontrols(p.desc))
		fatal("the description is more than a line");
	if(p.time == 0)
		p.time = daytime->now();
	old: array of ref Entry;
	if(base != nil)
		old = baseof(p, base);
	nolog = 1;
	p.files = protofiles(tl argv);
	for(i := 0; i < len p.files; i++)
		measure(p.files[i], p.time);
	if(failed)
		raise "fail:error";
	if(base != nil)
		p.files = merge(old, p.files);
	seal(p);
	out = bufio->fopen(sys->fildes(1), Sys->OWRITE);
	textfile(p.dir() + "/package", p.time, p.package);
	textfile(p.dir() + "/md5sum", p.time, p.listing);
	for(i = 0; i < len p.files; i++){
		e := p.files[i];
		if(verbose && e.verb != '=')
			sys->fprint(sys->fildes(2), "%c %q\n", e.verb, e.name);
		if(e.verb == '+')
			contents(e);
	}
	out.puts(Endmark);
	if(out.flush() < 0)
		fatal(sys->sprint("write error: %r"));
}

# The files of the version that p updates: of an archive, or installed in a tree.
baseof(p: ref Pack, base: string): array of ref Entry
{
	q: ref Pack;
	err: string;
	(ok, d) := sys->stat(base);
	if(ok < 0)
		fatal(sys->sprint("can't stat %s: %r", base));
	if(d.mode & Sys->DMDIR){
		source := root;
		setroot(base);
		(q, err) = installed(p.name);
		setroot(source);
		if(q == nil && err == nil)
			err = p.name + " is not installed in " + base;
	}else
		(q, err) = Pack.open(base);
	if(err != nil)
		fatal(err);
	if(q.name != p.name)
		fatal(base + ": it is of " + q.title());
	if(p.time <= q.time)
		fatal(q.title() + " is not older");
	p.base = q.time;
	return q.current();
}

# Completes an entry. The times of directories, which mean little, shall not make packages differ.
measure(e: ref Entry, time: int)
{
	e.verb = '+';
	e.d.mode &= Permissions;
	if(istemporary(e.d.name))
		warn(e.name + ": bad name");
	if(e.isdir()){
		e.sum = "-";
		e.d.mtime = time;
		return;
	}
	(e.sum, e.d.length) = filesum(e.from);
	if(e.sum == nil)
		warn(sys->sprint("can't read %s: %r", e.from));
}

# The new files, told apart from those of the version before, and what there is no longer.
merge(old, new: array of ref Entry): array of ref Entry
{
	l: list of ref Entry;
	changes := 0;
	for((i, j) := (0, 0); i < len old || j < len new; ){
		e: ref Entry;
		if(j == len new || i < len old && before(old[i].name, new[j].name)){
			e = old[i++];
			e.verb = '-';
			changes++;
		}else{
			e = new[j++];
			if(i < len old && old[i].name == e.name){
				if(old[i].isdir() != e.isdir())
					warn(e.name + ": a directory cannot become a file, nor a file a directory");
				if(old[i].sum == e.sum)
					e.verb = '=';
				if(old[i].sum != e.sum || !alike(old[i], e))
					changes++;
				i++;
			}else
				changes++;
		}
		l = e :: l;
	}
	if(changes == 0)
		warn("nothing has changed");
	if(failed)
		raise "fail:error";
	return backwards(l);
}

textfile(name: string, time: int, a: array of byte)
{
	d := ref Sys->zerodir;
	(d.mode, d.uid, d.gid, d.mtime) = (8r644, "sys", "sys", time);
	out.puts(archiveheader(name, d, big len a));
	out.write(a, len a);
}

contents(e: ref Entry)
{
	out.puts(archiveheader(e.name, e.d, e.d.length));
	if(e.isdir())
		return;
	fd := sys->open(e.from, Sys->OREAD);
	if(fd == nil)
		fatal(sys->sprint("can't open %s: %r", e.from));
	state: ref Keyring->DigestState;
	buf := array[4*Sys->ATOMICIO] of byte;
	length := big 0;
	while((n := sys->read(fd, buf, len buf)) > 0){
		length += big n;
		state = kr->md5(buf, n, nil, state);
		if(out.write(buf, n) != n)
			fatal(sys->sprint("write error: %r"));
	}
	if(n < 0)
		fatal(sys->sprint("can't read %s: %r", e.from));
	# the archive stays without an end
	if(length != e.d.length || digest(state) != e.sum)
		fatal(e.from + ": it changed while it was archived");
}
