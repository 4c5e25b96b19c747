implement Applylog;

#
# Applies the log of a tree to a replica; see updatelog(8).
#
# A data base of lines like those of the log, the last of each file counting, says up to which line of the log that file has been brought, and
# how it was then in the replica. What differs from that has been changed locally.
#

progname: con "applylog";

include "files.inc";
include "replica.inc";

Applylog: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

client, server, dry, verbose: int;
serverroot: string;
db: ref State;
dbfd: ref Sys->FD;
modes: list of ref Change;		# of directories, to be set at the end

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/applylog [-c | -s] [-nuv] [-r root] db serverroot [path ...]");
	while((o := arg->opt()) != 0)
		case o {
		'c' =>	client = 1;
		'n' =>	dry = 1;
		'r' =>	setroot(arg->earg());
		's' =>	server = 1;
		'u' =>	owners = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2 || client && server)
		arg->usage();
	serverroot = hd tl argv;
	log := State.read(bufio->fopen(sys->fildes(0), Sys->OREAD), "log", 1);
	opendb(hd argv);
	argv = tl tl argv;
	e: ref Entry;
	for(i := len log.files - 1; i >= 0; i--)
		if((e = log.files[i]).verb == 'd' && wanted(e.name, argv))
			apply(log.changes.find(e.name));
	for(i = 0; i < len log.files; i++)
		if((e = log.files[i]).verb != 'd' && wanted(e.name, argv))
			apply(log.changes.find(e.name));
	for(; modes != nil; modes = tl modes){
		attributes(path((hd modes).e.name), (hd modes).e);
		note(hd modes);
	}
	if(failed)
		raise "fail:errors";
}

wanted(name: string, l: list of string): int
{
	if(l == nil)
		return 1;
	for(; l != nil; l = tl l)
		if((s := treename(hd l)) == nil || s == name || str->prefix(s + "/", name))
			return 1;
	return 0;
}

opendb(file: string)
{
	a := array[0] of byte;
	err: string;
	if(sys->stat(file).t0 >= 0 && ((a, err) = readfile(file, Sys->Maxint)).t1 != nil)
		fatal(err);
	# the end of the last line may be missing, if it was being written when applylog was interrupted
	for(end := len a; end > 0 && a[end-1] != byte '\n'; end--)
		;
	db = State.read(bufio->aopen(a[0:end]), file, 0);
	if(dry)
		return;
	dbfd = sys->open(file, Sys->OWRITE);
	if(dbfd == nil && sys->stat(file).t0 < 0)
		dbfd = sys->create(file, Sys->OWRITE, 8r644);
	if(dbfd == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	d := sys->nulldir;
	d.length = big end;
	if(end != len a && sys->fwstat(dbfd, d) < 0)
		fatal(sys->sprint("can't shorten %s: %r", file));
	sys->seek(dbfd, big 0, Sys->SEEKEND);
}

# Says in the data base that a file is as it is now because of line c of the log.
note(c: ref Change)
{
	if(dry)
		return;
	c = ref Change(c.time, c.seq, ref *c.e);
	(ok, d) := sys->stat(path(c.e.name));
	if(ok < 0)
		c.e.verb = 'd';
	else{
		c.e.d = ref d;
		contentsmark(c.e);
		if(c.e.verb == 'd')
			c.e.verb = 'a';
	}
	a := array of byte c.text();
	if(sys->write(dbfd, a, len a) != len a)
		fatal(sys->sprint("can't write the data base: %r"));
}

# the last line of the log about a file
apply(c: ref Change)
{
	e := c.e;
	was: ref Entry;
	if((known := db.changes.find(e.name)) != nil){
		if(!c.later(known))
			return;
		if(known.e.verb != 'd')
			was = known.e;
	}
	is: ref Entry;
	(ok, d) := sys->stat(path(e.name));
	if(ok >= 0){
		is = ref Entry(e.name, ref d, 0, nil, nil);
		contentsmark(is);
	}
	goes := e.verb == 'd';
	same := !goes && is != nil && is.sum == e.sum;
	if(goes && is == nil || same && (is.isdir() && was == nil || is.d.mode == e.d.mode && (!owners || is.d.uid == e.d.uid && is.d.gid == e.d.gid))){
		note(c);		# it is so already
		return;
	}
	s: string;
	if(was == nil && is != nil)
		s = "it has been made locally";
	else if(was != nil && is == nil)
		s = "it has been removed locally";
	else if(was != nil && is.sum != was.sum)
		s = "it has been changed locally";
	if(same)
		s = nil;
	if(s != nil){
		if(client){
			tell('=', e);
			note(c);
			return;
		}
		if(!server){
			warn(path(e.name) + ": " + s);
			return;
		}
	}
	if(goes){
		if(remove(is))
			note(c);
	}else if(same){
		tell('m', e);
		if(!dry)
			attributes(path(e.name), e);
		note(c);
	}else
		put(c, is);
}

tell(verb: int, e: ref Entry)
{
	if(verbose || dry)
		sys->print("%c %q\n", verb, e.name);
}

# 0: it is still there
remove(e: ref Entry): int
{
	tell('d', e);
	if(dry)
		return 1;
	if(e.isdir()){
		(nil, n) := readdir->init(path(e.name), Readdir->NONE);
		if(n > 0){
			warn(path(e.name) + ": it is not empty");
			return 0;
		}
	}
	if(sys->remove(path(e.name)) < 0){
		warn(sys->sprint("can't remove %s: %r", path(e.name)));
		return 0;
	}
	return 1;
}

# Makes a file or directory in place of what is there.
put(c: ref Change, is: ref Entry)
{
	e := c.e;
	if(is != nil && is.isdir() != e.isdir() && !remove(is))
		return;
	if(is == nil || is.isdir() != e.isdir())
		tell('a', e);
	else
		tell('c', e);
	file := path(e.name);
	if(e.isdir()){
		if(!dry){
			if(sys->create(file, Sys->OREAD, Sys->DMDIR | 8r777) == nil)
				warn(sys->sprint("can't create %s: %r", file));
			else
				modes = c :: modes;
		}
		return;
	}
	if(!dry && copy(e, serverroot + "/" + e.from, path(temporary(e.name))))
		note(c);
}

copy(e: ref Entry, from, temp: string): int
{
	in := sys->open(from, Sys->OREAD);
	if(in == nil){
		warn(sys->sprint("can't open %s: %r", from));
		return 0;
	}
	sys->remove(temp);
	out := sys->create(temp, Sys->OWRITE, 8r600);
	if(out == nil){
		warn(sys->sprint("can't create %s: %r", temp));
		return 0;
	}
	s: string;
	buf := array[4*Sys->ATOMICIO] of byte;
	length := big 0;
	n: int;
	while((n = sys->read(in, buf, len buf)) > 0 && sys->write(out, buf, n) == n)
		length += big n;
	(nil, d) := sys->fstat(in);
	if(n != 0)
		s = sys->sprint("can't copy %s: %r", from);
	else if(length != e.d.length || d.mtime != e.d.mtime)
		s = from + ": it is no longer what the log tells of";
	out = nil;
	if(s == nil){
		attributes(temp, e);
		if(rename(temp, path(e.name)) < 0)
			s = sys->sprint("can't rename to %s: %r", path(e.name));
	}
	if(s != nil){
		warn(s);
		sys->remove(temp);
		return 0;
	}
	return 1;
}
