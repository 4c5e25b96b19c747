implement Plumb;

#
# Sends a message to the plumber; see plumb(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "plumbmsg.m";
	plumbmsg: Plumbmsg;
	Msg: import plumbmsg;

include "workdir.m";
	workdir: Workdir;

Plumb: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	plumbmsg = load Plumbmsg Plumbmsg->PATH;
	if(plumbmsg == nil)
		nomod(Plumbmsg->PATH);
	workdir = load Workdir Workdir->PATH;
	if(workdir == nil)
		nomod(Workdir->PATH);
	arg->init(argv);
	arg->setusage("plumb [-s src] [-d dest] [-w wdir] [-t type] [-a name val] -i | ... data ...");
	m := ref Msg("plumb", "", "", "text", "", nil);
	input := 0;
	while((o := arg->opt()) != 0)
		case o {
		's' =>	m.src = arg->earg();
		'd' =>	m.dst = arg->earg();
		'w' =>	m.dir = arg->earg();
		't' or 'k' =>	m.kind = arg->earg();
		'a' =>
			name := arg->earg();
			addattr(m, name, arg->earg());
		'i' =>	input = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(input != (argv == nil))
		arg->usage();
	if(m.dir == nil)
		m.dir = workdir->init();
	if(plumbmsg->init(1, nil, 0) < 0)
		fail(sys->sprint("can't connect to plumb: %r"));
	if(input){
		addattr(m, "action", "showdata");
		m.data = readall(sys->fildes(0));
	}else{
		s := hd argv;
		for(argv = tl argv; argv != nil; argv = tl argv)
			s += " " + hd argv;
		m.data = array of byte s;
	}
	if(m.send() < 0)
		fail(sys->sprint("can't send message: %r"));
}

addattr(m: ref Msg, name, val: string)
{
	if(m.attr != nil)
		m.attr += " ";
	m.attr += sys->sprint("%s=%q", name, val);
}

readall(fd: ref Sys->FD): array of byte
{
	a := array[Sys->ATOMICIO] of byte;
	n := 0;
	while((k := sys->read(fd, a[n:], len a - n)) > 0){
		n += k;
		if(n == len a){
			b := array[2*n] of byte;
			b[0:] = a;
			a = b;
		}
	}
	if(k < 0)
		fail(sys->sprint("read error: %r"));
	return a[0:n];
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "plumb: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "plumb: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
