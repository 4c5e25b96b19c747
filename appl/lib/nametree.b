implement Nametree;

#
# A tree of names kept by a process; see styxservers-nametree(2).
#
# It answers two channels: changes from the server, and questions of the
# navigator.
#

include "sys.m";
	sys: Sys;
	Dir: import Sys;

include "styx.m";

include "styxservers.m";
	Navop: import Styxservers;
	Enotfound, Eexists, Enotdir: import Styxservers;

Nhash:	con 128;

File: adt
{
	d:		Dir;
	parent:		cyclic ref File;
	children:	cyclic list of ref File;	# the newest first
};

Files: adt
{
	tab:	array of list of ref File;	# by qid.path

	find:	fn(t: self ref Files, path: big): ref File;
	add:	fn(t: self ref Files, f: ref File);
	del:	fn(t: self ref Files, f: ref File);
};

init()
{
	sys = load Sys Sys->PATH;
}

start(): (ref Tree, chan of ref Navop)
{
	t := ref Tree(chan of ref Treeop, chan of string);
	navc := chan of ref Navop;
	spawn keeper(t.c, navc);
	return (t, navc);
}

Tree.quit(t: self ref Tree)
{
	t.c <-= nil;
}

Tree.create(t: self ref Tree, parent: big, d: Dir): string
{
	t.c <-= ref Treeop.Create(t.reply, parent, d);
	return <-t.reply;
}

Tree.remove(t: self ref Tree, path: big): string
{
	t.c <-= ref Treeop.Remove(t.reply, path);
	return <-t.reply;
}

Tree.wstat(t: self ref Tree, path: big, d: Dir): string
{
	t.c <-= ref Treeop.Wstat(t.reply, path, d);
	return <-t.reply;
}

Tree.getpath(t: self ref Tree, path: big): string
{
	t.c <-= ref Treeop.Getpath(t.reply, path);
	return <-t.reply;
}

slot(path: big): int
{
	return int path & (Nhash - 1);
}

Files.find(t: self ref Files, path: big): ref File
{
	for(l := t.tab[slot(path)]; l != nil; l = tl l)
		if((hd l).d.qid.path == path)
			return hd l;
	return nil;
}

Files.add(t: self ref Files, f: ref File)
{
	i := slot(f.d.qid.path);
	t.tab[i] = f :: t.tab[i];
}

Files.del(t: self ref Files, f: ref File)
{
	i := slot(f.d.qid.path);
	t.tab[i] = without(t.tab[i], f);
}

# l less f, in the same order
without(l: list of ref File, f: ref File): list of ref File
{
	r, s: list of ref File;
	for(; l != nil; l = tl l)
		if(hd l != f)
			r = hd l :: r;
	for(; r != nil; r = tl r)
		s = hd r :: s;
	return s;
}

keeper(treec: chan of ref Treeop, navc: chan of ref Navop)
{
	t := ref Files(array[Nhash] of list of ref File);
	for(;;) alt {
	op := <-treec =>
		if(op == nil)
			return;
		op.reply <-= change(t, op);
	nav := <-navc =>
		if(nav == nil)
			return;
		answer(t, nav);
	}
}

#
# changes
#

change(t: ref Files, gop: ref Treeop): string
{
	pick op := gop {
	Create =>
		return create(t, op.q, op.d);
	Wstat =>
		f := t.find(op.q);
		if(f == nil)
			return Enotfound;
		return wstat(f, op.d);
	Remove =>
		f := t.find(op.q);
		if(f == nil)
			return Enotfound;
		if(f.parent != f)
			f.parent.children = without(f.parent.children, f);
		remove(t, f);
	Getpath =>
		f := t.find(op.q);
		if(f == nil)
			return nil;
		s := "";
		for(; f.parent != f; f = f.parent)
			if(s == "")
				s = f.d.name;
			else
				s = f.d.name + "/" + s;
		return s;
	}
	return nil;
}

create(t: ref Files, parent: big, d: Dir): string
{
	if(t.find(d.qid.path) != nil)
		return Eexists;
	f := ref File(d, nil, nil);
	if(parent == d.qid.path)
		f.parent = f;
	else{
		p := t.find(parent);
		if(p == nil)
			return Enotfound;
		if(child(p, d.name) != nil)
			return Eexists;
		f.parent = p;
		p.children = f :: p.children;
	}
	t.add(f);
	return nil;
}

remove(t: ref Files, f: ref File)
{
	t.del(f);
	for(l := f.children; l != nil; l = tl l)
		remove(t, hd l);
	f.children = nil;
	f.parent = f;	# getpath must end
}

child(p: ref File, name: string): ref File
{
	for(l := p.children; l != nil; l = tl l)
		if((hd l).d.name == name)
			return hd l;
	return nil;
}

# what is nil or all ones stays
wstat(f: ref File, d: Dir): string
{
	if(d.name != nil && d.name != f.d.name){
		if(f.parent != f && child(f.parent, d.name) != nil)
			return Eexists;
		f.d.name = d.name;
	}
	if(d.uid != nil)
		f.d.uid = d.uid;
	if(d.gid != nil)
		f.d.gid = d.gid;
	if(d.muid != nil)
		f.d.muid = d.muid;
	if(d.qid.vers != ~0)
		f.d.qid.vers = d.qid.vers;
	if(d.qid.qtype != ~0)
		f.d.qid.qtype = d.qid.qtype;
	if(d.mode != ~0)
		f.d.mode = d.mode;
	if(d.atime != ~0)
		f.d.atime = d.atime;
	if(d.mtime != ~0)
		f.d.mtime = d.mtime;
	if(d.length != ~big 0)
		f.d.length = d.length;
	if(d.dtype != ~0)
		f.d.dtype = d.dtype;
	if(d.dev != ~0)
		f.d.dev = d.dev;
	return nil;
}

#
# questions
#

answer(t: ref Files, nav: ref Navop)
{
	f := t.find(nav.path);
	if(f == nil){
		nav.reply <-= (nil, Enotfound);
		return;
	}
	pick op := nav {
	Stat =>
		op.reply <-= (ref f.d, nil);
	Walk =>
		if((f.d.mode & Sys->DMDIR) == 0 && op.name != ".."){
			op.reply <-= (nil, Enotdir);
			return;
		}
		if(op.name == "..")
			f = f.parent;
		else
			f = child(f, op.name);
		if(f == nil)
			op.reply <-= (nil, Enotfound);
		else
			op.reply <-= (ref f.d, nil);
	Readdir =>
		l := f.children;
		for(i := op.offset; i > 0 && l != nil; i--)
			l = tl l;
		for(n := op.count; n > 0 && l != nil; n--){
			op.reply <-= (ref (hd l).d, nil);
			l = tl l;
		}
		op.reply <-= (nil, nil);
	}
}
