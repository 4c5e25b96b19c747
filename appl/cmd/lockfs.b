implement Lockfs;

#
# A directory in which a file has many readers or one writer; see lockfs(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "readdir.m";
	readdir: Readdir;

include "sh.m";
	sh: Sh;

include "styx.m";
	styx: Styx;
	Rmsg, Tmsg: import styx;

include "styxservers.m";
	styxservers: Styxservers;
	Fid, Navigator, Navop, Styxserver: import styxservers;

Lockfs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

progname: con "lockfs";

include "passfs.inc";

# of a file that is open
Lock: adt
{
	n:	ref Node;
	readers, writers: int;
};

locks: list of ref Lock;

init(ctxt: ref Draw->Context, argv: list of string)
{
	loadall();
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("lockfs [-A] [-a alg]... [-p addr] dir [mountpoint]");
	opts: list of string;
	addr: string;
	while((o := arg->opt()) != 0)
		case o {
		'A' =>	opts = "-A" :: opts;
		'a' =>	opts = "-a" + arg->earg() :: opts;
		'p' =>	addr = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 2)
		arg->usage();
	where := hd argv;
	if(tl argv != nil)
		where = hd tl argv;
	passthrough(hd argv, where, Sys->MREPL | Sys->MCREATE);
	if(addr == nil)
		return;
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	cmd := addr :: sys->sprint("{export %q&}", where) :: nil;
	for(; opts != nil; opts = tl opts)
		cmd = hd opts :: cmd;
	status := sh->run(ctxt, "listen" :: cmd);
	if(status != nil)
		raise "fail:" + status;
}

outward(name: string): string
{
	return name;
}

inward(name: string): string
{
	return name;
}

find(n: ref Node): ref Lock
{
	for(l := locks; l != nil; l = tl l)
		if((hd l).n == n)
			return hd l;
	return nil;
}

iswriter(mode: int): int
{
	return (mode & 3) == Sys->OWRITE || (mode & 3) == Sys->ORDWR || mode & Sys->OTRUNC;
}

mayopen(n: ref Node, mode: int): int
{
	l := find(n);
	if(l == nil){
		l = ref Lock(n, 0, 0);
		locks = l :: locks;
	}
	if(l.writers > 0 || iswriter(mode) && l.readers > 0)
		return 0;
	if(iswriter(mode))
		l.writers++;
	else
		l.readers++;
	return 1;
}

closed(n: ref Node, mode: int)
{
	l := find(n);
	if(l == nil)
		return;
	if(iswriter(mode))
		l.writers--;
	else
		l.readers--;
	if(l.readers > 0 || l.writers > 0)
		return;
	r: list of ref Lock;
	for(k := locks; k != nil; k = tl k)
		if(hd k != l)
			r = hd k :: r;
	locks = r;
}
