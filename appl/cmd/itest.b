implement Itest;

#
# Runs test scripts and tells what they report; see itest(1), sh-test(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "readdir.m";
	readdir: Readdir;

include "sh.m";
	sh: Sh;
	Context, Listnode: import sh;

Itest: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

verbosity := 0;
showall := 0;		# print what tests write even if they succeed
limit := 0;		# seconds for each, 0: any time
passed, failed: int;

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	sh->initialise();
	arg->init(argv);
	arg->setusage("itest [-o] [-t seconds] [-v verbosity] test ...");
	while((o := arg->opt()) != 0)
		case o {
		'o' =>	showall = 1;
		't' =>	limit = int arg->earg();
		'v' =>	verbosity = int arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	for(; argv != nil; argv = tl argv)
		test(ctxt, hd argv);
	sys->print("%d passed, %d failed\n", passed, failed);
	if(failed > 0 || passed == 0)
		raise "fail:errors";
}

# a test, or those of a directory and its directories, in the order of their names
test(ctxt: ref Draw->Context, name: string)
{
	(ok, d) := sys->stat(name);
	if(ok < 0){
		sys->fprint(sys->fildes(2), "itest: %s: %r\n", name);
		failed++;
		return;
	}
	if((d.mode & Sys->DMDIR) == 0){
		one(ctxt, name);
		return;
	}
	(a, n) := readdir->init(name, Readdir->NAME | Readdir->COMPACT);
	if(n < 0){
		sys->fprint(sys->fildes(2), "itest: %s: %r\n", name);
		failed++;
	}
	for(i := 0; i < n; i++)
		if(a[i].mode & 8r111)
			test(ctxt, name + "/" + a[i].name);
}

one(ctxt: ref Draw->Context, name: string)
{
	out := array[2] of ref Sys->FD;
	rep := array[2] of ref Sys->FD;
	if(sys->pipe(out) < 0 || sys->pipe(rep) < 0){
		sys->fprint(sys->fildes(2), "itest: cannot make pipe: %r\n");
		raise "fail:error";
	}
	started := chan of int;
	done := chan of string;
	spawn run(ctxt, name, out[1], rep[1], started, done);
	pid := <-started;
	out[1] = rep[1] = nil;
	reports := chan of string;
	written := chan of string;
	spawn lines(rep[0], reports);
	spawn all(out[0], written);
	late := chan of int;
	timer := -1;
	if(limit > 0){
		spawn sleep(limit, started, late);
		timer = <-started;
	}

	status, end: string;
	errors := 0;
	for(waiting := 1; waiting;) alt {
	status = <-done =>
		waiting = 0;
	<-late =>
		timer = -1;
		end = "takes longer than " + string limit + " seconds";
		waiting = 0;
	r := <-reports =>
		if(r == nil){
			reports = chan of string;
			end = "closed its reports";
			waiting = 0;
		}else{
			s := report(name, r);
			if(s == "ERR")
				errors++;
			else if(s == "FTL"){
				end = "fatal error";
				waiting = 0;
			}
		}
	}
	kill(timer, "kill");
	kill(pid, "killgrp");
	if(end != "closed its reports")
		while((r := <-reports) != nil)
			if(report(name, r) == "ERR")
				errors++;
	text := <-written;
	if(end == nil && status != nil)
		end = "status " + status;
	if(end == nil && errors > 0)
		end = string errors + " errors";
	if(end == nil){
		passed++;
		end = "ok";
	}else{
		failed++;
		end = "FAILED: " + end;
	}
	if(showall || end != "ok")
		sys->print("%s", text);
	sys->print("%s: %s\n", name, end);
}

# shows a report if it is wanted, and tells its severity
report(name, s: string): string
{
	for(i := 0; i < len s && s[i] != ':'; i++)
		;
	for(j := i + 1; j < len s && s[j] != ':'; j++)
		;
	if(j >= len s){
		sys->print("%s: ERR: malformed report: %s\n", name, s);
		return "ERR";
	}
	severity := s[0:i];
	if(int s[i+1:j] <= verbosity || severity == "ERR" || severity == "FTL")
		sys->print("%s: %s: %s\n", name, severity, s[j+1:]);
	return severity;
}

# in a process group, name space and environment of its own, where it stays until it is killed
run(ctxt: ref Draw->Context, name: string, out, rep: ref Sys->FD, started: chan of int, done: chan of string)
{
	pid := sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->NEWFD, 0 :: 1 :: 2 :: out.fd :: rep.fd :: nil);
	sys->dup(out.fd, 1);
	sys->dup(out.fd, 2);
	n := rep.fd;
	null := sys->open("/dev/null", Sys->OREAD);
	if(null != nil)
		sys->dup(null.fd, 0);
	# the numbers of before belong to the other group
	started <-= pid;
	if(name[0] != '/' && name[0] != '#' && !(len name > 1 && name[0:2] == "./") && !(len name > 2 && name[0:3] == "../"))
		name = "./" + name;
	c := Context.new(ctxt);
	c.set("ITESTMFD", ref Listnode(nil, string n) :: nil);
	c.keepfds = n :: c.keepfds;
	status: string;
	{
		status = c.run(ref Listnode(nil, name) :: nil, 0);
	}exception e{
	"fail:*" =>
		status = e[5:];
		if(status == nil)
			status = "failed";
	}
	done <-= status;
	<-chan of int;
}

lines(fd: ref Sys->FD, c: chan of string)
{
	f := bufio->fopen(fd, Bufio->OREAD);
	while((s := f.gets('\n')) != nil){
		if(s[len s - 1] == '\n')
			s = s[0:len s - 1];
		if(s != nil)
			c <-= s;
	}
	c <-= nil;
}

all(fd: ref Sys->FD, c: chan of string)
{
	f := bufio->fopen(fd, Bufio->OREAD);
	text := "";
	while((s := f.gets('\n')) != nil)
		text += s;
	c <-= text;
}

sleep(seconds: int, started, late: chan of int)
{
	started <-= sys->pctl(0, nil);
	sys->sleep(1000 * seconds);
	late <-= 1;
}

kill(pid: int, how: string)
{
	if(pid < 0)
		return;
	fd := sys->open("/prog/" + string pid + "/ctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "%s", how);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "itest: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
