implement Shellbuiltin;

#
# Control structures, functions, exceptions and lists for the shell; see sh-std(1).
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
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

PIPES: con "/tmp/pipes";

commands: con "! ~ and apply flag fn for getlines if no or pctl raise rescue status subfn while";
substitutions: con "env hd index join parse pid pipe split tl";

ownredefined: int;	# a function has, or had, the name of one of these

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	filepat = load Filepat Filepat->PATH;
	if(filepat == nil){
		sys->fprint(sys->fildes(2), "std: cannot load %s: %r\n", Filepat->PATH);
		return "bad module";
	}
	(nil, names) := sys->tokenize(commands, " ");
	for(; names != nil; names = tl names)
		c.addbuiltin(hd names, myself);
	(nil, names) = sys->tokenize(substitutions, " ");
	for(; names != nil; names = tl names)
		c.addsbuiltin(hd names, myself);

	for(l := c.envlist(); l != nil; l = tl l){
		(name, val) := hd l;
		if(val == nil)
			continue;
		if(len name > 3 && name[0:3] == "fn-")
			definefn(c, name[3:]);
		else if(len name > 4 && name[0:4] == "sfn-")
			definesubfn(c, name[4:]);
	}
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(c: ref Context, nil: Sh, name: string, wtype: int): string
{
	case wtype {
	BUILTIN =>
		v := c.get("fn-" + name);
		if(v != nil)
			return sys->sprint("fn %s %s", sh->quoted(ref Listnode(nil, name) :: nil, 0), words(v));
	SBUILTIN =>
		v := c.get("sfn-" + name);
		if(v != nil)
			return sys->sprint("subfn %s %s", sh->quoted(ref Listnode(nil, name) :: nil, 0), words(v));
	}
	return nil;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, last: int): string
{
	name := (hd cmd).word;
	args := tl cmd;
	if(ownredefined && c.get("fn-" + name) != nil)
		return callfn(c, name, args, last);
	case name {
	"if" =>
		return doif(c, args, last);
	"while" =>
		return dowhile(c, args);
	"for" =>
		return dofor(c, args);
	"apply" =>
		return doapply(c, args);
	"getlines" =>
		return dogetlines(c, args);
	"and" =>
		return doandor(c, args, 1, last);
	"or" =>
		return doandor(c, args, 0, last);
	"!" =>
		if(args == nil || c.run(args, 0) == nil)
			return "false";
		return nil;
	"~" =>
		return domatch(c, args);
	"no" =>
		if(args != nil)
			return "yes";
		return nil;
	"status" =>
		if(args == nil)
			return nil;
		return word(hd args);
	"fn" =>
		return dofn(c, args, 0);
	"subfn" =>
		return dofn(c, args, 1);
	"raise" =>
		doraise(c, args);
	"rescue" =>
		return dorescue(c, args);
	"flag" =>
		return doflag(c, args);
	"pctl" =>
		dopctl(c, args);
	* =>
		return callfn(c, name, args, last);
	}
	return nil;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	args := tl cmd;
	name := (hd cmd).word;
	if(ownredefined && c.get("sfn-" + name) != nil)
		return callsubfn(c, name, args);
	case name {
	"hd" =>
		if(args == nil)
			return nil;
		return hd args :: nil;
	"tl" =>
		if(args == nil)
			return nil;
		return tl args;
	"index" =>
		if(args == nil)
			usage(c, "index num list");
		l := tl args;
		for(n := int word(hd args); n > 1 && l != nil; n--)
			l = tl l;
		if(l == nil)
			return nil;
		return hd l :: nil;
	"split" =>
		return dosplit(c, args);
	"join" =>
		if(args == nil)
			usage(c, "join separator [arg...]");
		sep := word(hd args);
		s := "";
		for(args = tl args; args != nil; args = tl args){
			s += word(hd args);
			if(tl args != nil)
				s += sep;
		}
		return ref Listnode(nil, s) :: nil;
	"pid" =>
		return ref Listnode(nil, string sys->pctl(0, nil)) :: nil;
	"parse" =>
		return doparse(c, args);
	"env" =>
		r: list of ref Listnode;
		for(l := c.envlist(); l != nil; l = tl l){
			(vname, val) := hd l;
			if(val != nil)
				r = ref Listnode(nil, vname) :: r;
		}
		return r;
	"pipe" =>
		return dopipe(c, args);
	}
	return callsubfn(c, name, args);
}

