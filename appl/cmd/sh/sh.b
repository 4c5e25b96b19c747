implement Sh;

#
# The shell: a command, a library for programs that run commands, and the builtins it always has.
# See sh(1) and sh(2). The parts are in the files included at the end: characters and tokens,
# the parser, text forms, variables and tables, evaluation, processes, builtins.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "filepat.m";
	filepat: Filepat;

include "sh.m";
	myself: Sh;
	selfbuiltin: Shellbuiltin;

PROFILE: con "/lib/sh/profile";
INTERRUPTED: con "fail:interrupted";	# ^C at the console; see cons(3)

lastbad: int;		# the broken or killed process that was last reported

initialise()
{
	if(sys != nil)
		return;
	sys = load Sys Sys->PATH;
	myself = load Sh "$self";
	selfbuiltin = load Shellbuiltin "$self";
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil || myself == nil || selfbuiltin == nil){
		path := Bufio->PATH;
		if(bufio != nil)
			path = "$self";
		sys->fprint(sys->fildes(2), "sh: cannot load %s: %r\n", path);
		raise "fail:bad module";
	}
}

include "shlex.inc";
include "shparse.inc";
include "shtext.inc";
include "shvars.inc";
include "sheval.inc";
include "shcommand.inc";
include "shproc.inc";
include "shbuiltin.inc";

system(drawctxt: ref Draw->Context, cmd: string): string
{
	initialise();
	(n, err) := parse(cmd);
	if(err != nil)
		return err;
	if(n == nil)
		return nil;
	s: string;
	{
		s = walk(Context.new(drawctxt), n, 0);
	} exception e {
	"fail:*" =>
		s = exitstatus(e);
	}
	return s;
}

run(drawctxt: ref Draw->Context, argv: list of string): string
{
	initialise();
	s: string;
	{
		s = Context.new(drawctxt).run(stringlist2list(argv), 0);
	} exception e {
	"fail:*" =>
		s = exitstatus(e);
	}
	return s;
}

# read commands until the end of buf; the status of the last one
commands(c: ref Context, buf: ref Iobuf, name: string, interactive: int): string
{
	l: ref Lex;
	if(interactive)
		l = Lex.ofbuf(buf, c);
	else
		l = Lex.ofbuf(buf, nil);
	status: string;
	for(;;){
		n: ref Node;
		eof: int;
		err: string;
		{
			if(interactive){
				syncenv(c.env.localenv);	# the console completes names by it
				(p, nil) := prompts(c);
				sys->fprint(sys->fildes(2), "%s", p);
			}
			(n, eof, err) = parseshell(l);
		} exception {
		INTERRUPTED =>
			if(!interactive)
				raise INTERRUPTED;
			# the line is void
			l = Lex.ofbuf(buf, c);
			setstatus(c, exitstatus(INTERRUPTED));
			continue;
		}
		if(err != nil){
			if(!interactive)
				c.fail("parse error", sys->sprint("sh: %s:%d: %s", name, l.tline, err));
			complain(c, sys->sprint("sh: stdin: parse error: %s", err));
			l.skipline();
			if(l.last == Cend)
				return status;
			continue;
		}
		if(n != nil){
			status = command1(c, n, interactive);
			setstatus(c, status);
			if(status != nil && c.options() & Context.ERROREXIT)
				return status;
		}
		if(eof)
			return status;
	}
}

# an exception does not end an interactive shell
command1(c: ref Context, n: ref Node, interactive: int): string
{
	if(!interactive)
		return walk(c, n, 0);
	s: string;
	saved := c.env.localenv;
	{
		s = walk(c, n, 0);
	} exception e {
	"fail:*" =>
		unwind(c, saved);
		s = exitstatus(e);
	}
	return s;
}

