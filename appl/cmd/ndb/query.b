implement Query;

#
# Looks things up in an attribute database; see ndb(8) and ndb(6).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";

include "attrdb.m";
	attrdb: Attrdb;
	Db, Dbentry: import attrdb;

Query: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	attrdb = load Attrdb Attrdb->PATH;
	if(attrdb == nil)
		nomod(Attrdb->PATH);
	err := attrdb->init();
	if(err != nil)
		fail("can't initialise: " + err);
	arg->init(argv);
	arg->setusage("query [-a] [-f dbfile] attr [value [rattr]]");
	all := 0;
	file := "/lib/ndb/local";
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	all = 1;
		'f' =>	file = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil || len argv > 3)
		arg->usage();
	attr := hd argv;
	db := Db.open(file);
	if(db == nil)
		fail(sys->sprint("can't open %s: %r", file));
	ptr: ref Attrdb->Dbptr;
	do{
		e: ref Dbentry;
		case len argv {
		1 =>
			(e, ptr) = db.find(ptr, attr);
		2 =>
			(e, ptr) = db.findpair(ptr, attr, hd tl argv);
		3 =>
			(e, ptr) = db.findbyattr(ptr, attr, hd tl argv, hd tl tl argv);
		}
		if(e == nil)
			break;
		if(len argv == 3)
			values(e, attr, hd tl argv, hd tl tl argv);
		else
			show(e);
	}while(all);
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "query: %s\n", s);
	raise "fail:error";
}

values(e: ref Dbentry, attr, val, rattr: string)
{
	for(l := e.findbyattr(attr, val, rattr); l != nil; l = tl l)
		for((nil, a) := hd l; a != nil; a = tl a)
			sys->print("%s\n", (hd a).val);
}

show(e: ref Dbentry)
{
	s := "";
	for(l := e.lines; l != nil; l = tl l)
		for(p := (hd l).pairs; p != nil; p = tl p){
			if(s != nil)
				s += " ";
			s += (hd p).attr + "=" + quote((hd p).val);
		}
	sys->print("%s\n", s);
}

quote(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] <= ' ' || s[i] == '#' || s[i] == '\'' || s[i] == '"' || s[i] == '='){
			r := "'";
			for(i = 0; i < len s; i++){
				r[len r] = s[i];
				if(s[i] == '\'')
					r[len r] = '\'';
			}
			return r + "'";
		}
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "query: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
