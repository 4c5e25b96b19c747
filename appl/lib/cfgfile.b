implement CfgFile;

#
# Configuration files of lines; see cfgfile(2).
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "cfgfile.m";

getmods(): int
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(bufio == nil)
		bufio = load Bufio Bufio->PATH;
	return bufio != nil;
}

init(file: string): ref ConfigFile
{
	if(!getmods())
		return nil;
	c := ref ConfigFile(nil, file, 0);
	fd := sys->open(file, Sys->ORDWR);
	if(fd == nil){
		fd = sys->open(file, Sys->OREAD);
		c.readonly = 1;
	}
	b := bufio->fopen(fd, Bufio->OREAD);
	if(b == nil)
		return nil;
	while((s := b.gets('\n')) != nil){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		c.lines = s :: c.lines;
	}
	c.lines = rev(c.lines);
	return c;
}

rev(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# the words of a line if its first is field
match(line, field: string): list of string
{
	(n, l) := sys->tokenize(line, " \t\r");
	if(n > 0 && hd l == field)
		return l;
	return nil;
}

ConfigFile.getcfg(me: self ref ConfigFile, field: string): list of string
{
	for(l := me.lines; l != nil; l = tl l){
		w := match(hd l, field);
		if(w != nil)
			return tl w;
	}
	return nil;
}

ConfigFile.setcfg(me: self ref ConfigFile, field: string, val: string)
{
	new := field + "\t" + val;
	r: list of string;
	for(l := me.lines; l != nil; l = tl l)
		if(match(hd l, field) == nil)
			r = hd l :: r;
		else if(new != nil){
			r = new :: r;
			new = nil;
		}
	if(new != nil)
		r = new :: r;
	me.lines = rev(r);
}

ConfigFile.delete(me: self ref ConfigFile, field: string)
{
	r: list of string;
	for(l := me.lines; l != nil; l = tl l)
		if(match(hd l, field) == nil)
			r = hd l :: r;
	me.lines = rev(r);
}

ConfigFile.flush(me: self ref ConfigFile): string
{
	if(me.readonly)
		return "file is read only";
	b := bufio->create(me.file, Bufio->OWRITE, 8r644);
	if(b == nil)
		return sys->sprint("cannot create %s: %r", me.file);
	for(l := me.lines; l != nil; l = tl l)
		b.puts(hd l + "\n");
	if(b.flush() == Bufio->ERROR)
		return sys->sprint("cannot write %s: %r", me.file);
	b.close();
	return nil;
}

verify(defaultpath: string, path: string): ref Sys->FD
{
	if(!getmods())
		return nil;
	fd := sys->open(path, Sys->ORDWR);
	if(fd != nil)
		return fd;
	from := sys->open(defaultpath, Sys->OREAD);
	if(from == nil)
		return nil;
	fd = sys->create(path, Sys->ORDWR, 8r644);
	if(fd == nil)
		return nil;
	if(sys->stream(from, fd, Sys->ATOMICIO) < 0)
		return nil;
	sys->seek(fd, big 0, Sys->SEEKSTART);
	return fd;
}