usage(c: ref Context, s: string)
{
	c.fail("usage", "usage: " + s);
}

word(n: ref Listnode): string
{
	return hd sh->list2stringlist(n :: nil);
}

words(l: list of ref Listnode): string
{
	return sh->quoted(l, 0);
}

isblock(n: ref Listnode): int
{
	return n.cmd != nil || n.word != nil && n.word[0] == '{';
}

# run a block with the caller's arguments
runblock(c: ref Context, b: ref Listnode, last: int): string
{
	return c.run(b :: c.get("*"), last);
}

setstatus(c: ref Context, s: string)
{
	c.setlocal("status", ref Listnode(nil, s) :: nil);
}

#
# conditions
#

doif(c: ref Context, args: list of ref Listnode, last: int): string
{
	if(args == nil || tl args == nil)
		usage(c, "if {cond} {action} [{cond} {action}]... [{elseaction}]");
	for(l := args; l != nil; l = tl l)
		if(!isblock(hd l))
			usage(c, "if [{cond} {action}]... [{elseaction}]");
	status: string;
	for(; args != nil; args = tl tl args){
		if(tl args == nil)
			return runblock(c, hd args, last);
		status = runblock(c, hd args, 0);
		setstatus(c, status);
		if(status == nil)
			return runblock(c, hd tl args, last);
	}
	return status;
}

# each block in turn, while the status is empty (and) or is not (or)
doandor(c: ref Context, args: list of ref Listnode, isand: int, last: int): string
{
	name := "or";
	if(isand)
		name = "and";
	for(l := args; l != nil; l = tl l)
		if(!isblock(hd l))
			usage(c, name + " [{cmd} ...]");
	status: string;
	for(; args != nil; args = tl args){
		status = runblock(c, hd args, last && tl args == nil);
		if((status == nil) != isand)
			break;
		if(tl args != nil)
			setstatus(c, status);
	}
	return status;
}

domatch(c: ref Context, args: list of ref Listnode): string
{
	if(args == nil)
		usage(c, "~ word [pattern...]");
	s := word(hd args);
	for(args = tl args; args != nil; args = tl args)
		if(filepat->match(word(hd args), s))
			return nil;
	return "no match";
}

#
# loops: break and continue are exceptions
#

Done, Again: con iota;

# one round: whether to go on, and the status
round(c: ref Context, cmd: list of ref Listnode, status: string): (int, string)
{
	{
		status = c.run(cmd, 0);
	} exception {
	"fail:break" =>
		return (Done, status);
	"fail:continue" =>
		return (Again, status);
	}
	return (Again, status);
}

dowhile(c: ref Context, args: list of ref Listnode): string
{
	if(len args != 2 || !isblock(hd args) || !isblock(hd tl args))
		usage(c, "while {condition} {cmd}");
	cond := hd args;
	cmd := hd tl args;
	status: string;
	go := Again;
	while(go == Again){
		{
			s := runblock(c, cond, 0);
			setstatus(c, s);
			if(s != nil)
				go = Done;
		} exception {
		"fail:break" =>
			go = Done;
		"fail:continue" =>
			continue;
		}
		if(go == Again)
			(go, status) = round(c, cmd :: c.get("*"), status);
	}
	return status;
}

dofor(c: ref Context, args: list of ref Listnode): string
{
	synopsis: con "for var in [item...] {cmd}";
	if(len args < 3 || word(hd tl args) != "in")
		usage(c, synopsis);
	v := hd args;
	if(v.cmd != nil || v.word == nil)
		c.fail("bad assign", "for: bad variable name");
	items := tl tl args;
	for(l := items; tl l != nil; l = tl l)
		;
	cmd := hd l;
	if(!isblock(cmd))
		usage(c, synopsis);
	status: string;
	go := Again;
	for(; go == Again && tl items != nil; items = tl items){
		c.setlocal(v.word, hd items :: nil);
		(go, status) = round(c, cmd :: c.get("*"), status);
	}
	return status;
}

