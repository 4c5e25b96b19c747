implement Sh;

#
# A shell for small systems: commands, redirections, pipes; no library is needed. See tiny(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Sh: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

# what a line consists of: words are W and then their text, the others are themselves
W:	con "w";

# a command with its files; nil: as they are
Cmd: adt
{
	argv:	list of string;
	in, out: string;
	append:	int;
};

Blank:	con " \t\r\n";
Special: con "|&;<>'#";

context: ref Draw->Context;
waitfd: ref Sys->FD;

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	context = ctxt;
	sys->pctl(Sys->FORKFD, nil);
	waitfd = sys->open("#p/" + string sys->pctl(0, nil) + "/wait", Sys->OREAD);
	if(waitfd == nil){
		sys->fprint(sys->fildes(2), "sh: cannot open wait file: %r\n");
		raise "fail:error";
	}
	if(argv != nil)
		argv = tl argv;
	status := "";
	if(argv != nil && hd argv == "-c"){
		if(len argv != 2)
			usage();
		status = line(hd tl argv);
	}else{
		fd := sys->fildes(0);
		prompt := argv == nil && isconsole();
		if(argv != nil){
			if(tl argv != nil || hd argv != nil && (hd argv)[0] == '-')
				usage();
			fd = sys->open(hd argv, Sys->OREAD);
			if(fd == nil){
				sys->fprint(sys->fildes(2), "sh: cannot open %s: %r\n", hd argv);
				raise "fail:bad script path";
			}
		}
		for(;;){
			if(prompt)
				sys->fprint(sys->fildes(2), "$ ");
			(s, ok) := getline(fd);
			if(!ok)
				break;
			status = line(s);
		}
	}
	if(status != nil)
		raise "fail:" + status;
}

usage()
{
	sys->fprint(sys->fildes(2), "usage: sh [-c command | file]\n");
	raise "fail:usage";
}

isconsole(): int
{
	(a, d) := sys->fstat(sys->fildes(0));
	(b, e) := sys->stat("/dev/cons");
	return a >= 0 && b >= 0 && d.dtype == e.dtype && d.qid.path == e.qid.path;
}

# bytes are taken one at a time, as the rest of the input is the commands'
getline(fd: ref Sys->FD): (string, int)
{
	a := array[128] of byte;
	n := 0;
	while(sys->read(fd, a[n:], 1) == 1){
		if(a[n] == byte '\n')
			return (string a[0:n], 1);
		if(++n == len a){
			b := array[2 * n] of byte;
			b[0:] = a;
			a = b;
		}
	}
	return (string a[0:n], n > 0);
}

error(s: string): string
{
	sys->fprint(sys->fildes(2), "sh: %s\n", s);
	return s;
}

in(c: int, set: string): int
{
	for(i := 0; i < len set; i++)
		if(set[i] == c)
			return 1;
	return 0;
}

# the tokens of a line, the last first, or an error
tokens(s: string): (list of string, string)
{
	l: list of string;
	for(i := 0; i < len s;){
		c := s[i];
		if(in(c, Blank)){
			i++;
			continue;
		}
		if(c == '#')
			break;
		if(c != '\'' && in(c, Special)){
			t := s[i:i+1];
			if(c == '>' && i + 1 < len s && s[i+1] == '>')
				t = ">>";
			l = t :: l;
			i += len t;
			continue;
		}
		w := W;
		while(i < len s && !in(s[i], Blank) && (s[i] == '\'' || !in(s[i], Special))){
			if(s[i] != '\''){
				w[len w] = s[i++];
				continue;
			}
			for(i++;; i++){
				if(i >= len s)
					return (nil, "unterminated string");
				if(s[i] == '\''){
					if(i + 1 >= len s || s[i+1] != '\'')
						break;
					i++;
				}
				w[len w] = s[i];
			}
			i++;
		}
		l = w :: l;
	}
	return (l, nil);
}

