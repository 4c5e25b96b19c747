# character sets
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "convcs.m";
	convcs: Convcs;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	convcs = load Convcs Convcs->PATH;
	if(convcs == nil){
		sys->print("cannot load Convcs: %r\n");
		return;
	}

	if((err := convcs->init(nil)) != nil){
		sys->print("%s\n", err);
		return;
	}
	s := "Grüße – 日 😀 д";
	for(l := list of {"latin1", "CP1252", "koi8-r", "utf-8", "utf-16", "utf-16le", "us-ascii", "iso-8859-15"}; l != nil; l = tl l){
		(e, e1) := convcs->getstob(hd l);
		(d, e2) := convcs->getbtos(hd l);
		if(e1 != nil || e2 != nil){
			sys->print("%s: %s %s\n", hd l, e1, e2);
			continue;
		}
		(nil, b) := e->stob(Convcs->Startstate, s);
		(nil, t, n) := d->btos(Convcs->Startstate, b, -1);
		sys->print("%s %d %d %s\n", hd l, len b, n, t);
	}
	(nil, err) = convcs->getbtos("klingon");
	sys->print("%s\n", err);
	(desc, names) := convcs->aliases("l1");
	sys->print("%s: %s %d\n", desc, hd names, len names);
	sys->print("%d\n", len convcs->enumcs());
	(d, nil) := convcs->getbtos("utf8");
	(nil, t, n) := d->btos(nil, array of byte "aé日", 2);
	sys->print("%s %d\n", t, n);
}