doapply(c: ref Context, args: list of ref Listnode): string
{
	if(args == nil || !isblock(hd args))
		usage(c, "apply {cmd} [val...]");
	cmd := hd args;
	status: string;
	go := Again;
	for(args = tl args; go == Again && args != nil; args = tl args)
		(go, status) = round(c, cmd :: hd args :: nil, status);
	return status;
}

dogetlines(c: ref Context, args: list of ref Listnode): string
{
	seps := "\n";
	if(args != nil && tl args != nil){
		seps = word(hd args);
		args = tl args;
	}
	if(args == nil || tl args != nil || !isblock(hd args))
		usage(c, "getlines [separators] {cmd}");
	if(bufio == nil)
		bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		c.fail("bad module", sys->sprint("getlines: cannot load %s: %r", Bufio->PATH));
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	if(in == nil)
		c.fail("bad input", sys->sprint("getlines: cannot read fd 0: %r"));
	status: string;
	go := Again;
	while(go == Again && (s := in.gett(seps)) != nil){
		n := len s;
		for(i := 0; i < len seps; i++)
			if(s[n-1] == seps[i]){
				s = s[0:n-1];
				break;
			}
		c.push();
		{
			c.setlocal("line", ref Listnode(nil, s) :: nil);
			(go, status) = round(c, hd args :: c.get("*"), status);
		} exception e {
		"fail:*" =>
			c.pop();
			raise e;
		}
		c.pop();
	}
	return status;
}

#
# functions: kept in variables, so that they are in the environment
#

# a function may hide one of our commands, which is there again when the function is removed
own(name, names: string): int
{
	for((nil, l) := sys->tokenize(names, " "); l != nil; l = tl l)
		if(hd l == name)
			return 1;
	return 0;
}

definefn(c: ref Context, name: string)
{
	if(own(name, commands))
		ownredefined = 1;
	c.addbuiltin(name, myself);
}

definesubfn(c: ref Context, name: string)
{
	if(own(name, substitutions))
		ownredefined = 1;
	c.addsbuiltin(name, myself);
}

dofn(c: ref Context, args: list of ref Listnode, sub: int): string
{
	kind := "fn";
	if(sub)
		kind = "subfn";
	if(args == nil)
		usage(c, kind + " [name...] [{body}]");
	names: list of string;
	body: list of ref Listnode;
	for(; args != nil; args = tl args){
		n := hd args;
		if(isblock(n)){
			if(tl args != nil || names == nil)
				usage(c, kind + " [name...] [{body}]");
			body = n :: nil;
		}else if(n.word == nil)
			usage(c, kind + " [name...] [{body}]");
		else
			names = n.word :: names;
	}
	for(; names != nil; names = tl names){
		name := hd names;
		if(sub)
			c.set("sfn-" + name, body);
		else
			c.set("fn-" + name, body);
		if(body == nil){
			if(!sub && !own(name, commands))
				c.removebuiltin(name, myself);
			if(sub && !own(name, substitutions))
				c.removesbuiltin(name, myself);
		}else if(sub)
			definesubfn(c, name);
		else
			definefn(c, name);
	}
	return nil;
}

# a body that came as text is parsed once only
body(c: ref Context, v: string): ref Listnode
{
	val := c.get(v);
	if(val == nil)
		return nil;
	b := hd val;
	if(b.cmd == nil && b.word != nil && b.word[0] == '{'){
		(n, err) := sh->parse(b.word);
		if(err == nil)
			b.cmd = n;
	}
	return b;
}

callfn(c: ref Context, name: string, args: list of ref Listnode, last: int): string
{
	b := body(c, "fn-" + name);
	if(b == nil)
		c.fail("builtin not found", sys->sprint("sh: function %s not found", name));
	return c.run(b :: args, last);
}

