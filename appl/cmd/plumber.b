implement Plumber;

#
# Passes messages between programs by rules; see plumber(8) and plumbing(6).
#

include "sys.m";
	sys: Sys;

include "draw.m";


include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "plumbmsg.m";
	plumbmsg: Plumbmsg;
	Msg: import plumbmsg;

include "regex.m";
	regex: Regex;

include "sh.m";
	sh: Sh;

include "string.m";
	str: String;

Plumber: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Pattern: adt
{
	field, verb, arg: string;
	re:	Regex->Re;
};

Rule: adt
{
	patterns: list of ref Pattern;
	port:	ref Port;
	start:	list of string;		# command; nil: none
	always:	int;			# start it even if the port is in use
};

Reader: adt
{
	n:	int;
	rc:	Sys->Rread;
};

Port: adt
{
	name:	string;
	io:	ref Sys->FileIO;
	open:	int;			# a program said start
	queue:	list of array of byte;	# messages nobody has read, the oldest first
	waiting: list of ref Reader;
};

# what a rule may name with $
Vars: adt
{
	m:	ref Msg;
	file, dir: string;
	matches: array of string;
};

rules: list of ref Rule;
ports: list of ref Port;
vars: list of (string, string);		# of the rule files
verbose := 0;
ctxt: ref Draw->Context;

init(c: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	plumbmsg = load Plumbmsg Plumbmsg->PATH;
	if(plumbmsg == nil)
		nomod(Plumbmsg->PATH);
	plumbmsg->init(0, nil, 0);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	sh = load Sh Sh->PATH;
	if(sh == nil)
		nomod(Sh->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	ctxt = c;
	arg->init(argv);
	arg->setusage("plumber [-vw] [-c wmchan] [rulefile ...]");
	while((o := arg->opt()) != 0)
		case o {
		'v' =>	verbose = 1;
		'w' =>	;		# windows are made by the commands
		'c' =>	arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		argv = "/usr/" + user() + "/lib/plumbing" :: nil;
	for(; argv != nil; argv = tl argv)
		readrules(hd argv);
	r: list of ref Rule;
	for(; rules != nil; rules = tl rules)
		r = hd rules :: r;
	rules = r;
	input := serve("plumb.input");
	for(l := ports; l != nil; l = tl l)
		(hd l).io = serve("plumb." + (hd l).name);
	started := chan of int;
	spawn plumb(input, started);
	<-started;
}

user(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "inferno";
	return string buf[0:n];
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "plumb: %s\n", s);
	raise "fail:init";
}

serve(name: string): ref Sys->FileIO
{
	io := sys->file2chan("/chan", name);
	if(io == nil && sys->bind("#s", "/chan", Sys->MBEFORE) >= 0)
		io = sys->file2chan("/chan", name);
	if(io == nil)
		fail(sys->sprint("can't make /chan/%s: %r", name));
	return io;
}

#
# rules
#

readrules(file: string)
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil)
		fail(sys->sprint("can't read %s: %r", file));
	r: ref Rule;
	for(line := 1; (s := f.gets('\n')) != nil; line++){
		t := str->drop(s, " \t\r\n");
		if(t != nil && t[0] == '#')
			continue;
		if(t == nil){
			r = finish(r, file, line);
			continue;
		}
		# name=value
		name := str->take(t, "a-zA-Z0-9_");
		rest := str->drop(t[len name:], " \t");
		if(name != nil && rest != nil && rest[0] == '='){
			vars = (name, join(words(rest[1:], nil))) :: vars;
			continue;
		}
		if(r == nil)
			r = ref Rule(nil, nil, nil, 0);
		if((err := addto(r, words(t, nil))) != nil)
			fail(sys->sprint("%s:%d: %s", file, line, err));
	}
	finish(r, file, line);
}

finish(r: ref Rule, file: string, line: int): ref Rule
{
	if(r == nil)
		return nil;
	if(r.port == nil && r.start == nil)
		fail(sys->sprint("%s:%d: rule without an action", file, line));
	p: list of ref Pattern;
	for(l := r.patterns; l != nil; l = tl l)
		p = hd l :: p;
	r.patterns = p;
	rules = r :: rules;
	return nil;
}

