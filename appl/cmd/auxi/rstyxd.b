implement Rstyxd;

#
# The server's side of rcmd and cpu; see rcmd(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

Rstyxd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Command: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

MAX: con 64*1024;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	fd := sys->fildes(0);
	n := int line(fd);
	if(n <= 0 || n > MAX)
		fail("bad length of command");
	buf := array[n] of byte;
	if(sys->readn(fd, buf, n) != n)
		fail(sys->sprint("can't read command: %r"));
	argv := str->unquoted(string buf);
	if(argv == nil)
		fail("no command");
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS, nil);
	if(sys->mount(fd, nil, "/n/client", Sys->MREPL, nil) < 0)
		fail(sys->sprint("can't mount the client: %r"));
	if(sys->bind("/n/client/dev", "/dev", Sys->MBEFORE) < 0)
		fail(sys->sprint("can't bind /n/client/dev: %r"));
	in := sys->open("/dev/cons", Sys->OREAD);
	out := sys->open("/dev/cons", Sys->OWRITE);
	if(in == nil || out == nil)
		fail(sys->sprint("can't open the client's /dev/cons: %r"));
	sys->dup(in.fd, 0);
	sys->dup(out.fd, 1);
	sys->dup(out.fd, 2);
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	in = out = fd = nil;
	file := hd argv;
	if(len file < 4 || file[len file - 4:] != ".dis")
		file += ".dis";
	if(file[0] != '/')
		file = "/dis/" + file;
	cmd := load Command file;
	if(cmd == nil){
		sys->fprint(sys->fildes(2), "rstyxd: can't load %s: %r\n", file);
		raise "fail:load";
	}
	cmd->init(nil, argv);
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "rstyxd: %s\n", s);
	raise "fail:error";
}

# byte by byte: what follows is for others
line(fd: ref Sys->FD): string
{
	s := "";
	b := array[1] of byte;
	while(len s < 16 && sys->read(fd, b, 1) == 1){
		if(b[0] == byte '\n')
			return s;
		s[len s] = int b[0];
	}
	return nil;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "rstyxd: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
