implement T;

# Profiles: exact counts of coverage, memory that is given back, samples of what runs.

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, argv: list of string);
};

ctl(s: string): int
{
	fd := sys->open("/prof/ctl", Sys->OWRITE);
	if(fd == nil){
		sys->print("ctl: %r\n");
		return -1;
	}
	return sys->fprint(fd, "%s", s);
}

try(s: string)
{
	if(ctl(s) < 0)
		sys->print("%s: %r\n", s);
}

read(f: string): string
{
	fd := sys->open(f, Sys->OREAD);
	if(fd == nil)
		return sys->sprint("%r");
	buf := array[100] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		return sys->sprint("%r");
	return string buf[0:n];
}

# the directory of this module, nil if it has none
mine(): string
{
	fd := sys->open("/prof", Sys->OREAD);
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			return nil;
		for(i := 0; i < n; i++)
			if(d[i].name != "ctl" && read("/prof/" + d[i].name + "/name") == "T")
				return "/prof/" + d[i].name;
	}
}

histogram(f: string): array of int
{
	h := array[0] of int;
	fd := sys->open(f + "/histogram", Sys->OREAD);
	if(fd == nil)
		return h;
	buf := array[32] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		(nil, w) := sys->tokenize(string buf[0:n], " ");
		pc := int hd w;
		if(pc >= len h){
			g := array[pc + 100] of {* => 0};
			g[0:] = h;
			h = g;
		}
		h[pc] = int hd tl w;
	}
	return h;
}

has(h: array of int, v: int): int
{
	for(i := 0; i < len h; i++)
		if(h[i] == v)
			return 1;
	return 0;
}

work(n: int): int
{
	s := 0;
	for(i := 0; i < n; i++)
		s = s * 3 + i;
	return s;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	if(sys->bind("#P", "/prof", Sys->MREPL) < 0)
		sys->print("bind: %r\n");
	for(l := "" :: "nonsense" :: "start now" :: "startcp" :: "startcp 0" :: "startcp 1000000" :: "startmp" :: "startmp4" ::
			"interval 0" :: "interval" :: nil; l != nil; l = tl l)
		try(hd l);

	# each instruction of the loop once for each turn
	try("module T");
	try(sys->sprint("startcp %d", sys->pctl(0, nil)));
	work(12345);
	try("stop");
	f := mine();
	sys->print("path %d\n", len read(f + "/path") > 0);
	h := histogram(f);
	sys->print("coverage %d %d\n", has(h, 12345), has(h, 12346));
	work(777);
	sys->print("stopped %d\n", has(histogram(f), 777));
	fd := sys->open(f + "/histogram", Sys->OREAD);
	if(sys->read(fd, array[19] of byte, 19) < 0)
		sys->print("short: %r\n");
	if(sys->open(f + "/pctl", Sys->OREAD) == nil)
		sys->print("pctl: %r\n");
	if(sys->fprint(sys->open(f + "/pctl", Sys->OWRITE), "x") < 0)
		sys->print("pctl: %r\n");

	# memory: what was allocated here, and how much is left of it
	try("startmp2");
	a := array[100000] of byte;
	b := array[50000] of byte;
	a = nil;
	try("stop");
	h = histogram(mine());
	sys->print("memory %d %d\n", h[1] >= 150000 && h[1] < 200000, h[0] >= 50000 && h[0] < 100000);
	b[0] = byte 0;

	# other modules are not counted
	try("module Nosuch");
	try("interval 1");
	try("start");
	work(100000);
	sys->print("others %d\n", mine() != nil);
	try("module");
	try("start");
	while((f = mine()) == nil)
		work(10000);
	try("stop");
	sys->print("samples %d\n", len histogram(f) > 0);
	try("end");
	sys->print("gone %d\n", mine() == nil);
	sys->print("gone: %s\n", read(f + "/name"));
}
