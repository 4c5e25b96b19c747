implement Shellbuiltin;

#
# Files served by blocks of the shell; see sh-file2chan(1).
#
# A request for such a file becomes a Tag in a table, under a number that the block finds in $tag.
# Whoever answers takes it out of the table, so that each is answered once. The table is in a
# buffered channel: taking it from there is taking hold of it.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

Tag: adt
{
	id:	int;
	offset:	int;
	fid:	int;
	blocked: int;		# no answer when the block ends
	pick {
	Read =>
		count:	int;
		reply:	Sys->Rread;
	Write =>
		data:	array of byte;
		reply:	Sys->Rwrite;
	Close =>
	}
};

# the requests without answer, and the last number given
Table: adt
{
	tags:	list of ref Tag;
	last:	int;
};

table: chan of ref Table;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	if(table == nil){
		table = chan[1] of ref Table;
		table <-= ref Table(nil, 0);
	}
	for(l := "file2chan" :: "rread" :: "rreadone" :: "rwrite" :: "rerror" :: "rblock" :: "fetchwdata" ::
			"putrdata" :: nil; l != nil; l = tl l)
		c.addbuiltin(hd l, myself);
	c.addsbuiltin("rget", myself);
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, nil: string, nil: int): string
{
	return nil;
}

usage(c: ref Context, s: string)
{
	c.fail("usage", "usage: " + s);
}

words(l: list of ref Listnode): list of string
{
	return sh->list2stringlist(l);
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	name := (hd cmd).word;
	args := tl cmd;
	case name {
	"file2chan" =>
		return file2chan(c, args);
	"rread" or "rreadone" =>
		if(args == nil || len args > 2)
			usage(c, name + " [tag] data");
		(tag, rest) := tagarg(c, name, words(args), 2);
		answerread(c, name, tag, array of byte hd rest, name == "rreadone");
	"rwrite" =>
		if(len args > 2)
			usage(c, "rwrite [tag [count]]");
		(tag, rest) := tagarg(c, name, words(args), 1);
		pick t := tag {
		Write =>
			n := len t.data;
			if(rest != nil)
				n = int hd rest;
			take(c, name, tag.id);
			t.reply <-= (n, nil);
		* =>
			wrongtag(c, name);
		}
	"rerror" =>
		if(args == nil || len args > 2)
			usage(c, "rerror [tag] msg");
		(tag, rest) := tagarg(c, name, words(args), 2);
		take(c, name, tag.id);
		refuse(tag, hd rest);
	"rblock" =>
		if(len args > 1)
			usage(c, "rblock [tag]");
		(tag, nil) := tagarg(c, name, words(args), 1);
		tag.blocked = 1;
	"fetchwdata" =>
		if(len args > 1)
			usage(c, "fetchwdata [tag]");
		(tag, nil) := tagarg(c, name, words(args), 1);
		pick t := tag {
		Write =>
			if(sys->write(sys->fildes(1), t.data, len t.data) != len t.data)
				c.fail("write error", sys->sprint("fetchwdata: write error: %r"));
		* =>
			wrongtag(c, name);
		}
	"putrdata" =>
		if(len args > 1)
			usage(c, "putrdata [tag]");
		(tag, nil) := tagarg(c, name, words(args), 1);
		pick t := tag {
		Read =>
			n := t.count;
			if(n < 0)
				n = 0;
			if(n > 1<<20)
				n = 1<<20;
			buf := array[n] of byte;
			m := sys->readn(sys->fildes(0), buf, n);
			if(m < 0)
				c.fail("bad input", sys->sprint("putrdata: cannot read fd 0: %r"));
			answerread(c, name, tag, buf[0:m], 0);
		* =>
			wrongtag(c, name);
		}
	}
	return nil;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	args := words(tl cmd);
	if(args == nil || len args > 2)
		usage(c, "rget (data|count|offset|fid) [tag]");
	what := hd args;
	(tag, nil) := tagarg(c, "rget", tl args, 1);
	s: string;
	case what {
	"data" =>
		pick t := tag {
		Write =>
			s = string t.data;
		* =>
			wrongtag(c, "rget");
		}
	"count" =>
		pick t := tag {
		Read =>
			s = string t.count;
		* =>
			wrongtag(c, "rget");
		}
	"offset" =>
		s = string tag.offset;
	"fid" =>
		s = string tag.fid;
	* =>
		usage(c, "rget (data|count|offset|fid) [tag]");
	}
	return ref Listnode(nil, s) :: nil;
}

#
# tags
#

wrongtag(c: ref Context, name: string)
{
	c.fail("bad tag", name + ": inappropriate tag id");
}

notag(c: ref Context, name: string)
{
	c.fail("bad tag", name + ": cannot find tag");
}

