implement Export9;

#
# Serves a tree to import, of this system or of Plan 9; see import(4).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "factotum.m";

Export9: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Maxline: con 512;		# longest name, and what says how to protect the connection

conn: ref Sys->FD;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("9export [-Ar]");
	auth := 1;
	flags := Sys->EXPWAIT;
	while((o := arg->opt()) != 0)
		case o {
		'A' =>	auth = 0;
		'r' =>	flags |= Sys->EXPRDONLY;
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	# the connection ends with its client, whatever else this process holds
	sys->pctl(Sys->NEWFD, 0 :: 2 :: nil);
	conn = sys->fildes(0);
	if(auth)
		authenticate();

	# the client waits for an answer to the name and to nothing else: there is no mark at its end
	buf := array[Maxline] of byte;
	n := sys->read(conn, buf, len buf);
	if(n <= 0)
		fail("the client has hung up", "hangup");
	dir := string buf[0:n];
	if(dir[len dir - 1] == 0)
		dir = dir[0:len dir - 1];
	(ok, d) := sys->stat(dir);
	if(ok < 0)
		refuse(sys->sprint("can't open %s: %r", dir));
	if((d.mode & Sys->DMDIR) == 0)
		refuse(dir + " is not a directory");
	if(sys->fprint(conn, "OK") < 0)
		fail(sys->sprint("can't write to the client: %r"), "error");
	s := line();
	(nil, words) := sys->tokenize(s, " \t\r\n");
	if(len words != 3 || hd words != "impo")
		fail("the client does not say how to protect the connection", "error");
	filter := hd tl words;
	if(filter != "nofilter" || hd tl tl words != "clear")
		fail("encrypted connections are not supported", "error");
	if(sys->export(conn, dir, flags) < 0)
		fail(sys->sprint("can't export: %r"), "export");
}

authenticate()
{
	facfd := sys->open("/mnt/factotum/rpc", Sys->ORDWR);
	if(facfd == nil)
		fail(sys->sprint("can't open /mnt/factotum/rpc: %r"), "factotum");
	factotum := load Factotum Factotum->PATH;
	if(factotum == nil)
		nomod(Factotum->PATH);
	factotum->init();
	if(factotum->proxy(conn, facfd, "proto=p9any role=server") == nil)
		fail(sys->sprint("authentication failed: %r"), "auth");
}

# a line and no byte more, for what follows is for export
line(): string
{
	buf := array[Maxline] of byte;
	for(n := 0; n < len buf; n++){
		if(sys->read(conn, buf[n:], 1) != 1)
			fail("the client has hung up", "hangup");
		if(buf[n] == byte '\n')
			return string buf[0:n];
		if(n == 3 && string buf[0:4] != "impo")
			break;
	}
	return nil;
}

refuse(msg: string)
{
	sys->fprint(conn, "%s", msg);
	fail(msg, "error");
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "9export: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path), "bad module");
}
