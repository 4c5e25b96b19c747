implement Tee;

#
# Copies its input to files and on; see tee(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Tee: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("tee [-a] [file ...]");
	append := 0;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	append = 1;
		* =>	arg->usage();
		}
	files := ("<stdout>", sys->fildes(1)) :: nil;
	for(argv = arg->argv(); argv != nil; argv = tl argv){
		fd: ref Sys->FD;
		if(append){
			fd = sys->open(hd argv, Sys->OWRITE);
			if(fd != nil)
				sys->seek(fd, big 0, Sys->SEEKEND);
		}
		if(fd == nil)
			fd = sys->create(hd argv, Sys->OWRITE, 8r666);
		if(fd == nil){
			sys->fprint(sys->fildes(2), "tee: cannot open %s: %r\n", hd argv);
			failed = 1;
		}else
			files = (hd argv, fd) :: files;
	}
	buf := array[Sys->ATOMICIO] of byte;
	in := sys->fildes(0);
	while(files != nil && (n := sys->read(in, buf, len buf)) > 0)
		files = write(files, buf[0:n]);
	if(n < 0){
		sys->fprint(sys->fildes(2), "tee: read error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

# those of the files that take what is written; the standard output is the last
write(files: list of (string, ref Sys->FD), buf: array of byte): list of (string, ref Sys->FD)
{
	if(files == nil)
		return nil;
	(name, fd) := hd files;
	ok := sys->write(fd, buf, len buf) == len buf;
	if(!ok){
		sys->fprint(sys->fildes(2), "tee: error writing %s: %r\n", name);
		failed = 1;
	}
	rest := write(tl files, buf);
	if(ok)
		return hd files :: rest;
	return rest;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tee: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
