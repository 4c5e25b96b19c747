# name space files
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "newns.m";
	newns: Newns;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	newns = load Newns Newns->PATH;
	if(newns == nil){
		sys->print("cannot load Newns: %r\n");
		return;
	}

	sys->pctl(Sys->FORKNS|Sys->NEWENV, nil);
	f := "/tmp/nstest." + string sys->pctl(0, nil);
	for(l := list of {
		"# comment\nbind /lib /mnt\n",
		"bind -i /nothing /mnt\nbind $unset /mnt\n",
		"bind /nothing /mnt\n",
		"bind /lib\n",
		"cd\n",
		"frob\n",
		"unmount /mnt\ncd '/lib'\n",
		"mount -q x y\n",
		". /no/such\n",
		"fork\nbind -a /tmp /mnt\n",
	}; l != nil; l = tl l){
		fd := sys->create(f, Sys->OWRITE, 8r644);
		sys->fprint(fd, "%s", hd l);
		fd = nil;
		sys->print("[%s]\n", newns->newns("me", f));
	}
	(ok, nil) := sys->stat("convcs");
	sys->print("%d\n", ok);
	sys->remove(f);
	sys->print("%s\n", newns->newns("me", f)[0:11]);
	sys->print("%s\n", newns->newuser("me", nil, f));
}
