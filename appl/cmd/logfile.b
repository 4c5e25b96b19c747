implement Logfile;

#
# A file that keeps the end of what is written to it; see logfile(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "names.m";
	names: Names;

include "string.m";
	str: String;

Logfile: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Reader: adt
{
	fid:	int;
	pos:	big;		# of the next byte to read
	count:	int;		# of the read that waits
	rc:	Sys->Rread;	# nil: none waits
};

size := 32*1024;
buf: array of byte;		# circular
end := big 0;			# bytes written so far
readers: list of ref Reader;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	if(argv != nil && len hd argv > 1 && (hd argv)[0] == '-'){
		(n, rest) := str->toint((hd argv)[1:], 10);
		if(rest != nil || n <= 0)
			usage();
		size = n;
		argv = tl argv;
	}
	if(len argv != 1)
		usage();
	path := hd argv;
	dir := names->dirname(path);
	if(dir == nil)
		dir = ".";
	# other files may be created there as before
	sys->bind(dir, dir, Sys->MREPL | Sys->MCREATE);
	if(sys->bind("#s", dir, Sys->MBEFORE) < 0){
		sys->fprint(sys->fildes(2), "logfile: can't bind #s onto %s: %r\n", dir);
		raise "fail:error";
	}
	io := sys->file2chan(dir, names->basename(path, nil));
	if(io == nil){
		sys->fprint(sys->fildes(2), "logfile: can't make %s: %r\n", path);
		raise "fail:error";
	}
	buf = array[size] of byte;
	started := chan of int;
	spawn serve(io, started);
	<-started;
}

usage()
{
	sys->fprint(sys->fildes(2), "usage: logfile [-size] file\n");
	raise "fail:usage";
}

serve(io: ref Sys->FileIO, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, nil);
	started <-= 1;
	for(;;) alt {
	(nil, n, fid, rc) := <-io.read =>
		if(rc == nil){
			leave(fid);
			break;
		}
		r := reader(fid);
		r.count = n;
		r.rc = rc;
		answer(r);
	(nil, d, nil, wc) := <-io.write =>
		if(wc == nil)
			break;
		if(len d > size){
			wc <-= (0, "write too long for buffer");
			break;
		}
		o := int (end % big size);
		n := size - o;
		if(n > len d)
			n = len d;
		buf[o:] = d[0:n];
		buf[0:] = d[n:];
		end += big len d;
		wc <-= (len d, nil);
		for(l := readers; l != nil; l = tl l)
			answer(hd l);
	}
}

reader(fid: int): ref Reader
{
	for(l := readers; l != nil; l = tl l)
		if((hd l).fid == fid)
			return hd l;
	r := ref Reader(fid, big 0, 0, nil);
	readers = r :: readers;
	return r;
}

leave(fid: int)
{
	r: list of ref Reader;
	for(l := readers; l != nil; l = tl l)
		if((hd l).fid != fid)
			r = hd l :: r;
	readers = r;
}

answer(r: ref Reader)
{
	if(r.rc == nil || r.pos == end)
		return;
	if(end - r.pos > big size)
		r.pos = end - big size;
	n := r.count;
	if(big n > end - r.pos)
		n = int (end - r.pos);
	a := array[n] of byte;
	o := int (r.pos % big size);
	m := size - o;
	if(m > n)
		m = n;
	a[0:] = buf[o:o+m];
	a[m:] = buf[0:n-m];
	r.pos += big n;
	r.rc <-= (a, nil);
	r.rc = nil;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "logfile: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