# run the script in a scope of its own; the status of its last command
runscript(c: ref Context, file: string, args: list of ref Listnode): string
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		c.fail("bad script path", sys->sprint("sh: cannot open %s: %r", file));
	(ok, d) := sys->fstat(fd);
	if(ok == 0 && d.mode & Sys->DMDIR)
		c.fail("bad script path", sys->sprint("sh: cannot open %s: file is a directory", file));
	buf := bufio->fopen(fd, Bufio->OREAD);
	if(buf == nil)
		c.fail("bad script path", sys->sprint("sh: cannot open %s: %r", file));
	saved := c.env.localenv;
	c.push();
	c.setlocal("0", ref Listnode(nil, file) :: nil);
	c.setlocal("*", args);
	s: string;
	{
		s = commands(c, buf, file, 0);
	} exception e {
	"fail:*" =>
		unwind(c, saved);
		raise e;
	}
	unwind(c, saved);
	return s;
}

profile(c: ref Context)
{
	(ok, nil) := sys->stat(PROFILE);
	if(ok < 0)
		return;
	saved := c.env.localenv;
	{
		runscript(c, PROFILE, nil);
	} exception {
	"fail:*" =>
		unwind(c, saved);
	}
}

isconsole(): int
{
	fd := sys->fildes(0);
	if(fd == nil)
		return 0;
	(ok, d) := sys->fstat(fd);
	(okc, dc) := sys->stat("/dev/cons");
	return ok == 0 && okc == 0 && d.dtype == dc.dtype && d.qid.path == dc.qid.path;
}

# ^C is for this process now, and for what it runs
claimconsole()
{
	fd := sys->open("/dev/consctl", Sys->OWRITE);
	if(fd != nil)
		sys->fprint(fd, "shell");
}

init(ctxt: ref Draw->Context, argv: list of string)
{
	initialise();
	forkns := 1;
	login := 0;
	interactive := 0;
	flags := 0;
	cmd: string;
	iscmd := 0;

	if(argv != nil){
		if(hd argv != nil && (hd argv)[0] == '-')
			login = 1;
		argv = tl argv;
	}
	while(argv != nil && hd argv != nil && (hd argv)[0] == '-' && !iscmd){
		opt := hd argv;
		argv = tl argv;
		for(i := 1; i < len opt && !iscmd; i++)
			case opt[i] {
			'i' =>
				interactive = 1;
			'l' =>
				login = 1;
			'n' =>
				forkns = 0;
			'e' =>
				flags |= Context.ERROREXIT;
			'x' =>
				flags |= Context.EXECPRINT;
			'c' =>
				iscmd = 1;
				cmd = opt[i+1:];
				if(cmd == nil && argv != nil){
					cmd = hd argv;
					argv = tl argv;
				}
			}
	}
	if(iscmd && cmd == nil){
		sys->fprint(sys->fildes(2), "usage: sh [-ilexn] [-c command] [file [arg...]]\n");
		raise "fail:usage";
	}

	sys->pctl(Sys->FORKFD, nil);
	if(forkns)
		sys->pctl(Sys->FORKNS, nil);
	c := Context.new(ctxt);
	if(interactive)
		flags |= Context.INTERACTIVE;
	c.setoptions(flags, 1);
	args := stringlist2list(argv);

	if(iscmd){
		(n, err) := parse("{" + cmd + "\n}");
		if(err != nil){
			complain(c, "sh: " + err);
			raise "fail:parse error";
		}
		if(!interactive){
			finish(c.run(ref Listnode(n, nil) :: args, 1));
			return;
		}
		c.setlocal("*", args);
		setstatus(c, command1(c, mk(n_ADJ, n, mk(n_VAR, mkword("*"), nil)), 1));
		args = nil;
	}
	if(login)
		profile(c);
	if(args != nil){
		finish(runscript(c, text(hd args), tl args));
		return;
	}
	if(!interactive && isconsole()){
		interactive = 1;
		c.setoptions(Context.INTERACTIVE, 1);
	}
	c.setlocal("0", ref Listnode(nil, "stdin") :: nil);
	c.setlocal("*", nil);
	buf := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	if(buf == nil)
		c.fail("bad script path", sys->sprint("sh: cannot read fd 0: %r"));
	if(interactive && isconsole())
		claimconsole();
	finish(commands(c, buf, "stdin", interactive));
}

finish(status: string)
{
	if(status != nil)
		raise "fail:" + status;
}
