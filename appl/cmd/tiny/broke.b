implement Broke;

#
# Kills all broken processes, with nothing but the kernel's help; see tiny(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Broke: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	if(argv != nil && tl argv != nil){
		sys->fprint(sys->fildes(2), "usage: broke\n");
		raise "fail:usage";
	}
	fd := sys->open("/prog", Sys->OREAD);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "broke: /prog: %r\n");
		raise "fail:error";
	}
	pids: list of string;
	for(;;){
		(n, a) := sys->dirread(fd);
		if(n <= 0)
			break;
		for(i := 0; i < n; i++)
			pids = a[i].name :: pids;
	}
	failed := 0;
	for(; pids != nil; pids = tl pids){
		if(!broken(hd pids))
			continue;
		ctl := sys->open("/prog/" + hd pids + "/ctl", Sys->OWRITE);
		if(ctl == nil || sys->fprint(ctl, "kill") < 0){
			sys->fprint(sys->fildes(2), "broke: %s: %r\n", hd pids);
			failed = 1;
		}
	}
	if(failed)
		raise "fail:errors";
}

# the fifth word of the status is the state
broken(pid: string): int
{
	fd := sys->open("/prog/" + pid + "/status", Sys->OREAD);
	buf := array[1024] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return 0;
	(nil, l) := sys->tokenize(string buf[0:n], " \n");
	for(i := 0; i < 4 && l != nil; i++)
		l = tl l;
	return l != nil && hd l == "broken";
}
