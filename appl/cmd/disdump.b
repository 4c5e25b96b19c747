implement Disdump;

#
# The instructions of object files as text; see disdump(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "dis.m";
	dis: Dis;

Disdump: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	dis = load Dis Dis->PATH;
	if(dis == nil)
		nomod(Dis->PATH);
	dis->init();
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "usage: disdump module...\n");
		raise "fail:usage";
	}
	out := bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	failed := 0;
	for(argv = tl argv; argv != nil; argv = tl argv){
		(m, err) := dis->loadobj(hd argv);
		if(m == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "disdump: %s: %s\n", hd argv, err);
			failed = 1;
			continue;
		}
		for(i := 0; i < len m.inst; i++)
			out.puts(dis->inst2s(m.inst[i]) + "\n");
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "disdump: write error: %r\n");
		raise "fail:write error";
	}
	if(failed)
		raise "fail:errors";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "disdump: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
