# hashed files
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "dbm.m";
	dbm: Dbm;
	Dbf: import dbm;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	dbm = load Dbm Dbm->PATH;
	if(dbm == nil){
		sys->print("cannot load Dbm: %r\n");
		return;
	}

	dbm->init();
	f := "/tmp/dbmtest." + string sys->pctl(0, nil);
	db := Dbf.create(f, 8r644);
	if(db == nil){
		sys->print("create: %r\n");
		return;
	}
	for(i := 0; i < 2000; i++)
		if(db.store(array of byte ("key" + string i), array of byte ("value " + string (i*i)), 0) != 0)
			sys->print("store %d\n", i);
	sys->print("%d", db.store(array of byte "key7", array of byte "x", 0));
	sys->print(" %d\n", db.store(array of byte "key7", array of byte "seven", 1));
	for(i = 0; i < 2000; i += 3)
		db.delete(array of byte ("key" + string i));
	db = nil;
	db = Dbf.open(f, Sys->OREAD);
	bad := 0;
	for(i = 0; i < 2000; i++){
		d := db.fetch(array of byte ("key" + string i));
		want := "value " + string (i*i);
		if(i == 7)
			want = "seven";
		if(i % 3 == 0)
			want = "";
		if(string d != want)
			bad++;
	}
	n := 0;
	for(k := db.firstkey(); k != nil; k = db.nextkey(k))
		n++;
	sys->print("%d %d %d %d\n", bad, n, db.isrdonly(), db.store(array of byte "a", nil, 1));
	sys->remove(f + ".dir");
	sys->remove(f + ".pag");
}
