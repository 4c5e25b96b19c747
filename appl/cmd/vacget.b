implement Vacget;

#
# Takes files out of an archive on a Venti server; see vacget(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Vacget: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "vacget";

include "vac/vaccmd.inc";

MAXDEPTH: con 1000;	# of directories in each other

keep, list_, owners, verbose: int;
failed := 0;
out: ref Sys->FD;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	vacinit();
	addr, dir: string;
	arg->init(argv);
	arg->setusage("vacget [-kptv] [-a addr] [-d dir] archive [path ...]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'd' =>	dir = arg->earg();
		'k' =>	keep = 1;
		'p' =>	owners = 1;
		't' =>	list_ = 1;
		'v' =>	verbose = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	score := scoreof(hd argv);
	want := cleaned(tl argv);
	out = sys->fildes(1);
	s := connect(addr);
	{
		get(s, score, dir, want);
	}exception{
	"fail:*" =>
		s.close();
		raise;
	}
	s.close();
	if(failed)
		raise "fail:error";
}

# without slashes at the ends
cleaned(l: list of string): list of string
{
	if(l == nil)
		return nil;
	s := hd l;
	while(len s > 1 && s[len s - 1] == '/')
		s = s[0:len s - 1];
	while(s != nil && s[0] == '/')
		s = s[1:];
	return s :: cleaned(tl l);
}

get(s: ref Session, score: array of byte, dir: string, want: list of string)
{
	(top, nil, nil, err) := vac->open(s, score);
	if(err != nil)
		fail(err, "error");
	found := array[len want] of {* => 0};
	directory(top, dir, "", want, found, 0);
	for(i := 0; want != nil; want = tl want)
		if(!found[i++])
			bad(hd want + ": not in the archive");
}

bad(msg: string)
{
	sys->fprint(sys->fildes(2), "%s: %s\n", progname, msg);
	failed = 1;
}

# Is name wanted, or something below it?
Whole, Part, No: con iota;
wanted(name: string, want: list of string, found: array of int): int
{
	if(want == nil)
		return Whole;
	r := No;
	for(i := 0; want != nil; want = tl want){
		w := hd want;
		if(w == "" || name == w || below(name, w)){
			found[i] = 1;
			r = Whole;
		}else if(r == No && below(w, name))
			r = Part;
		i++;
	}
	return r;
}

below(name, dir: string): int
{
	return len name > len dir && name[0:len dir] == dir && name[len dir] == '/';
}

join(dir, name: string): string
{
	if(dir == "" || dir[len dir - 1] == '/')
		return dir + name;
	return dir + "/" + name;
}

# the files of a directory of the archive; dir: where they go, name: what they are called in the archive
directory(d: ref Vacdir, dir, name: string, want: list of string, found: array of int, depth: int)
{
	for(l := d.files; l != nil; l = tl l){
		f := hd l;
		if(!vac->goodname(f.elem)){
			bad(sys->sprint("%q: a file called %q is left out", name, f.elem));
			continue;
		}
		path := join(dir, f.elem);
		inside := join(name, f.elem);
		w := wanted(inside, want, found);
		if(w == No)
			continue;
		if(f.mode & Vac->Mdir){
			if(depth == MAXDEPTH){
				bad(inside + ": too deep");
				continue;
			}
			if(w == Whole)
				tell(d, f, inside);
			if(!list_ && makedir(path) < 0)
				continue;
			(sub, err) := d.opendir(f);
			if(err != nil){
				bad(inside + ": " + err);
				continue;
			}
			directory(sub, path, inside, want, found, depth + 1);
			if(!list_ && w == Whole)
				settle(path, f, sys->nulldir.length);
		}else if(w == Whole){
			tell(d, f, inside);
			if(!list_)
				file(d, f, path, inside);
		}
	}
}

tell(d: ref Vacdir, f: ref Direntry, name: string)
{
	if(list_ && verbose){
		length := big 0;
		if((f.mode & Vac->Mdir) == 0){
			(src, err) := d.open(f);
			if(err != nil){
				bad(name + ": " + err);
				return;
			}
			length = src.e.size;
		}
		sys->fprint(out, "%uo %q %q %bd %d %s\n", vac->dirmode(f.mode), f.uid, f.gid, length, f.mtime, name);
	}else if(list_)
		sys->fprint(out, "%s\n", name);
	else if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", name);
}

makedir(path: string): int
{
	(ok, d) := sys->stat(path);
	if(ok == 0 && d.mode & Sys->DMDIR)
		return 0;
	if(ok < 0 && sys->create(path, Sys->OREAD, Sys->DMDIR | 8r777) != nil)
		return 0;
	if(ok == 0)
		bad(path + ": is there already, and no directory");
	else
		bad(sys->sprint("can't make %s: %r", path));
	return -1;
}

# Blocks of zeros are left out where that can be.
file(d: ref Vacdir, f: ref Direntry, path, name: string)
{
	if(keep && sys->stat(path).t0 == 0)
		return;
	(src, err) := d.open(f);
	if(err != nil){
		bad(name + ": " + err);
		return;
	}
	fd := sys->create(path, Sys->OWRITE, 8r666 & (f.mode | 8r600));
	if(fd == nil){
		bad(sys->sprint("can't create %s: %r", path));
		return;
	}
	size := src.e.size;
	end := big 0;		# of what has been written
	for(off := big 0; off < size;){
		a: array of byte;
		(a, err) = src.read(off, src.e.dsize);
		if(err != nil){
			bad(name + ": " + err);
			return;
		}
		if(!empty(a)){
			if(sys->pwrite(fd, a, len a, off) != len a){
				bad(sys->sprint("write error on %s: %r", path));
				return;
			}
			end = off + big len a;
		}
		off += big len a;
	}
	if(end < size){
		nd := sys->nulldir;
		nd.length = size;
		if(sys->fwstat(fd, nd) < 0)
			while(end < size){
				n := 8192;
				if(big n > size - end)
					n = int (size - end);
				if(sys->pwrite(fd, array[n] of {* => byte 0}, n, end) != n){
					bad(sys->sprint("write error on %s: %r", path));
					return;
				}
				end += big n;
			}
	}
	fd = nil;
	settle(path, f, sys->nulldir.length);
}

empty(a: array of byte): int
{
	for(i := 0; i < len a; i++)
		if(a[i] != byte 0)
			return 0;
	return 1;
}

# mode and time, and whose it is
settle(path: string, f: ref Direntry, length: big)
{
	d := sys->nulldir;
	d.length = length;
	d.mode = vac->dirmode(f.mode);
	d.mtime = f.mtime;
	if(sys->wstat(path, d) < 0){
		d.mode = sys->nulldir.mode;
		sys->wstat(path, d);	# the time alone
	}
	if(owners){
		d = sys->nulldir;
		d.uid = f.uid;
		d.gid = f.gid;
		if(sys->wstat(path, d) < 0)
			bad(sys->sprint("can't set owner of %s: %r", path));
	}
}
