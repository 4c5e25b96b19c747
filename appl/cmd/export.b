implement Export;

#
# Serves a name space on a connection; see export(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Export: module
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
	arg->setusage(nil);
	flag := Sys->EXPWAIT;
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	flag |= Sys->EXPASYNC;
		'r' =>	flag |= Sys->EXPRDONLY;
		* =>	usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		usage();
	dir := hd argv;
	fd := sys->fildes(0);
	if(tl argv != nil){
		file := hd tl argv;
		fd = sys->open(file, Sys->ORDWR);
		if(fd == nil){
			sys->fprint(sys->fildes(2), "export: can't open %s: %r\n", file);
			raise "fail:open";
		}
	}
	# the connection ends with its client, whatever else this process holds
	sys->pctl(Sys->NEWFD, 2 :: fd.fd :: nil);
	fd = ref Sys->FD(fd.fd);
	if(sys->export(fd, dir, flag) < 0){
		sys->fprint(sys->fildes(2), "export: can't export: %r\n");
		raise "fail:export";
	}
}

usage()
{
	sys->fprint(sys->fildes(2), "Usage: export [-a] dir [connection]\n");
	raise "fail:usage";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "export: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
