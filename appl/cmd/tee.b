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
	failed := 0;
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
	while((n := sys->read(in, buf, len buf)) > 0)
		for(l := files; l != nil; l = tl l){
			(name, fd) := hd l;
			if(sys->write(fd, buf, n) != n){
				sys->fprint(sys->fildes(2), "tee: error writing %s: %r\n", name);
				raise "fail:write error";
			}
		}
	if(n < 0){
		sys->fprint(sys->fildes(2), "tee: read error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "tee: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
