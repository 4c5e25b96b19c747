implement Mash, Mashbuiltin;

#
# The shell mash. See mash(1); for its loadable builtins mash(2), and mash-make(1) for one of them.
# The parts are in the files included at the end: parser, text, variables and builtins, values, running.
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "env.m";
	env: Env;

include "filepat.m";
	filepat: Filepat;

include "lists.m";
	lists: Lists;

include "regex.m";
	regex: Regex;

include "string.m";
	str: String;

include "sh.m";

include "mash.m";
	myself: Mash;
	selfbuiltin: Mashbuiltin;

EXIT:	con "mash exit:";	# exception of builtin exit, with its status

include "sh/shcommand.inc";
include "mash/parse.inc";
include "mash/text.inc";
include "mash/vars.inc";
include "mash/eval.inc";
include "mash/run.inc";

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg := load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	env = load Env Env->PATH;
	if(env == nil)
		nomod(Env->PATH);
	filepat = load Filepat Filepat->PATH;
	if(filepat == nil)
		nomod(Filepat->PATH);
	lists = load Lists Lists->PATH;
	if(lists == nil)
		nomod(Lists->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	myself = load Mash "$self";
	selfbuiltin = load Mashbuiltin "$self";
	if(myself == nil || selfbuiltin == nil)
		nomod("$self");

	flags := 0;
	cmd: string;
	iscmd := dump := 0;
	arg->init(argv);
	arg->setusage("mash [-deinx] [-c command] [file [arg ...]]");
	while((o := arg->opt()) != 0)
		case o {
		'c' =>
			cmd = arg->earg();
			iscmd = 1;
		'd' =>
			dump = 1;
		'e' =>
			flags |= Eexit;
		'i' =>
			flags |= Interactive;
		'n' =>
			flags |= Noexec;
		'x' =>
			flags |= Echo;
		* =>
			arg->usage();
		}
	args := arg->argv();

	sys->pctl(Sys->FORKFD | Sys->FORKNS, nil);
	c := ref Context(ref Shared(ctxt, nil, nil, nil, flags), nil, 0 :: 1 :: 2 :: nil, nil);
	c = c.call("mash" :: args);
	mashinit(myself, c);
	i: ref In;
	if(iscmd)
		i = In.new(bufio->sopen(cmd + "\n"), "-c", nil);
	else if(args != nil){
		c = c.call(args);
		i = source(c, hd args);
	}else{
		if(isconsole())
			c.shared.flags |= Interactive;
		i = In.new(bufio->fopen(sys->fildes(0), Bufio->OREAD), "stdin", nil);
		if(i.buf == nil)
			c.fail(sys->sprint("mash: cannot read fd 0: %r"));
		if(c.shared.flags & Interactive){
			i.env = c;
			if(isconsole())
				claimconsole();
			profile(c);
		}
	}
	status: string;
	{
		if(dump)
			status = dumped(i);
		else
			status = commands(c, i);
	}exception x{
	EXIT + "*" =>
		status = x[len EXIT:];
	}
	if(status != nil)
		raise "fail:" + status;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mash: cannot load %s: %r\n", path);
	raise "fail:bad module";
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

# the second one is for more of a command
prompt(c: ref Context, more: int)
{
	l: list of string;		# what other shells have in /env is not for this one
	v := findvar(c.shared.vars, "prompt");
	if(v != nil)
		l = v.val;
	s := "mash% ";
	if(more)
		s = "";
	if(l != nil && !more)
		s = hd l;
	else if(l != nil && tl l != nil)
		s = hd tl l;
	sys->fprint(sys->fildes(2), "%s", s);
}

profile(c: ref Context)
{
	files := "/lib/mashinit" :: nil;
	home := env->getenv("home");
	if(home != nil)
		files = "/lib/mashinit" :: home + "/lib/mashinit" :: nil;
	for(; files != nil; files = tl files)
		if(sys->stat(hd files).t0 == 0){
			{
				commands(c, source(c, hd files));
			}exception x{
			"fail:*" =>
				setstatus(c, exitstatus(x));
			}
		}
}

source(c: ref Context, file: string): ref In
{
	buf := bufio->open(file, Bufio->OREAD);
	if(buf == nil)
		c.fail(sys->sprint("mash: cannot open %s: %r", file));
	(ok, d) := sys->fstat(buf.fd);
	if(ok == 0 && d.mode & Sys->DMDIR)
		c.fail(sys->sprint("mash: cannot open %s: file is a directory", file));
	return In.new(buf, file, nil);
}

# builtin run: a script in this shell, with arguments of its own
runfile(c: ref Context, argv: list of string): string
{
	return commands(c.call(argv), source(c, hd argv));
}

# the commands of a source; the status of the last one
commands(c: ref Context, i: ref In): string
{
	status: string;
	for(;;){
		{
			n := parseline(i);
			if(n == nil && i.ended())
				return status;
			if(n != nil && (c.shared.flags & Noexec) == 0)
				status = c.exec(n);
		}exception x{
		SYNTAX =>
			warn(i.err);
			status = "syntax error";
			if(i.env == nil)
				raise "fail:" + status;
			i.skip();
			setstatus(c, status);
		"fail:*" =>
			if(i.env == nil)
				raise x;
			i.skip();
			status = exitstatus(x);
			setstatus(c, status);
		}
	}
}

# what the parser understood
dumped(i: ref In): string
{
	{
		while((n := parseline(i)) != nil || !i.ended())
			if(n != nil)
				sys->print("%s\n", text(n));
	}exception{
	SYNTAX =>
		warn(i.err);
		return "syntax error";
	}
	return nil;
}