callsubfn(c: ref Context, name: string, args: list of ref Listnode): list of ref Listnode
{
	b := body(c, "sfn-" + name);
	if(b == nil)
		c.fail("builtin not found", sys->sprint("sh: builtin %s not found", name));
	val: list of ref Listnode;
	c.push();
	{
		c.setlocal("*", args);
		c.setlocal("result", nil);
		c.run(b :: args, 0);
		val = c.get("result");
	} exception e {
	"fail:*" =>
		c.pop();
		raise e;
	}
	c.pop();
	return val;
}

#
# exceptions
#

doraise(c: ref Context, args: list of ref Listnode)
{
	n: ref Listnode;
	if(args != nil)
		n = hd args;
	else{
		v := c.get("exception");
		if(v == nil)
			c.fail("bad raise context", "raise: no exception found");
		n = hd v;
	}
	if(n.cmd != nil)
		c.fail("bad raise context", "raise: bad exception name");
	raise "fail:" + n.word;
}

dorescue(c: ref Context, args: list of ref Listnode): string
{
	if(len args != 3 || !isblock(hd tl args) || !isblock(hd tl tl args))
		usage(c, "rescue pattern {rescuecmd} {cmd}");
	handler := hd tl args;
	status: string;
	exc: string;
	{
		status = runblock(c, hd tl tl args, 0);
	} exception e {
	"fail:*" =>
		exc = e;
	}
	if(exc == nil)
		return status;
	c.set("exception", ref Listnode(nil, exc[5:]) :: nil);
	c.push();
	{
		status = runblock(c, handler, 0);
	} exception {
	"fail:*" =>
		c.pop();
		raise exc;
	}
	c.pop();
	return status;
}

#
# the shell's flags and process
#

doflag(c: ref Context, args: list of ref Listnode): string
{
	synopsis: con "flag [vxei] [+-]";
	if(args == nil || len args > 2)
		usage(c, synopsis);
	bit := 0;
	case word(hd args) {
	"v" =>
		bit = Context.VERBOSE;
	"x" =>
		bit = Context.EXECPRINT;
	"e" =>
		bit = Context.ERROREXIT;
	"i" =>
		bit = Context.INTERACTIVE;
	* =>
		usage(c, synopsis);
	}
	if(tl args == nil){
		if(c.options() & bit)
			return nil;
		return "not set";
	}
	case word(hd tl args) {
	"+" =>
		c.setoptions(bit, 1);
	"-" =>
		c.setoptions(bit, 0);
	* =>
		usage(c, synopsis);
	}
	return nil;
}

dopctl(c: ref Context, args: list of ref Listnode)
{
	if(args == nil)
		usage(c, "pctl option... [fdnum...]");
	flags := 0;
	fds: list of int;
	for(; args != nil; args = tl args){
		s := word(hd args);
		case s {
		"newfd" =>
			flags |= Sys->NEWFD;
		"forkfd" =>
			flags |= Sys->FORKFD;
		"newns" =>
			flags |= Sys->NEWNS;
		"forkns" =>
			flags |= Sys->FORKNS;
		"newpgrp" =>
			flags |= Sys->NEWPGRP;
		"nodevs" =>
			flags |= Sys->NODEVS;
		* =>
			for(i := 0; i < len s; i++)
				if(s[i] < '0' || s[i] > '9')
					break;
			if(s == nil || i < len s)
				c.fail("usage", "pctl: unknown flag " + s);
			fds = int s :: fds;
		}
	}
	if(sys->pctl(flags, fds) < 0)
		c.fail("pctl", sys->sprint("pctl: %r"));
}

#
# values
#

