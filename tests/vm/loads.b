implement T;

# Modules, their code, types and data go when nothing refers to them: loading again and again takes no memory.

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

Names: module
{
	PATH: con "/dis/lib/names.dis";
	cleanname: fn(path: string): string;
};

Lists: module
{
	PATH: con "/dis/lib/lists.dis";
};

used(pool: string): int
{
	fd := sys->open("/dev/memory", Sys->OREAD);
	buf := array[1024] of byte;
	n := sys->read(fd, buf, len buf);
	(nil, lines) := sys->tokenize(string buf[0:n], "\n");
	for(; lines != nil; lines = tl lines){
		(nil, f) := sys->tokenize(hd lines, " ");
		last := "";
		for(l := f; l != nil; l = tl l)
			last = hd l;
		if(last == pool)
			return int hd f;
	}
	return 0;
}

turn(n: int)
{
	for(i := 0; i < n; i++){
		m := load Names Names->PATH;
		if(m == nil){
			sys->print("cannot load %s: %r\n", Names->PATH);
			raise "fail:load";
		}
		if(m->cleanname("/a/../b") != "/b")
			sys->print("wrong name\n");
		if((load Lists Lists->PATH) == nil)
			sys->print("cannot load %s: %r\n", Lists->PATH);
		if((load Names "/dis/nosuch.dis") != nil)
			sys->print("loaded what is not there\n");
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	turn(1000);
	for(pools := "heap" :: "main" :: nil; pools != nil; pools = tl pools){
		before := used(hd pools);
		turn(10000);
		more := used(hd pools) - before;
		# what the collector has not come to yet may be there
		for(i := 0; i < 200 && more > 50000; i++){
			sys->sleep(50);
			more = used(hd pools) - before;
		}
		if(more > 50000)
			sys->print("%s: %d more\n", hd pools, more);
	}
	sys->print("done\n");
}
