implement Sendmail;

#
# Gives a message to a mail server, by SMTP; see sendmail(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "daytime.m";
	daytime: Daytime;

include "dial.m";
	dial: Dial;

include "env.m";
	env: Env;

include "string.m";
	str: String;

Sendmail: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

in, out: ref Iobuf;	# the connection

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	env = load Env Env->PATH;
	if(env == nil)
		nomod(Env->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("sendmail [recipient ...]");
	while(arg->opt() != 0)
		arg->usage();
	rcpt := arg->argv();
	(head, body) := message();
	if(rcpt != nil)
		rcpt = each(rcpt);
	else
		for(l := "to:" :: "cc:" :: "bcc:" :: nil; l != nil; l = tl l)
			for(a := addresses(head, hd l); a != nil; a = tl a)
				rcpt = hd a :: rcpt;
	if(rcpt == nil)
		fail("no recipients");
	host := first("/dev/sysname", "localhost");
	from := first("/dev/user", "inferno") + "@" + host;
	if((f := addresses(head, "from:")) != nil)
		from = hd f;
	send(from, rcpt, host, head, body);
}

# the message on standard input: lines of its header and of its body
message(): (list of string, list of string)
{
	f := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	head, body: list of string;
	inhead := 1;
	while((s := f.gets('\n')) != nil){
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		if(inhead && s == nil){
			inhead = 0;
			continue;
		}
		# what does not look like a header is the body already
		if(inhead && (s[0] == ' ' || s[0] == '\t') && head != nil){
			head = (hd head + "\n" + s) :: tl head;
			continue;
		}
		(name, rest) := str->splitl(s, ": \t");
		if(inhead && (name == nil || rest == nil || rest[0] != ':'))
			inhead = 0;
		if(inhead)
			head = s :: head;
		else
			body = s :: body;
	}
	return (reverse(head), reverse(body));
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

has(head: list of string, name: string): int
{
	for(; head != nil; head = tl head)
		if(len hd head >= len name && str->tolower((hd head)[0:len name]) == name)
			return 1;
	return 0;
}

# the addresses in all headers of that name
addresses(head: list of string, name: string): list of string
{
	r: list of string;
	for(; head != nil; head = tl head){
		s := hd head;
		if(len s < len name || str->tolower(s[0:len name]) != name)
			continue;
		for(l := split(s[len name:]); l != nil; l = tl l)
			r = hd l :: r;
	}
	return reverse(r);
}

each(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		for(a := split(hd l); a != nil; a = tl a)
			r = hd a :: r;
	return reverse(r);
}

# addresses between commas outside of quotes and comments: NAME <ADDRESS>, or ADDRESS
split(s: string): list of string
{
	r: list of string;
	quoted := depth := 0;
	word := "";
	for(i := 0; i <= len s; i++){
		if(i == len s || s[i] == ',' && !quoted && depth == 0){
			if((a := bare(word)) != nil)
				r = a :: r;
			word = "";
			continue;
		}
		if(s[i] == '"')
			quoted = !quoted;
		else if(s[i] == '(' && !quoted)
			depth++;
		if(depth == 0)
			word[len word] = s[i];
		if(s[i] == ')' && !quoted && depth > 0)
			depth--;
	}
	return reverse(r);
}

bare(s: string): string
{
	(nil, rest) := str->splitr(s, "<");
	if(rest != s && rest != nil)
		(s, nil) = str->splitl(rest, ">");
	a := "";
	for(i := 0; i < len s; i++)
		if(s[i] > ' ')
			a[len a] = s[i];
	return a;
}

first(file, other: string): string
{
	fd := sys->open(file, Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return other;
	(nil, l) := sys->tokenize(string buf[0:n], " \t\n");
	if(l == nil)
		return other;
	return hd l;
}

send(from: string, rcpt: list of string, host: string, head, body: list of string)
{
	addr := env->getenv("MAILSERVER");
	if(addr == nil)
		addr = "$smtp";
	addr = dial->netmkaddr(addr, "tcp", "25");
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr));
	in = bufio->fopen(c.dfd, Bufio->OREAD);
	out = bufio->fopen(c.dfd, Bufio->OWRITE);
	expect(nil, '2');
	expect("HELO " + host, '2');
	expect("MAIL FROM:<" + from + ">", '2');
	for(l := rcpt; l != nil; l = tl l)
		expect("RCPT TO:<" + hd l + ">", '2');
	expect("DATA", '3');
	if(!has(head, "from:"))
		text("From: " + from);
	if(!has(head, "date:"))
		text("Date: " + date());
	if(!has(head, "to:"))
		text("To: " + listed(rcpt));
	for(l = head; l != nil; l = tl l)
		if(!has(hd l :: nil, "bcc:"))
			text(hd l);
	text("");
	for(l = body; l != nil; l = tl l)
		text(hd l);
	expect(".", '2');
	expect("QUIT", '2');
}

listed(l: list of string): string
{
	s := hd l;
	for(l = tl l; l != nil; l = tl l)
		s += ", " + hd l;
	return s;
}

# as mail has it: Thu, 26 Nov 2026 18:00:00 +0000
date(): string
{
	days := array[] of {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	months := array[] of {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	t := daytime->gmt(daytime->now());
	return sys->sprint("%s, %d %s %d %.2d:%.2d:%.2d +0000", days[t.wday], t.mday, months[t.mon], t.year + 1900, t.hour, t.min, t.sec);
}

# a line of the message; one that begins with a dot gets another
text(s: string)
{
	(nil, l) := sys->tokenize(s, "\n");
	if(l == nil)
		l = "" :: nil;
	for(; l != nil; l = tl l){
		if(hd l != nil && (hd l)[0] == '.')
			out.putc('.');
		out.puts(hd l + "\r\n");
	}
}

# a command, and its answer, which must begin with that digit
expect(cmd: string, want: int)
{
	if(cmd != nil){
		out.puts(cmd + "\r\n");
		if(out.flush() < 0)
			fail(sys->sprint("can't write to server: %r"));
	}
	for(;;){
		s := in.gets('\n');
		if(s == nil)
			fail("server hung up");
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		if(len s > 3 && s[3] == '-')
			continue;
		if(s == nil || s[0] != want){
			if(cmd == ".")
				cmd = "message";
			if(cmd != nil)
				cmd += ": ";
			fail(cmd + s);
		}
		return;
	}
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "sendmail: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "sendmail: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