# the tag that args begin with if there are n of them, or that of $tag; and the other arguments
tagarg(c: ref Context, name: string, args: list of string, n: int): (ref Tag, list of string)
{
	id := "";
	if(len args >= n){
		id = hd args;
		args = tl args;
	}else{
		v := c.get("tag");
		if(v == nil)
			notag(c, name);
		id = hd words(v);
	}
	tag: ref Tag;
	t := <-table;
	for(l := t.tags; l != nil; l = tl l)
		if(string (hd l).id == id)
			tag = hd l;
	table <-= t;
	if(tag == nil)
		notag(c, name);
	return (tag, args);
}

# out of the table; it is an error if somebody else was faster
take(c: ref Context, name: string, id: int)
{
	if(!remove(id))
		notag(c, name);
}

remove(id: int): int
{
	found := 0;
	t := <-table;
	l := t.tags;
	t.tags = nil;
	for(; l != nil; l = tl l)
		if((hd l).id == id)
			found = 1;
		else
			t.tags = hd l :: t.tags;
	table <-= t;
	return found;
}

add(tag: ref Tag): ref Tag
{
	t := <-table;
	tag.id = ++t.last;
	t.tags = tag :: t.tags;
	table <-= t;
	return tag;
}

answerread(c: ref Context, name: string, tag: ref Tag, data: array of byte, once: int)
{
	pick t := tag {
	Read =>
		if(once){
			if(t.offset >= len data || t.offset < 0)
				data = nil;
			else
				data = data[t.offset:];
		}
		if(len data > t.count)
			data = data[0:t.count];
		take(c, name, tag.id);
		t.reply <-= (data, nil);
	* =>
		wrongtag(c, name);
	}
}

refuse(tag: ref Tag, msg: string)
{
	if(msg == nil)
		msg = "error";
	pick t := tag {
	Read =>
		t.reply <-= (nil, msg);
	Write =>
		t.reply <-= (0, msg);
	}
}

#
# the server
#

isblock(n: ref Listnode): int
{
	return n.cmd != nil || n.word != nil && n.word[0] == '{';
}

splitpath(s: string): (string, string)
{
	for(i := len s; i > 0; i--)
		if(s[i-1] == '/'){
			if(i == 1)
				return ("/", s[i:]);
			return (s[0:i-1], s[i:]);
		}
	return (".", s);
}

file2chan(c: ref Context, args: list of ref Listnode): string
{
	synopsis: con "file2chan file {read} {write} [{close}]";
	n := len args;
	if(n < 3 || n > 4)
		usage(c, synopsis);
	path := hd words(hd args :: nil);
	onread := hd tl args;
	onwrite := hd tl tl args;
	onclose: ref Listnode;
	if(n == 4)
		onclose = hd tl tl tl args;
	if(path == nil || !isblock(onread) || !isblock(onwrite) || onclose != nil && !isblock(onclose))
		usage(c, synopsis);
	(dir, file) := splitpath(path);
	if(sys->bind("#s", dir, Sys->MBEFORE|Sys->MCREATE) < 0){
		sys->fprint(sys->fildes(2), "file2chan: cannot bind #s: %r\n");
		return "no #s";
	}
	io := sys->file2chan(dir, file);
	if(io == nil){
		sys->fprint(sys->fildes(2), "file2chan: cannot make %s: %r\n", path);
		return "cannot make chan";
	}
	ready := chan of int;
	spawn server(c, io, onread, onwrite, onclose, ready);
	io = nil;
	pid := <-ready;
	c.set("apid", ref Listnode(nil, string pid) :: nil);
	if(c.options() & Context.INTERACTIVE)
		sys->fprint(sys->fildes(2), "%d\n", pid);
	return nil;
}

server(parent: ref Context, io: ref Sys->FileIO, onread, onwrite, onclose: ref Listnode, ready: chan of int)
{
	pid := sys->pctl(Sys->NEWFD, parent.keepfds);
	c := parent.copy(1);
	parent = nil;
	ready <-= pid;
	for(;;) alt {
	(offset, count, fid, reply) := <-io.read =>
		if(reply != nil)
			request(c, onread, ref Tag.Read(0, offset, fid, 0, count, reply));
	(offset, data, fid, reply) := <-io.write =>
		if(reply != nil)
			request(c, onwrite, ref Tag.Write(0, offset, fid, 0, data, reply));
		else if(onclose != nil)
			request(c, onclose, ref Tag.Close(0, offset, fid, 0));
	}
}

request(c: ref Context, block: ref Listnode, tag: ref Tag)
{
	id := add(tag).id;
	c.push();
	{
		c.setlocal("tag", ref Listnode(nil, string id) :: nil);
		c.run(block :: nil, 0);
	} exception e {
	"fail:*" =>
		# the server ends, and with it all its requests
		remove(id);
		raise e;
	}
	c.pop();
	if(tag.blocked || !remove(id))
		return;
	pick t := tag {
	Read =>
		t.reply <-= (nil, "invalid read");
	Write =>
		t.reply <-= (len t.data, nil);
	}
}
