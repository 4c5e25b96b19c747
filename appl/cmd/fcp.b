implement Fcp;

#
# Copies files with several reads and writes at a time; see cp(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "readdir.m";
	readdir: Readdir;

Fcp: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Dir: import Sys;

progname: con "fcp";
BLOCK: con 8192;

keepgroup, keepuser, keeptime, recursive: int;
nread := 8;
nwrite := 8;

include "copytree.inc";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	arg->init(argv);
	arg->setusage("\tfcp [-gux] [-R nproc] [-W nproc] src target\n\tfcp [-r] [-gux] [-R nproc] [-W nproc] src ... directory");
	while((o := arg->opt()) != 0)
		case o {
		'g' =>	keepgroup = 1;
		'u' =>	keepuser = 1;
		'x' =>	keeptime = 1;
		'r' =>	recursive = 1;
		'R' =>	nread = int arg->earg();
		'W' =>	nwrite = int arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 2 || nread < 1 || nwrite < 1)
		arg->usage();
	copyargs(argv);
	if(failed)
		raise "fail:error";
}

Block: type (big, array of byte);	# where it belongs, and its data; nil at the end

# readers take the next offset each, writers what comes
copydata(from, onto: ref Sys->FD, fromname, ontoname: string): int
{
	nr := nread;
	nw := nwrite;
	if(!placed(from) || !placed(onto))
		nr = nw = 1;
	offsets := chan of big;
	blocks := chan[nr] of Block;
	rdone := chan[nr] of string;
	wdone := chan[nw] of string;
	stop := chan[1] of int;
	for(i := 0; i < nr; i++)
		spawn reader(from, fromname, offsets, blocks, rdone);
	for(i = 0; i < nw; i++)
		spawn writer(onto, ontoname, blocks, wdone);
	spawn counter(offsets, stop);
	s, err: string;
	for(i = 0; i < nr; i++)
		if((s = <-rdone) != nil)
			err = s;
	stop <-= 1;
	for(i = 0; i < nw; i++)
		blocks <-= (big 0, nil);
	for(i = 0; i < nw; i++)
		if((s = <-wdone) != nil)
			err = s;
	if(err != nil)
		error(err);
	return err == nil;
}

# whether data have their place in the file, as those of file servers have; others are a stream, whose order counts
placed(fd: ref Sys->FD): int
{
	(ok, d) := sys->fstat(fd);
	return ok >= 0 && (d.dtype == 'U' || d.dtype == 'M') && sys->seek(fd, big 0, Sys->SEEKRELA) >= big 0;
}

counter(offsets: chan of big, stop: chan of int)
{
	off := big 0;
	for(;;) alt {
	offsets <-= off =>
		off += big BLOCK;
	<-stop =>
		return;
	}
}

reader(fd: ref Sys->FD, name: string, offsets: chan of big, blocks: chan of Block, done: chan of string)
{
	for(;;){
		off := <-offsets;
		buf := array[BLOCK] of byte;
		n := 0;
		m := 0;
		while(n < BLOCK && (m = sys->pread(fd, buf[n:], BLOCK - n, off + big n)) > 0)
			n += m;
		if(m < 0){
			done <-= sys->sprint("error reading %s: %r", name);
			return;
		}
		if(n > 0)
			blocks <-= (off, buf[0:n]);
		if(n < BLOCK){
			done <-= nil;
			return;
		}
	}
}

# goes on after an error, so that nobody waits
writer(fd: ref Sys->FD, name: string, blocks: chan of Block, done: chan of string)
{
	err: string;
	for(;;){
		(off, buf) := <-blocks;
		if(buf == nil)
			break;
		if(err == nil && (s := put(fd, buf, off)) != nil)
			err = sys->sprint("error writing %s: %s", name, s);
	}
	done <-= err;
}

# what is wrong, if anything
put(fd: ref Sys->FD, buf: array of byte, off: big): string
{
	{
		if(sys->pwrite(fd, buf, len buf, off) == len buf)
			return nil;
		return sys->sprint("%r");
	}exception e{
	"write on closed pipe" =>
		return e;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "fcp: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
