implement Virgild;

#
# Answers the questions of virgil(2): where a service of this site is; see virgild(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";

include "attrdb.m";
	attrdb: Attrdb;
	Attr, Db, Dbentry: import attrdb;

include "dial.m";
	dial: Dial;

include "ip.m";
	ip: IP;
	IPaddr, Udphdr: import ip;

Virgild: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

db: ref Db;
debug: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	if((e := attrdb->init()) != nil)
		fatal(e, "load");
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	ip = load IP IP->PATH;
	if(ip == nil)
		nomod(IP->PATH);
	ip->init();
	file := "/lib/ndb/local";
	addr := "udp!*!virgil";
	arg->init(argv);
	arg->setusage("ip/virgild [-d] [-a addr] [-f dbfile]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'd' =>	debug = 1;
		'f' =>	file = arg->earg();
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	db = Db.open(file);
	if(db == nil)
		fatal(sys->sprint("can't open %s: %r", file), "open");
	c := dial->announce(dial->netmkaddr(addr, "udp", "virgil"));
	if(c == nil || sys->fprint(c.cfd, "headers") < 0)
		fatal(sys->sprint("can't announce %s: %r", addr), "announce");
	fd := sys->open(c.dir + "/data", Sys->ORDWR);
	if(fd == nil)
		fatal(sys->sprint("can't open %s/data: %r", c.dir), "announce");
	spawn serve(c, fd);
}

serve(nil: ref Dial->Connection, fd: ref Sys->FD)
{
	sys->pctl(Sys->NEWPGRP, nil);
	buf := array[2048] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		if(n <= IP->Udphdrlen || (hdr := Udphdr.unpack(buf, IP->Udphdrlen)) == nil)
			continue;
		question := string buf[IP->Udphdrlen:n];
		a := answer(question);
		if(debug)
			sys->fprint(sys->fildes(2), "virgild: %s!%d: %s: %s\n", hdr.raddr.text(), hdr.rport, question, a);
		if(a == nil)
			continue;	# another server may know
		reply := array of byte (question + "=" + a);
		m := array[IP->Udphdrlen + len reply] of byte;
		m[0:] = buf[0:IP->Udphdrlen];
		m[IP->Udphdrlen:] = reply;
		sys->write(fd, m, len m);
	}
	sys->fprint(sys->fildes(2), "virgild: network closed: %r\n");
}

# the site's attribute of that name, or the address of a system
answer(question: string): string
{
	if(db.changed())
		db.reopen();
	if((v := lookup("infernosite", "", question)) != nil)
		return v;
	return lookup("sys", question, "ip");
}

lookup(attr, val, want: string): string
{
	(e, nil) := db.findbyattr(nil, attr, val, want);
	if(e == nil)
		return nil;
	for((nil, l) := hd e.find(want); l != nil; l = tl l)
		return (hd l).val;
	return nil;
}

fatal(s, status: string)
{
	sys->fprint(sys->fildes(2), "virgild: %s\n", s);
	raise "fail:" + status;
}

nomod(path: string)
{
	fatal(sys->sprint("cannot load %s: %r", path), "load");
}
