implement Kfscheck;

#
# Checks a kfs file and puts it right; see kfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Kfscheck: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "kfscheck";

include "kfs.inc";

fix := 0;
problems := 0;
nfiles := 0;
ndirs := 0;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil){
		sys->fprint(sys->fildes(2), "kfscheck: cannot load %s: %r\n", Arg->PATH);
		raise "fail:bad module";
	}
	arg->init(argv);
	arg->setusage("disk/kfscheck [-f] file");
	while((o := arg->opt()) != 0)
		case o {
		'f' =>	fix = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	mode := Sys->OREAD;
	if(fix)
		mode = Sys->ORDWR;
	opendisk(hd argv, mode);
	thorough = 1;
	root := rootfile();
	walk(root);
	count(root);
	sys->print("%d files, %d directories, %d of %d blocks used, %d problems\n", nfiles, ndirs, nused, nblocks, problems);
	if(problems)
		raise "fail:errors";
}

problem(s: string): int
{
	problems++;
	sys->print("%s\n", s);
	return fix;
}

count(f: ref File)
{
	if(isdir(f))
		ndirs++;
	else
		nfiles++;
	for(l := f.kids; l != nil; l = tl l)
		count(hd l);
}
