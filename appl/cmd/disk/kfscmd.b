implement Kfscmd;

#
# Gives commands to a kfs at work; see kfscmd(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Kfscmd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil){
		sys->fprint(sys->fildes(2), "kfscmd: cannot load %s: %r\n", Arg->PATH);
		raise "fail:bad module";
	}
	arg->init(argv);
	arg->setusage("disk/kfscmd [-n name] cmd ...");
	file := "/chan/kfs.cmd";
	while((o := arg->opt()) != 0)
		case o {
		'n' =>	file = "/chan/kfs." + arg->earg() + ".cmd";
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	fd := sys->open(file, Sys->ORDWR);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "kfscmd: can't open %s: %r\n", file);
		raise "fail:open";
	}
	failed := 0;
	buf := array[Sys->ATOMICIO] of byte;
	for(; argv != nil; argv = tl argv){
		cmd := array of byte hd argv;
		err: string;
		if(sys->write(fd, cmd, len cmd) != len cmd)
			err = sys->sprint("%r");
		# there may be something even then
		while((n := sys->read(fd, buf, len buf)) > 0)
			sys->write(sys->fildes(1), buf, n);
		if(err == nil && n < 0)
			err = sys->sprint("%r");
		if(err != nil){
			sys->fprint(sys->fildes(2), "kfscmd: %s: %s\n", hd argv, err);
			failed = 1;
		}
	}
	if(failed)
		raise "fail:errors";
}
