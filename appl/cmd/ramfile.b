implement Ramfile;

#
# A file in memory; see ramfile(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "names.m";
	names: Names;

Ramfile: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	if(len argv != 2 && len argv != 3){
		sys->fprint(sys->fildes(2), "usage: ramfile path [data]\n");
		return;
	}
	path := hd tl argv;
	data := array[0] of byte;
	if(len argv == 3)
		data = array of byte hd tl tl argv;
	dir := names->dirname(path);
	if(dir == nil)
		dir = ".";
	# other files may be created there as before
	sys->bind(dir, dir, Sys->MREPL | Sys->MCREATE);
	if(sys->bind("#s", dir, Sys->MBEFORE) < 0){
		sys->fprint(sys->fildes(2), "ramfile: can't bind #s onto %s: %r\n", dir);
		raise "fail:error";
	}
	io := sys->file2chan(dir, names->basename(path, nil));
	if(io == nil){
		sys->fprint(sys->fildes(2), "ramfile: can't make %s: %r\n", path);
		raise "fail:error";
	}
	started := chan of int;
	spawn serve(io, data, started);
	<-started;
}

serve(io: ref Sys->FileIO, data: array of byte, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, nil);
	started <-= 1;
	for(;;) alt {
	(off, n, nil, rc) := <-io.read =>
		if(rc == nil)
			break;
		if(off < 0 || off > len data)
			off = len data;
		if(n > len data - off)
			n = len data - off;
		rc <-= (data[off:off+n], nil);
	(off, d, nil, wc) := <-io.write =>
		if(wc == nil)
			break;
		if(off < 0){
			wc <-= (0, "bad offset");
			break;
		}
		if(off == 0)
			data = array[0] of byte;
		if(off + len d > len data){
			a := array[off + len d] of {* => byte 0};
			a[0:] = data;
			data = a;
		}
		data[off:] = d;
		wc <-= (len d, nil);
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ramfile: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
