# configuration files
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "cfg.m";
	cfg: Cfg;
	Record, Tuple: import cfg;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	cfg = load Cfg Cfg->PATH;
	if(cfg == nil){
		sys->print("cannot load Cfg: %r\n");
		return;
	}

	fd := sys->create("/tmp/cfgtest", Sys->OWRITE, 8r644);
	sys->fprint(fd, "# sets\nlatin1=\n\tdesc='ISO 8859-1' x=1\n\tbtos=/dis/x arg=\"a b\"\nl1=latin1\nlatin1=again\n");
	fd = nil;
	sys->print("[%s]\n", cfg->init("/tmp/cfgtest"));
	for(k := cfg->getkeys(); k != nil; k = tl k)
		sys->print("%s ", hd k);
	sys->print("\n");
	for(l := cfg->lookup("latin1"); l != nil; l = tl l){
		(v, r) := hd l;
		(d, t) := r.lookup("desc");
		sys->print("[%s] [%s] %d\n", v, d, t != nil && t.lookup("x") == "1");
	}
	sys->remove("/tmp/cfgtest");
}
