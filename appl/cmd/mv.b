implement Mv;

#
# Renames and moves files; see mv(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "names.m";
	names: Names;

Mv: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Dir: import Sys;

failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	if(argv != nil)
		argv = tl argv;
	if(argv != nil && hd argv == "--")
		argv = tl argv;
	if(len argv < 2){
		sys->fprint(sys->fildes(2), "usage: mv fromfile tofile\n       mv fromfile ... todir\n");
		raise "fail:usage";
	}
	from: list of string;
	for(; tl argv != nil; argv = tl argv)
		from = hd argv :: from;
	dst := hd argv;
	(ok, d) := sys->stat(dst);
	todir := ok >= 0 && d.mode & Sys->DMDIR;
	if(len from > 1 && !todir){
		error(sys->sprint("%s is not a directory", dst));
		raise "fail:error";
	}
	many := len from > 1;
	for(from = reverse(from); from != nil; from = tl from){
		(fok, fd) := sys->stat(hd from);
		if(fok < 0)
			error(sys->sprint("can't stat %s: %r", hd from));
		else if(todir && (many || (fd.mode & Sys->DMDIR) == 0))
			move(hd from, fd, trim(dst) + "/" + names->basename(trim(hd from), nil));
		else
			move(hd from, fd, dst);
	}
	if(failed)
		raise "fail:error";
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# without slashes at the end
trim(s: string): string
{
	while(len s > 1 && s[len s - 1] == '/')
		s = s[0:len s - 1];
	return s;
}

move(from: string, fd: Dir, dst: string)
{
	(ok, td) := sys->stat(dst);
	if(ok >= 0){
		if(same(fd, td)){
			error(sys->sprint("%s and %s are the same", from, dst));
			return;
		}
		if(fd.mode & Sys->DMDIR){
			error("can't rename a directory to an existing name");
			return;
		}
		if(td.mode & Sys->DMDIR){
			error(sys->sprint("can't rename %s to the existing directory %s", from, dst));
			return;
		}
	}
	(aok, a) := sys->stat(parent(from));
	(bok, b) := sys->stat(parent(dst));
	if(dst != nil && aok >= 0 && bok >= 0 && same(a, b)){
		if(ok >= 0 && sys->remove(dst) < 0){
			error(sys->sprint("can't remove %s: %r", dst));
			return;
		}
		nd := Sys->nulldir;
		nd.name = names->basename(trim(dst), nil);
		if(sys->wstat(from, nd) >= 0)
			return;
		if(fd.mode & Sys->DMDIR){
			error(sys->sprint("can't rename %s: %r", from));
			return;
		}
	}
	if(fd.mode & Sys->DMDIR)
		error(sys->sprint("%s is a directory, not copied to %s", from, dst));
	else
		copy(from, fd, dst);
}

same(a, b: Dir): int
{
	return a.dtype == b.dtype && a.dev == b.dev && a.qid.path == b.qid.path && a.qid.qtype == b.qid.qtype;
}

parent(name: string): string
{
	name = trim(name);
	dir := names->dirname(name);
	if(dir == nil)
		return ".";
	return dir;
}

copy(from: string, d: Dir, dst: string)
{
	in := sys->open(from, Sys->OREAD);
	if(in == nil){
		error(sys->sprint("can't open %s: %r", from));
		return;
	}
	out := sys->create(dst, Sys->OWRITE, d.mode & 8r777);
	if(out == nil){
		error(sys->sprint("can't create %s: %r", dst));
		return;
	}
	buf := array[32*1024] of byte;
	while((n := sys->read(in, buf, len buf)) > 0)
		if(sys->write(out, buf, n) != n){
			error(sys->sprint("error writing %s: %r", dst));
			return;
		}
	if(n < 0){
		error(sys->sprint("error reading %s: %r", from));
		return;
	}
	nd := Sys->nulldir;
	nd.mode = d.mode;
	nd.mtime = d.mtime;
	sys->fwstat(out, nd);
	in = nil;
	if(sys->remove(from) < 0)
		error(sys->sprint("can't remove %s: %r", from));
}

error(s: string)
{
	sys->fprint(sys->fildes(2), "mv: %s\n", s);
	failed = 1;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mv: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
