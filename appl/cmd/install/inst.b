implement Inst;

#
# Installs packages; see install(8).
#
# All that can be refused is refused before the tree is touched. Then a directory in the log says that the installation has begun, the
# files are written under temporary names, and when all are there they get their own; at the end the log says that it is done. Up to the
# renaming all can be taken back; an installation that is interrupted later leaves what is needed to go on with it.
#

progname: con "inst";

include "files.inc";
include "../disk/archive.inc";
include "wrap.inc";

Inst: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# What has to be done with a file.
Step: adt
{
	verb:	int;		# a: it is new, c: its contents, m: only mode and so on, d: it goes
	e:	ref Entry;
	made:	int;		# is it there already, under its temporary name
};

proceed, dry, force, verbose: int;

# about the package that is being installed
pack, old: ref Pack;
was: array of ref Entry;			# files of the version that is installed
pending: list of ref Pack;		# versions whose installation was interrupted
newer: list of ref Version;		# that have to make way
present: string;			# state in the log when we came
others: ref Strhash[ref Pack];		# whose files are in the tree, by their names; nil: not known yet
conflicts: int;
made: list of string;			# directories that were not there
opened: list of (string, int);		# directories that have been made writable for a while, and their modes

init(nil: ref Draw->Context, argv: list of string)
{
	loadall();
	arg->init(argv);
	arg->setusage("install/inst [-cFnuv] [-r root] archive ...");
	while((o := arg->opt()) != 0)
		case o {
		'c' =>	proceed = 1;
		'F' =>	force = 1;
		'n' =>	dry = 1;
		'r' =>	setroot(arg->earg());
		'u' =>	owners = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	l: list of ref Pack;
	for(; argv != nil; argv = tl argv){
		(p, err) := Pack.open(hd argv);
		if(err == nil)
			err = p.check();
		if(err != nil)
			warn(err);
		l = p :: l;
	}
	if(failed)
		raise "fail:error";
	(ok, d) := sys->stat(path(""));
	if(ok < 0)
		fatal(sys->sprint("can't stat %s: %r", path("")));
	if(!(d.mode & Sys->DMDIR))
		fatal(root + ": not a directory");
	lock: ref Sys->FD;
	if(!dry){
		err := makedirs("wrap/lock");
		if(err == nil){
			lock = sys->create(path("wrap/lock"), Sys->OWRITE | Sys->OEXCL | Sys->ORCLOSE, 8r600);
			if(lock == nil)
				err = sys->sprint("can't create %s: %r", path("wrap/lock"));
			if(lock == nil && sys->stat(path("wrap/lock")).t0 >= 0)
				err += "; is another inst at work?";
		}
		if(err != nil){
			unmake();
			fatal(err);
		}
	}
	wrapmade := made;
	ps: list of ref Pack;
	for(; l != nil; l = tl l)
		ps = hd l :: ps;
	for(; ps != nil; ps = tl ps)
		if(!install(hd ps)){
			lock = nil;
			made = wrapmade;
			unmake();	# unless there is something in it
			raise "fail:error";
		}
	if(failed)
		raise "fail:errors";
}

# 0: it has not been done
install(p: ref Pack): int
{
	pack = p;
	err := history();
	if(err != nil){
		warn(err);
		return 0;
	}
	if(present == Done && proceed && newer == nil && pending == nil)
		return 1;
	others = nil;
	conflicts = 0;
	steps := plan();
	if(conflicts){
		sys->fprint(sys->fildes(2), "inst: %s is not installed\n", p.title());
		return 0;
	}
	if(verbose || dry)
		for(i := 0; i < len steps; i++)
			sys->print("%c %q\n", steps[i].verb, steps[i].e.name);
	if(dry)
		return 1;
	made = nil;
	err = begin();
	if(err == nil)
		err = prepare(steps);
	if(err != nil){
		warn(err);
		takeback(steps);
		return 0;
	}
	err = place(steps);
	if(err == nil)
		cleanup(steps);
	close();
	if(err == nil){
		# what is in directories is done
		for(i = len steps - 1; i >= 0; i--)
			if((e := steps[i].e).isdir() && steps[i].verb != 'd')
				attributes(path(e.name), e);
		err = finish();
	}
	if(err != nil){
		warn(err);
		warn(p.title() + " is installed in part; when that is cured finish it with -c");
		return 0;
	}
	return 1;
}

# Reads what the log says of the package, and whether it can be installed then.
history(): string
{
	pending = nil;
	newer = nil;
	old = nil;
	was = nil;
	present = nil;
	err: string;
	v := versions(pack.name);
	for(i := 0; i < len v; i++){
		if(v[i].time == pack.time)
			present = v[i].state;
		if(v[i].state == Done){
			(old, err) = Pack.logged(pack.name, v[i].time, Done);
			if(v[i].time > pack.time)
				newer = v[i] :: newer;
		}else if(v[i].state == Begun){
			q: ref Pack;
			(q, err) = Pack.logged(pack.name, v[i].time, Begun);
			pending = q :: pending;
			if(err == nil && !proceed)
				err = "the installation of " + q.title() + " was interrupted; finish it with -c";
			if(err == nil && q.time != pack.time && pack.base != 0)
				err = pack.title() + ": it is an update; the installation of " + q.title() + " has to be finished first";
		}
		if(err != nil)
			return err;
		if(v[i].time == pack.time){
			(q, qerr) := Pack.logged(pack.name, pack.time, v[i].state);
			if(qerr != nil)
				return qerr;
			if(q.sum != pack.sum && !samefiles(q, pack))
				return pack.title() + ": the log has another package of this time";
		}
	}
	if(newer != nil && !force)
		return pack.title() + ": " + old.title() + " is installed, which is newer";
	if(present == Done && !proceed && !force)
		return pack.title() + " is installed already";
	if(old != nil)
		was = old.current();
	if(pack.base == 0 || old == nil && force){
		if(old == nil)
			was = gone(pack);
		return nil;
	}
	if(old == nil)
		return pack.title() + ": it is an update of " + string pack.base + ", and no version is installed";
	for(i = 0; i < len pack.files; i++)
		if((e := pack.files[i]).verb == '='){
			o := find(was, e.name);
			if(o == nil || o.sum != e.sum)
				return pack.title() + ": it is an update of " + string pack.base + ", not of " + string old.time;
		}
	return nil;
}

# Do two packages make the same version, one from the beginning and the other as an update?
samefiles(p, q: ref Pack): int
{
	a := p.current();
	b := q.current();
	if(len a != len b)
		return 0;
	for(i := 0; i < len a; i++)
		if(a[i].name != b[i].name || a[i].sum != b[i].sum || !alike(a[i], b[i]))
			return 0;
	return 1;
}

# what an update takes away
gone(p: ref Pack): array of ref Entry
{
	l: list of ref Entry;
	for(i := 0; i < len p.files; i++)
		if(p.files[i].verb == '-')
			l = p.files[i] :: l;
	return backwards(l);
}

conflict(e: ref Entry, s: string)
{
	warn(path(e.name) + ": " + s);
	conflicts = 1;
}

# What has to be done, in the order of the names; what goes comes last, backwards.
plan(): array of ref Step
{
	l: list of ref Step;
	files := pack.current();
	for(i := 0; i < len files; i++){
		verb := planfile(files[i], find(was, files[i].name));
		if(verb)
			l = ref Step(verb, files[i], 0) :: l;
	}
	goes := was;
	for(k := pending; k != nil; k = tl k)
		goes = both(goes, (hd k).current());
	for(i = len goes - 1; i >= 0; i--)
		if(find(files, goes[i].name) == nil && plangoes(goes[i]))
			l = ref Step('d', goes[i], 0) :: l;
	a := array[len l] of ref Step;
	for(i = len a - 1; i >= 0; i--){
		a[i] = hd l;
		l = tl l;
	}
	return a;
}

both(a, b: array of ref Entry): array of ref Entry
{
	l: list of ref Entry;
	for((i, j) := (0, 0); i < len a || j < len b; )
		if(j == len b || i < len a && before(a[i].name, b[j].name))
			l = a[i++] :: l;
		else{
			if(i < len a && a[i].name == b[j].name)
				i++;
			l = b[j++] :: l;
		}
	return backwards(l);
}

# The verb for e, which is o in the version before; 0: there is nothing to do.
planfile(e, o: ref Entry): int
{
	file := path(e.name);
	(ok, d) := sys->stat(file);
	if(ok < 0){
		if(e.isdir() || e.verb == '+')
			return 'a';
		return 0;		# it has been removed locally
	}
	if(d.mode & Sys->DMDIR && !e.isdir() || !(d.mode & Sys->DMDIR) && e.isdir()){
		if(e.isdir())
			conflict(e, "it is no directory");
		else
			conflict(e, "it is a directory");
		return 0;
	}
	if(e.isdir() && pending != nil && (d.mode & Permissions) != e.d.mode)
		return 'm';		# it may have been made writable
	if((e.isdir() || e.verb == '=') && (o == nil || alike(o, e)))
		return 0;
	if(e.isdir())
		return 'm';
	(sum, nil) := filesum(file);
	if(sum == nil){
		conflict(e, sys->sprint("can't read: %r"));
		return 0;
	}
	if(e.verb == '=' && sum != e.sum)
		return 0;		# it has been changed locally, and may stay so
	if(sum == e.sum){
		if((d.mode & Permissions) != e.d.mode || d.mtime != e.d.mtime || owners && (d.uid != e.d.uid || d.gid != e.d.gid))
			return 'm';
		return 0;
	}
	if(!force && !known(e.name, sum)){
		q := owner(e.name);
		if(q != nil && (o == nil || find(q.files, e.name).sum == sum))
			conflict(e, "it is of the package " + q.title());
		else if(o != nil)
			conflict(e, "it has been changed locally");
		else
			conflict(e, "it is there already, and of no package");
	}
	return 'c';
}

# Does e, which was installed and is not in the new version, go?
plangoes(e: ref Entry): int
{
	file := path(e.name);
	(ok, d) := sys->stat(file);
	if(ok < 0 || owner(e.name) != nil)
		return 0;
	if(e.isdir() || d.mode & Sys->DMDIR)
		return e.isdir() && d.mode & Sys->DMDIR;
	(sum, nil) := filesum(file);
	if(!force && (sum == nil || !known(e.name, sum)))
		conflict(e, "it has been changed locally, and " + pack.title() + " has it no longer");
	return 1;
}

# Is that what was installed?
known(name, sum: string): int
{
	if((o := find(was, name)) != nil && o.sum == sum)
		return 1;
	for(l := pending; l != nil; l = tl l)
		if((o = find((hd l).files, name)) != nil && o.sum == sum)
			return 1;
	return 0;
}

# another package that has the file
owner(name: string): ref Pack
{
	if(others == nil){
		others = Strhash[ref Pack].new(1021, nil);
		for(l := packages(); l != nil; l = tl l)
			if(hd l != pack.name){
				(q, err) := installed(hd l);
				if(err != nil){
					warn(err);
					conflicts = 1;
				}
				for(i := 0; q != nil && i < len q.files; i++)
					if(q.files[i].verb != '-')
						others.add(q.files[i].name, q);
			}
	}
	return others.find(name);
}

# Makes the directories above a file.
makedirs(name: string): string
{
	for(i := 0; i < len name; i++)
		if(name[i] == '/' && (err := makedir(name[0:i])) != nil)
			return err;
	return nil;
}

makedir(name: string): string
{
	name = path(name);
	if(sys->stat(name).t0 >= 0)
		return nil;
	open(name);
	if(sys->create(name, Sys->OREAD, Sys->DMDIR | 8r777) == nil)
		return sys->sprint("can't create %s: %r", name);
	made = name :: made;
	return nil;
}

# Sees to it that the directory of a file can be written, if that can be done.
open(file: string)
{
	dir := dirof(file) + ".";
	(ok, d) := sys->stat(dir);
	if(ok < 0 || d.mode & 8r200)
		return;
	w := sys->nulldir;
	w.mode = d.mode | 8r200;
	if(sys->wstat(dir, w) >= 0)
		opened = (dir, d.mode) :: opened;
}

# Those directories have their modes again.
close()
{
	for(; opened != nil; opened = tl opened){
		d := sys->nulldir;
		d.mode = (hd opened).t1;
		sys->wstat((hd opened).t0, d);
	}
}

unmake()
{
	for(; made != nil; made = tl made)
		sys->remove(hd made);
}

# Says in the log that the installation has begun.
begin(): string
{
	dir := pack.dir();
	if(present == Begun)
		return nil;
	if(present != nil){
		if(rename(path(dir + "/" + present), path(dir + "/" + Begun)) < 0)
			return sys->sprint("can't rename %s: %r", path(dir + "/" + present));
		return nil;
	}
	err := makedirs(dir + "/");
	if(err == nil)
		err = writefile(path(dir + "/md5sum"), pack.listing);
	if(err == nil)
		err = writefile(path(dir + "/new"), pack.package);
	if(err == nil && rename(path(dir + "/new"), path(dir + "/" + Begun)) < 0)
		err = sys->sprint("can't rename %s: %r", path(dir + "/new"));
	return err;
}

# Writes the files under temporary names.
prepare(steps: array of ref Step): string
{
	pack.b.seek(pack.start, Bufio->SEEKSTART);
	j := 0;
	for(i := 0; i < len pack.files; i++){
		e := pack.files[i];
		if(e.verb == '-')
			continue;
		s: ref Step;
		if(j < len steps && steps[j].e == e)
			s = steps[j++];
		err: string;
		if(s == nil || s.verb == 'm'){
			if(e.verb == '+')
				err = pack.copy(e, nil);
		}else if((err = makedirs(e.name)) == nil)
			if(e.isdir()){
				err = makedir(e.name);
				if(err == nil && e.verb == '+')
					err = pack.copy(e, nil);
			}else
				err = write(s);
		if(err != nil)
			return err;
	}
	return nil;
}

write(s: ref Step): string
{
	file := path(temporary(s.e.name));
	open(file);
	sys->remove(file);
	fd := sys->create(file, Sys->OWRITE, 8r600);
	if(fd == nil)
		return sys->sprint("can't create %s: %r", file);
	s.made = 1;
	err := pack.copy(s.e, fd);
	fd = nil;
	if(err == nil)
		attributes(file, s.e);
	return err;
}

# As if nothing had been done, but for an installation that is continued.
takeback(steps: array of ref Step)
{
	for(i := 0; i < len steps; i++)
		if(steps[i].made)
			sys->remove(path(temporary(steps[i].e.name)));
	dir := path(pack.dir());
	if(present == nil){
		sys->remove(dir + "/" + Begun);
		sys->remove(dir + "/new");
		sys->remove(dir + "/md5sum");
	}else if(present != Begun)
		rename(dir + "/" + Begun, dir + "/" + present);
	unmake();
	close();
}

# The files get their names, others go.
place(steps: array of ref Step): string
{
	for(i := 0; i < len steps; i++){
		e := steps[i].e;
		file := path(e.name);
		if(steps[i].made){
			if(rename(path(temporary(e.name)), file) < 0)
				return sys->sprint("can't rename to %s: %r", file);
		}else if(steps[i].verb == 'm' && !e.isdir())
			attributes(file, e);
		else if(steps[i].verb == 'd'){
			open(file);
			if(!e.isdir() && sys->remove(file) < 0)
				return sys->sprint("can't remove %s: %r", file);
		}
	}
	return nil;
}

# Directories that are empty now go, and what interrupted installations left.
cleanup(steps: array of ref Step)
{
	i: int;
	for(l := pending; l != nil; l = tl l)
		for(i = 0; i < len (hd l).files; i++)
			sys->remove(path(temporary((hd l).files[i].name)));
	for(i = 0; i < len steps; i++)
		if(steps[i].verb == 'd' && steps[i].e.isdir()){
			(nil, n) := readdir->init(path(steps[i].e.name), Readdir->NONE);
			if(n == 0)
				sys->remove(path(steps[i].e.name));
		}
}

# The log says that it is done.
finish(): string
{
	for(; newer != nil; newer = tl newer){
		dir := path("wrap/" + pack.name + "/" + string (hd newer).time + "/");
		if(rename(dir + Done, dir + Undone) < 0)
			return sys->sprint("can't rename %s: %r", dir + Done);
	}
	dir := path(pack.dir()) + "/";
	if(rename(dir + Begun, dir + Done) < 0)
		return sys->sprint("can't rename %s: %r", dir + Begun);
	for(; pending != nil; pending = tl pending)
		if((hd pending).time != pack.time){
			dir = (hd pending).file;
			sys->remove(dir + "/" + Begun);
			sys->remove(dir + "/md5sum");
			sys->remove(dir);
		}
	return nil;
}