addto(r: ref Rule, w: list of string): string
{
	if(len w < 3)
		return "too few words";
	(a, verb, rest) := (hd w, hd tl w, tl tl w);
	if(a == "plumb"){
		case verb {
		"to" =>
			r.port = port(hd rest);
		"start" or "alwaysstart" =>
			r.start = rest;
			r.always = verb == "alwaysstart";
		* =>
			return "unknown action " + verb;
		}
		return nil;
	}
	case a {
	"src" or "dst" or "dir" or "kind" or "attr" or "data" =>
		;
	* =>
		return "unknown field " + a;
	}
	p := ref Pattern(a, verb, join(rest), nil);
	case verb {
	"is" or "isdir" or "isfile" or "set" =>
		;
	"matches" =>
		err: string;
		(p.re, err) = regex->compile(p.arg, 1);
		if(p.re == nil)
			return "bad expression " + p.arg + ": " + err;
	* =>
		return "unknown verb " + verb;
	}
	r.patterns = p :: r.patterns;
	return nil;
}

port(name: string): ref Port
{
	p := findport(name);
	if(p == nil){
		p = ref Port(name, nil, 0, nil, nil);
		ports = p :: ports;
	}
	return p;
}

findport(name: string): ref Port
{
	for(l := ports; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	return nil;
}

join(l: list of string): string
{
	s := "";
	for(; l != nil; l = tl l){
		if(s != nil)
			s += " ";
		s += hd l;
	}
	return s;
}

# words of a line; v nil: $name stands for a variable of the rule file, others are left
words(s: string, v: ref Vars): list of string
{
	r: list of string;
	for(i := 0; i < len s;){
		if(str->in(s[i], " \t\r\n")){
			i++;
			continue;
		}
		w := "";
		while(i < len s && !str->in(s[i], " \t\r\n"))
			if(s[i] == '\''){
				for(i++; i < len s; i++)
					if(s[i] != '\'')
						w[len w] = s[i];
					else if(i + 1 < len s && s[i+1] == '\'')
						w[len w] = s[i++];
					else
						break;
				i++;
			}else if(s[i] == '$'){
				name := str->take(s[i+1:], "a-zA-Z0-9_");
				if(name == nil || name[0] >= '0' && name[0] <= '9')
					name = str->take(s[i+1:], "0-9");
				(val, ok) := variable(name, v);
				if(ok)
					w += val;
				else
					w += "$" + name;
				i += 1 + len name;
			}else
				w[len w] = s[i++];
		r = w :: r;
	}
	l: list of string;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

variable(name: string, v: ref Vars): (string, int)
{
	if(v != nil){
		if(len name == 1 && name[0] >= '0' && name[0] <= '9'){
			n := name[0] - '0';
			if(n < len v.matches)
				return (v.matches[n], 1);
			return ("", 1);
		}
		case name {
		"src" =>	return (v.m.src, 1);
		"dst" =>	return (v.m.dst, 1);
		"kind" =>	return (v.m.kind, 1);
		"attr" =>	return (v.m.attr, 1);
		"data" =>	return (string v.m.data, 1);
		"file" =>	return (v.file, 1);
		"dir" =>
			if(v.dir != nil)
				return (v.dir, 1);
			return (v.m.dir, 1);
		}
	}
	for(l := vars; l != nil; l = tl l)
		if((hd l).t0 == name)
			return ((hd l).t1, 1);
	return (nil, 0);
}

# $ in an argument of a rule, without splitting it
expand(s: string, v: ref Vars): string
{
	t := "";
	for(i := 0; i < len s; i++){
		if(s[i] != '$'){
			t[len t] = s[i];
			continue;
		}
		name := str->take(s[i+1:], "a-zA-Z0-9_");
		if(name != nil && name[0] >= '0' && name[0] <= '9')
			name = name[0:1];
		(val, ok) := variable(name, v);
		if(ok)
			t += val;
		else
			t += "$" + name;
		i += len name;
	}
	return t;
}

#
# messages
#

plumb(input: ref Sys->FileIO, started: chan of int)
{
	sys->pctl(Sys->NEWPGRP, nil);
	reads := chan of (ref Port, int, Sys->Rread);
	for(l := ports; l != nil; l = tl l)
		spawn reader(hd l, reads);
	started <-= 1;
	for(;;) alt {
	(nil, nil, nil, rc) := <-input.read =>
		if(rc != nil)
			rc <-= (nil, "permission denied");
	(nil, a, nil, wc) := <-input.write =>
		if(wc == nil)
			break;
		m := Msg.unpack(a);
		if(m == nil)
			wc <-= (0, "bad format in plumb message");
		else if((err := message(m)) != nil)
			wc <-= (0, err);
		else
			wc <-= (len a, nil);
	(p, n, rc) := <-reads =>
		p.waiting = ref Reader(n, rc) :: p.waiting;
		deliver(p);
	}
}

reader(p: ref Port, reads: chan of (ref Port, int, Sys->Rread))
{
	for(;;) alt {
	(nil, n, nil, rc) := <-p.io.read =>
		if(rc != nil)
			reads <-= (p, n, rc);
	(nil, nil, nil, wc) := <-p.io.write =>
		if(wc != nil)
			wc <-= (0, "permission denied");
	}
}

# gives what waits to those that wait, each in order
deliver(p: ref Port)
{
	while(p.queue != nil && p.waiting != nil){
		first := p.waiting;
		rest: list of ref Reader;
		for(; tl first != nil; first = tl first)
			rest = hd first :: rest;
		for(p.waiting = nil; rest != nil; rest = tl rest)
			p.waiting = hd rest :: p.waiting;
		r := hd first;
		if(r.n < len hd p.queue){
			r.rc <-= (nil, "buffer too short for message");
			continue;
		}
		# the reader may have gone
		alt {
		r.rc <-= (hd p.queue, nil) =>
			p.queue = tl p.queue;
		* =>
			;
		}
	}
}

say(s: string)
{
	if(verbose)
		sys->fprint(sys->fildes(2), "plumb: %s\n", s);
}

message(m: ref Msg): string
{
	say(sys->sprint("message from %q to %q in %q kind %q attr %q data %q", m.src, m.dst, m.dir, m.kind, m.attr, string m.data));
	if(m.dst == "plumb"){
		p := findport(m.src);
		if(p == nil)
			return "unknown port " + m.src;
		case string m.data {
		"start" =>	p.open = 1;
		"stop" =>	p.open = 0;
		* =>		return "unknown control message";
		}
		return nil;
	}
	for(l := rules; l != nil; l = tl l){
		r := hd l;
		if(m.dst != nil && r.port != nil && r.port.name != m.dst)
			continue;
		v := ref Vars(ref *m, nil, nil, nil);
		for(p := r.patterns; p != nil; p = tl p)
			if(!match(hd p, v))
				break;
		if(p != nil)
			continue;
		return act(r, v);
	}
	return "no matching plumb rule";
}

act(r: ref Rule, v: ref Vars): string
{
	if(r.port != nil && (r.start == nil || r.port.open || !r.always)){
		q: list of array of byte;
		for(l := r.port.queue; l != nil; l = tl l)
			q = hd l :: q;
		q = v.m.pack() :: q;
		for(r.port.queue = nil; q != nil; q = tl q)
			r.port.queue = hd q :: r.port.queue;
		say("to port " + r.port.name);
		deliver(r.port);
	}
	if(r.start != nil && (r.always || r.port == nil || !r.port.open && r.port.waiting == nil)){
		cmd: list of string;
		for(w := r.start; w != nil; w = tl w)
			cmd = expand(hd w, v) :: cmd;
		argv: list of string;
		for(; cmd != nil; cmd = tl cmd)
			argv = hd cmd :: argv;
		say("start " + join(argv));
		spawn start(argv, v.m.dir);
	}
	return nil;
}

start(argv: list of string, dir: string)
{
	sys->pctl(Sys->NEWPGRP | Sys->FORKNS | Sys->FORKFD, nil);
	if(dir != nil)
		sys->chdir(dir);
	sh->run(ctxt, argv);
}

get(m: ref Msg, f: string): string
{
	case f {
	"src" =>	return m.src;
	"dst" =>	return m.dst;
	"dir" =>	return m.dir;
	"kind" =>	return m.kind;
	"attr" =>	return m.attr;
	}
	return string m.data;
}

set(m: ref Msg, f, s: string)
{
	case f {
	"src" =>	m.src = s;
	"dst" =>	m.dst = s;
	"dir" =>	m.dir = s;
	"kind" =>	m.kind = s;
	"attr" =>
		if(m.attr != nil && s != nil)
			m.attr += " ";
		m.attr += s;
	* =>	m.data = array of byte s;
	}
}

match(p: ref Pattern, v: ref Vars): int
{
	s := get(v.m, p.field);
	case p.verb {
	"is" =>
		return s == expand(p.arg, v);
	"set" =>
		set(v.m, p.field, expand(p.arg, v));
		return 1;
	"matches" =>
		return matches(p, s, v);
	}
	# isdir, isfile
	name := expand(p.arg, v);
	if(name == nil)
		name = s;
	if(name == nil)
		return 0;
	if(name[0] != '/' && name[0] != '#' && v.m.dir != nil)
		name = v.m.dir + "/" + name;
	(ok, d) := sys->stat(name);
	if(ok < 0)
		return 0;
	isdir := (d.mode & Sys->DMDIR) != 0;
	if(isdir != (p.verb == "isdir"))
		return 0;
	if(isdir)
		v.dir = name;
	else
		v.file = name;
	return 1;
}

# all of the field; or with a click, the text around it, which then is the data
matches(p: ref Pattern, s: string, v: ref Vars): int
{
	click := -1;
	if(p.field == "data" && v.m.kind == "text")
		(click, v.m.attr) = takeclick(v.m.attr);
	m: array of (int, int);
	if(click < 0){
		m = regex->execute(p.re, s);
		if(m == nil || m[0].t0 != 0 || m[0].t1 != len s)
			return 0;
	}else{
		for(i := 0; i <= click && i <= len s; i = m[0].t0 + 1){
			m = regex->executese(p.re, s, (i, -1), i == 0, 1);
			if(m == nil || m[0].t0 > click){
				m = nil;
				break;
			}
			if(m[0].t1 >= click && m[0].t1 > m[0].t0)
				break;
		}
		if(m == nil || m[0].t0 > click || m[0].t1 < click || m[0].t1 == m[0].t0){
			v.m.attr = withclick(v.m.attr, click);
			return 0;
		}
		v.m.data = array of byte s[m[0].t0:m[0].t1];
	}
	v.matches = array[len m] of string;
	for(i := 0; i < len m; i++)
		if(m[i].t0 >= 0)
			v.matches[i] = s[m[i].t0:m[i].t1];
	return 1;
}

# the number of click=, -1 if there is none, and the other attributes
takeclick(attr: string): (int, string)
{
	click := -1;
	rest: list of string;
	for(i := 0; i < len attr;){
		start := i;
		for(quote := 0; i < len attr && (quote || attr[i] != ' ' && attr[i] != '\t'); i++)
			if(attr[i] == '\'')
				quote = !quote;
		w := attr[start:i++];
		if(len w > 6 && w[0:6] == "click=")
			click = int w[6:];
		else if(w != nil)
			rest = w :: rest;
	}
	l: list of string;
	for(; rest != nil; rest = tl rest)
		l = hd rest :: l;
	return (click, join(l));
}

withclick(attr: string, click: int): string
{
	if(attr != nil)
		attr += " ";
	return attr + "click=" + string click;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "plumber: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
