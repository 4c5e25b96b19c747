implement Cddb;

#
# Asks a database of compact discs for titles; see cddb(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "dial.m";
	dial: Dial;

include "string.m";
	str: String;

Cddb: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Frames:	con 75;		# of a disc in a second

conn: ref Sys->FD;
in: ref Iobuf;
dump, times: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	dial = load Dial Dial->PATH;
	if(dial == nil)
		nomod(Dial->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("cddb [-DT] [-s server] query diskid ntracks offset ... seconds");
	server := "gnudb.gnudb.org";
	while((o := arg->opt()) != 0)
		case o {
		'D' =>	dump = 1;
		'T' =>	times = 1;
		's' =>	server = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv < 3 || hd argv != "query")
		arg->usage();
	id := hd tl argv;
	numbers := tl tl argv;
	for(l := numbers; l != nil; l = tl l)
		if(hd l == nil || str->drop(hd l, "0-9") != nil)
			arg->usage();
	if(int hd numbers < 1 || len numbers != int hd numbers + 2 || id == nil || str->drop(id, "0-9a-fA-F") != nil)
		arg->usage();

	addr := dial->netmkaddr(server, "tcp", "8880");
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr), "dial");
	conn = c.dfd;
	in = bufio->fopen(conn, Bufio->OREAD);
	reply(200, 201);
	ask("cddb hello " + word("/dev/user", "user") + " " + word("/dev/sysname", "host") + " emu 1");
	reply(200, 200);
	ask("proto 6");		# UTF-8; who does not know it answers in what it has
	line();
	q := "cddb query " + id;
	for(l = numbers; l != nil; l = tl l)
		q += " " + hd l;
	ask(q);
	s := line();
	case code(s) {
	200 =>
		s = str->drop(s[3:], " ");
	210 or 211 =>
		s = line();		# the first of those that fit
		if(s == ".")
			s = nil;
		else
			while(line() != ".")
				;
	202 =>
		s = nil;
	* =>
		fail("server says: " + s, "error");
	}
	if(s == nil){
		ask("quit");
		fail("no such disc in the database", "not found");
	}
	(n, w) := sys->tokenize(s, " ");
	if(n < 2)
		fail("server says: " + s, "error");
	ask("cddb read " + hd w + " " + hd tl w);
	reply(210, 210);
	show(hd w, numbers);
	ask("quit");
}

# the entry: long titles come in pieces
show(category: string, numbers: list of string)
{
	ntracks := int hd numbers;
	title := "";
	tracks := array[ntracks] of {* => ""};
	while((s := line()) != "."){
		if(dump){
			sys->print("%s\n", s);
			continue;
		}
		(key, val) := str->splitl(s, "=");
		if(val == nil || key[0] == '#')
			continue;
		val = unescape(val[1:]);
		if(key == "DTITLE")
			title += val;
		else if(str->prefix("TTITLE", key)){
			(i, rest) := str->toint(key[6:], 10);
			if(rest == nil && i >= 0 && i < ntracks)
				tracks[i] += val;
		}
	}
	if(dump)
		return;
	sys->print("title\t%s\ncategory\t%s\n", title, category);
	l := tl numbers;
	for(i := 0; i < ntracks; i++){
		start := int hd l;
		l = tl l;
		end := int hd l;
		if(tl l == nil)
			end *= Frames;
		if(times){
			t := (end - start) / Frames;
			sys->print("%d\t%d:%.2d\t%s\n", i + 1, t / 60, t % 60, tracks[i]);
		}else
			sys->print("%d\t%s\n", i + 1, tracks[i]);
	}
}

unescape(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++){
		c := s[i];
		if(c == '\\' && i + 1 < len s)
			case s[++i] {
			'n' or 't' =>	c = ' ';
			'\\' =>	;
			* =>	i--;
			}
		r[len r] = c;
	}
	return r;
}

ask(s: string)
{
	if(sys->fprint(conn, "%s\r\n", s) < 0)
		fail(sys->sprint("can't write to the server: %r"), "error");
}

line(): string
{
	s := in.gets('\n');
	if(s == nil)
		fail("the server has hung up", "error");
	while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
		s = s[0:len s - 1];
	return s;
}

code(s: string): int
{
	if(len s < 3 || str->drop(s[0:3], "0-9") != nil)
		return -1;
	return int s[0:3];
}

reply(this, that: int)
{
	s := line();
	c := code(s);
	if(c != this && c != that)
		fail("server says: " + s, "error");
}

# what the file has, as one word
word(file, dflt: string): string
{
	fd := sys->open(file, Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return dflt;
	(nil, l) := sys->tokenize(string buf[0:n], " \t\r\n");
	if(l == nil)
		return dflt;
	return hd l;
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "cddb: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path), "bad module");
}
