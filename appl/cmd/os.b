implement Os;

#
# Runs a command of the host; see os(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "string.m";
	str: String;

Os: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("os [-d dir] [-m mount] [-n] [-N nice] [-b] command [arg...]");
	dir, mount, nice: string;
	bg := 0;
	while((o := arg->opt()) != 0)
		case o {
		'd' =>	dir = arg->earg();
		'm' =>	mount = arg->earg();
		'n' =>	nice = "nice";
		'N' =>	nice = "nice " + arg->earg();
		'b' =>	bg = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	if(mount == nil){
		mount = "/cmd";
		if(sys->stat(mount + "/clone").t0 < 0 && sys->bind("#C", "/", Sys->MBEFORE) < 0)
			fail(sys->sprint("cannot bind #C: %r"));
	}
	cfd := sys->open(mount + "/clone", Sys->ORDWR);
	if(cfd == nil)
		fail(sys->sprint("cannot open %s/clone: %r", mount));
	buf := array[32] of byte;
	n := sys->read(cfd, buf, len buf);
	if(n <= 0)
		fail(sys->sprint("cannot read %s/clone: %r", mount));
	conv := mount + "/" + string buf[0:n];
	wfd := sys->open(conv + "/wait", Sys->OREAD);
	if(dir != nil && sys->fprint(cfd, "dir %s", str->quoted(dir :: nil)) < 0)
		fail(sys->sprint("cannot set directory: %r"));
	if(!bg)
		sys->fprint(cfd, "killonclose");
	if(nice != nil && sys->fprint(cfd, "%s", nice) < 0)
		fail(sys->sprint("cannot set nice: %r"));
	if(sys->fprint(cfd, "exec %s", str->quoted(argv)) < 0)
		fail(sys->sprint("cannot exec: %r"));
	if(bg)
		spawn background(conv, cfd, wfd);
	else if((status := attend(conv, cfd, wfd)) != nil)
		raise "fail:host: " + status;
}

background(conv: string, cfd, wfd: ref Sys->FD)
{
	attend(conv, cfd, wfd);
}

# passes on input and output until the command ends; its status. The command lives as long as cfd or wfd.
attend(conv: string, nil, wfd: ref Sys->FD): string
{
	infd := open(conv + "/data", Sys->OWRITE);
	outfd := open(conv + "/data", Sys->OREAD);
	errfd := open(conv + "/stderr", Sys->OREAD);
	done := chan[2] of string;
	pids := chan of int;
	spawn copy(sys->fildes(0), infd, pids, nil);
	infd = nil;
	ipid := <-pids;
	spawn copy(outfd, sys->fildes(1), pids, done);
	<-pids;
	spawn copy(errfd, sys->fildes(2), pids, done);
	<-pids;
	outfd = errfd = nil;
	ended := chan[1] of string;
	spawn watch(wfd, ipid, pids, ended);
	<-pids;
	wfd = nil;
	err := <-done;
	if((s := <-done) != nil)
		err = s;
	status := <-ended;
	if(err != nil){
		sys->fprint(sys->fildes(2), "os: write error: %s\n", err);
		if(status == nil)
			raise "fail:write error";
	}
	return status;
}

# waits for the end of the command. A process of its own, lest a reader of our input be left if we are killed.
watch(wfd: ref Sys->FD, ipid: int, pids: chan of int, ended: chan of string)
{
	if(wfd != nil){
		pids <-= sys->pctl(Sys->NEWFD, wfd.fd :: nil);
		wfd = ref Sys->FD(wfd.fd);
	}else
		pids <-= sys->pctl(Sys->NEWFD, nil);
	status := "";
	wbuf := array[1024] of byte;
	n: int;
	if(wfd != nil && (n = sys->read(wfd, wbuf, len wbuf)) > 0){
		l := str->unquoted(string wbuf[0:n]);
		if(len l >= 5)
			status = hd tl tl tl tl l;
	}
	if(wfd != nil)
		kill(ipid);
	ended <-= status;
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "os: %s\n", s);
	raise "fail:" + s;
}

open(file: string, mode: int): ref Sys->FD
{
	fd := sys->open(file, mode);
	if(fd == nil)
		fail(sys->sprint("cannot open %s: %r", file));
	return fd;
}

copy(from, onto: ref Sys->FD, pids: chan of int, done: chan of string)
{
	# the host sees the end of its input only when nobody else can write more
	pids <-= sys->pctl(Sys->NEWFD, from.fd :: onto.fd :: nil);
	from = ref Sys->FD(from.fd);
	onto = ref Sys->FD(onto.fd);
	buf := array[8192] of byte;
	err: string;
	{
		while((n := sys->read(from, buf, len buf)) > 0)
			if(sys->write(onto, buf, n) != n){
				err = sys->sprint("%r");
				break;
			}
	}exception{
	"write on closed pipe" =>
		;
	}
	if(done != nil)
		done <-= err;
}

kill(pid: int)
{
	fd := sys->open("#p/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "kill");
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "os: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
