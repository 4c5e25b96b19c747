# directories, patterns and the environment
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "readdir.m";
	readdir: Readdir;
include "filepat.m";
	filepat: Filepat;
include "env.m";
	env: Env;
include "workdir.m";
	workdir: Workdir;
include "complete.m";
	complete: Complete;
include "cfgfile.m";
	cfgfile: CfgFile;
	ConfigFile: import cfgfile;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

mk(name: string, perm: int, s: string)
{
	mode := Sys->OWRITE;
	if(perm & Sys->DMDIR)
		mode = Sys->OREAD;
	fd := sys->create(name, mode, perm);
	if(fd == nil)
		sys->print("create %s: %r\n", name);
	else if(s != nil)
		sys->fprint(fd, "%s", s);
}

show(p: (array of ref Sys->Dir, int))
{
	(a, n) := p;
	for(i := 0; i < n; i++)
		sys->print("%s ", a[i].name);
	sys->print("\n");
}

words(l: list of string)
{
	for(; l != nil; l = tl l)
		sys->print("%s ", hd l);
	sys->print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil){
		sys->print("cannot load Readdir: %r\n");
		return;
	}
	filepat = load Filepat Filepat->PATH;
	if(filepat == nil){
		sys->print("cannot load Filepat: %r\n");
		return;
	}
	env = load Env Env->PATH;
	if(env == nil){
		sys->print("cannot load Env: %r\n");
		return;
	}
	workdir = load Workdir Workdir->PATH;
	if(workdir == nil){
		sys->print("cannot load Workdir: %r\n");
		return;
	}
	complete = load Complete Complete->PATH;
	if(complete == nil){
		sys->print("cannot load Complete: %r\n");
		return;
	}
	cfgfile = load CfgFile CfgFile->PATH;
	if(cfgfile == nil){
		sys->print("cannot load CfgFile: %r\n");
		return;
	}

	env->new();
	sys->bind("#e", "/env", Sys->MREPL|Sys->MCREATE);
	d := "/tmp/libtest." + string sys->pctl(0, nil);
	mk(d, Sys->DMDIR|8r777, nil);
	mk(d + "/sub", Sys->DMDIR|8r777, nil);
	for(l := list of {("b.c", "xx"), ("a.c", "xxx"), ("z", ""), (".hid", "x"), ("sub/q.c", "")}; l != nil; l = tl l)
		mk(d + "/" + (hd l).t0, 8r666, (hd l).t1);
	show(readdir->init(d, Readdir->NAME));
	show(readdir->init(d, Readdir->NAME|Readdir->DESCENDING));
	(a, nil) := readdir->init(d, Readdir->NAME);
	sys->bind(d + "/sub", d, Sys->MAFTER);
	show(readdir->init(d, Readdir->NAME|Readdir->COMPACT));
	sys->unmount(d + "/sub", d);
	for(i := 0; i < len a; i++)
		if(a[i].mode & Sys->DMDIR)
			a[i].length = big 0;
	show(readdir->sortdir(a, Readdir->SIZE));
	(nil, n) := readdir->init(d + "/nothing", Readdir->NAME);
	sys->print("%d\n", n);
	sys->chdir(d);
	sys->print("%d\n", workdir->init() == d);
	words(filepat->expand("*.c"));
	words(filepat->expand("*/*.c"));
	words(filepat->expand("[ab].?"));
	words(filepat->expand("sub/q.c"));
	words(filepat->expand("no*"));
	words(filepat->expand("s\\ub/../*.c"));
	for(m := list of {"a", "s", "", "y", "z"}; m != nil; m = tl m){
		(c, nil) := complete->complete(d, hd m);
		sys->print("%d %d [%s] %d %d\n", c.advance, c.complete, c.str, c.nmatch, len c.filename);
	}
	(nil, err) := complete->complete(d, "a/b");
	sys->print("%s\n", err);
	cf := cfgfile->init(d + "/z");
	cf.setcfg("a", "1 2");
	cf.setcfg("b", "x");
	cf.setcfg("a", "3 4");
	sys->print("[%s]", cf.flush());
	cf = cfgfile->init(d + "/z");
	words(cf.getcfg("a"));
	sys->print("%d\n", cf.getcfg("c") == nil);
	for(m = list of {"z", "a.c", "b.c", ".hid", "sub/q.c", "sub"}; m != nil; m = tl m)
		sys->remove(d + "/" + hd m);
	sys->chdir("/");
	sys->print("%d\n", sys->remove(d));

	sys->print("%d [%s] %d\n", env->setenv("x", "val"), env->getenv("x"), env->getenv("y") == nil);
	sys->print("%d %s\n", env->setenv("a/b", "c"), sys->sprint("%r"));
	env->setenv("y", "z");
	sys->print("%d\n", len env->getall());
	sys->print("%d %d\n", env->setenv("x", nil), env->getenv("x") == nil);
}