rev(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# runs a line; the status of its last pipeline
line(s: string): string
{
	(l, err) := tokens(s);
	if(err != nil)
		return error(err);
	status := "";
	pipeline: list of ref Cmd;	# the last first
	cmd := ref Cmd(nil, nil, nil, 0);
	for(l = rev(l);; l = tl l){
		t := ";";
		if(l != nil)
			t = hd l;
		case t {
		"|" or "&" or ";" =>
			cmd.argv = rev(cmd.argv);
			empty := cmd.argv == nil;
			if(empty && (pipeline != nil || t == "|" || cmd.in != nil || cmd.out != nil))
				return error("syntax error");
			if(!empty)
				pipeline = cmd :: pipeline;
			cmd = ref Cmd(nil, nil, nil, 0);
			if(t != "|" && pipeline != nil){
				status = start(pipeline, t == "&");
				pipeline = nil;
			}
		"<" or ">" or ">>" =>
			if(tl l == nil || (hd tl l)[0] != W[0])
				return error("syntax error");
			l = tl l;
			file := (hd l)[1:];
			if(t == "<")
				cmd.in = file;
			else{
				cmd.out = file;
				cmd.append = t == ">>";
			}
		* =>
			cmd.argv = t[1:] :: cmd.argv;
		}
		if(l == nil)
			return status;
	}
}

# each command of a pipeline has a process; the status is that of the last
start(l: list of ref Cmd, background: int): string
{
	if(tl l == nil && !background)
		case hd (hd l).argv {
		"cd" =>	return cd(tl (hd l).argv);
		"exit" =>	exit;
		}
	pids: list of int;
	last := -1;
	started := chan of int;
	out: ref Sys->FD;
	for(; l != nil; l = tl l){
		p := array[2] of ref Sys->FD;
		if(tl l != nil && sys->pipe(p) < 0){
			error(sys->sprint("cannot make pipe: %r"));
			break;
		}
		spawn run(hd l, p[0], out, started);
		pid := <-started;
		if(last < 0)
			last = pid;
		pids = pid :: pids;
		out = p[1];
	}
	out = nil;
	if(background)
		return nil;
	status := "";
	while(pids != nil){
		(pid, s) := await();
		if(pid < 0)
			return s;
		rest: list of int;
		for(; pids != nil; pids = tl pids)
			if(hd pids != pid)
				rest = hd pids :: rest;
		pids = rest;
		if(pid == last)
			status = s;
	}
	return status;
}

# the next process that ends: number and status
await(): (int, string)
{
	buf := array[512] of byte;
	n := sys->read(waitfd, buf, len buf);
	if(n <= 0)
		return (-1, error(sys->sprint("cannot read wait file: %r")));
	s := string buf[0:n];
	for(i := 0; i < len s && s[i] != '"'; i++)
		;
	for(i++; i < len s && s[i] != '"'; i++)
		;
	status := "";
	if(i + 2 <= len s)
		status = s[i+2:];
	if(len status >= 5 && status[0:5] == "fail:")
		status = status[5:];
	return (int s, status);
}

cd(args: list of string): string
{
	dir := "/";
	if(args != nil)
		dir = hd args;
	if(sys->chdir(dir) < 0)
		return error(sys->sprint("cd: %s: %r", dir));
	return nil;
}

run(c: ref Cmd, in, out: ref Sys->FD, started: chan of int)
{
	keep := 0 :: 1 :: 2 :: nil;
	if(in != nil)
		keep = in.fd :: keep;
	if(out != nil)
		keep = out.fd :: keep;
	pid := sys->pctl(Sys->NEWFD, keep);
	if(in != nil)
		sys->dup(in.fd, 0);
	if(out != nil)
		sys->dup(out.fd, 1);
	in = out = nil;
	sys->pctl(Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	started <-= pid;
	if(c.in != nil)
		redirect(c.in, sys->open(c.in, Sys->OREAD), 0);
	if(c.out != nil){
		fd: ref Sys->FD;
		if(c.append && (fd = sys->open(c.out, Sys->OWRITE)) != nil)
			sys->seek(fd, big 0, Sys->SEEKEND);
		if(fd == nil)
			fd = sys->create(c.out, Sys->OWRITE, 8r666);
		if(fd == nil)
			fd = sys->open(c.out, Sys->OWRITE);
		redirect(c.out, fd, 1);
	}
	name := hd c.argv;
	file := name;
	if(len file < 4 || file[len file - 4:] != ".dis")
		file += ".dis";
	m := load Sh file;
	if(m == nil && name[0] != '/' && name[0] != '#' && name[0] != '.')
		m = load Sh "/dis/" + file;
	if(m == nil){
		why := sys->sprint("%r");
		error(name + ": " + why);
		raise "fail:" + why;
	}
	{
		m->init(context, c.argv);
	}exception{
	"write on closed pipe" =>
		raise "fail:write on closed pipe";
	}
}

redirect(name: string, fd: ref Sys->FD, n: int)
{
	if(fd == nil){
		error(sys->sprint("cannot open %s: %r", name));
		raise "fail:bad redir";
	}
	sys->dup(fd.fd, n);
}