dosplit(c: ref Context, args: list of ref Listnode): list of ref Listnode
{
	if(args == nil || len args > 2)
		usage(c, "split [separators] value");
	seps: string;
	if(tl args != nil){
		seps = word(hd args);
		args = tl args;
	}else{
		ifs := c.get("ifs");
		if(ifs == nil)
			c.fail("usage", "split: $ifs not set");
		seps = word(hd ifs);
	}
	s := word(hd args);
	if(seps == nil){
		if(s == nil)
			return nil;
		return ref Listnode(nil, s) :: nil;
	}
	(nil, l) := sys->tokenize(s, seps);
	return sh->stringlist2list(l);
}

doparse(c: ref Context, args: list of ref Listnode): list of ref Listnode
{
	if(args == nil || tl args != nil || !isblock(hd args))
		c.fail("parse error", "parse: argument must be a braced block");
	b := hd args;
	if(b.cmd != nil)
		return args;
	(n, err) := sh->parse(b.word);
	if(err != nil)
		c.fail("parse error", "parse: " + err);
	if(n == nil || n.ntype != Sh->n_BLOCK)
		c.fail("parse error", "parse: argument must be a braced block");
	return ref Listnode(n, nil) :: nil;
}

# a pipe with a name, and a process of cmd at its other end
dopipe(c: ref Context, args: list of ref Listnode): list of ref Listnode
{
	if(args == nil || tl args == nil)
		usage(c, "pipe from|to|fdnum cmd");
	fdno := -1;
	case s := word(hd args) {
	"from" =>
		fdno = 1;
	"to" =>
		fdno = 0;
	* =>
		for(i := 0; i < len s; i++)
			if(s[i] < '0' || s[i] > '9')
				break;
		if(s == nil || i < len s)
			usage(c, "pipe from|to|fdnum cmd");
		fdno = int s;
	}
	(x, y) := namedpipe(c);
	fd := sys->open(x, Sys->ORDWR);
	if(fd == nil)
		c.fail("bad pipe", sys->sprint("pipe: cannot open %s: %r", x));
	ready := chan of int;
	spawn piped(c, tl args, fd.fd, fdno, ready);
	<-ready;
	fd = nil;
	return ref Listnode(nil, y) :: nil;
}

# the two ends
namedpipe(c: ref Context): (string, string)
{
	pid := sys->pctl(0, nil);
	mkdir(PIPES);
	for(n := 0; n < 1000; n++){
		base := sys->sprint("pipe.%d.%d", pid, n);
		dir := "/tmp/" + base + "d";
		(ok, nil) := sys->stat(dir);
		if(ok >= 0 || !mkdir(dir))
			continue;
		if(sys->bind("#|", dir, Sys->MREPL) < 0)
			c.fail("bad pipe", sys->sprint("pipe: cannot bind pipe: %r"));
		if(!rename(dir + "/data", base + "x") || !rename(dir + "/data1", base + "y"))
			c.fail("bad pipe", sys->sprint("pipe: cannot rename pipe: %r"));
		if(sys->bind(dir, PIPES, Sys->MBEFORE) < 0)
			c.fail("bad pipe", sys->sprint("pipe: cannot bind pipe: %r"));
		return (PIPES + "/" + base + "x", PIPES + "/" + base + "y");
	}
	c.fail("bad pipe", sys->sprint("pipe: cannot make pipe: %r"));
	return (nil, nil);
}

mkdir(dir: string): int
{
	return sys->create(dir, Sys->OREAD, Sys->DMDIR | 8r777) != nil;
}

rename(file, name: string): int
{
	d := sys->nulldir;
	d.name = name;
	return sys->wstat(file, d) >= 0;
}

piped(c: ref Context, cmd: list of ref Listnode, from, dst: int, ready: chan of int)
{
	sys->pctl(Sys->NEWFD, from :: c.keepfds);
	keep := c.keepfds;
	if(from != dst)
		sys->dup(from, dst);
	for(l := keep; l != nil && hd l != dst; l = tl l)
		;
	if(l == nil)
		keep = dst :: keep;
	sys->pctl(Sys->NEWFD, keep);
	n := c.copy(1);
	n.keepfds = keep;
	ready <-= 0;
	s := n.run(cmd, 1);
	if(s != nil)
		raise "fail:" + s;
}
