implement Httpd;

#
# A web server for files; see httpd(8).
#
# Each connection is served by a process whose name space has the files to be served as its root, and nothing else.
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

include "names.m";
	names: Names;

include "string.m";
	str: String;

include "tls.m";
	tls: Tls;

Httpd: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

CONFIG: con "/services/httpd/";
MAXLINE: con 8192;		# bytes of a line of a request
MAXHEADERS: con 100;
IDLE: con 30*1000;		# milliseconds between requests on a connection
DAY: con 24*3600;

Request: adt
{
	method, path, query, version:	string;
	headers:	list of (string, string);	# names in lower case

	header:	fn(r: self ref Request, name: string): string;
};

Client: adt
{
	fd:	ref Sys->FD;
	in:	ref Iobuf;
	addr:	string;
	keep:	int;
};

logfd: ref Sys->FD;
debug: int;
suffixes: list of (string, string);
rewrites: list of (string, string);
cert, key: string;

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
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	addr: string;
	root := CONFIG + "root";
	arg->init(argv);
	arg->setusage("svc/httpd/httpd [-D] [-a addr] [-c cachesize] [-r root] [-s certfile keyfile]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>	addr = arg->earg();
		'c' =>	arg->earg();	# files are cached by who serves them
		'r' =>	root = arg->earg();
		'D' =>	debug = 1;
		's' =>
			cert = arg->earg();
			key = arg->earg();
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	service := "80";
	if(cert != nil){
		service = "443";
		tls = load Tls Tls->PATH;
		if(tls == nil)
			nomod(Tls->PATH);
	}
	if(addr == nil)
		addr = "*";
	addr = dial->netmkaddr(addr, "tcp", service);
	if((d := sys->stat(root)).t0 < 0 || (d.t1.mode & Sys->DMDIR) == 0)
		fail(sys->sprint("no directory %s", root));
	suffixes = pairs(CONFIG + "httpd.suff");
	rewrites = pairs(CONFIG + "httpd.rewrite");
	logfd = sys->open(CONFIG + "httpd.log", Sys->OWRITE);
	if(logfd == nil)
		logfd = sys->create(CONFIG + "httpd.log", Sys->OWRITE, 8r644|Sys->DMAPPEND);
	if(logfd != nil)
		sys->seek(logfd, big 0, Sys->SEEKEND);
	c := dial->announce(addr);
	if(c == nil)
		fail(sys->sprint("can't announce %s: %r", addr));
	spawn listener(c, root);
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "httpd: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path));
}

# lines of two words; # begins a comment
pairs(file: string): list of (string, string)
{
	l: list of (string, string);
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil)
		return nil;
	while((s := f.gets('\n')) != nil){
		(n, w) := sys->tokenize(s, " \t\r\n");
		if(n >= 2 && (hd w)[0] != '#')
			l = (hd w, hd tl w) :: l;
	}
	r: list of (string, string);
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

listener(c: ref Dial->Connection, root: string)
{
	sys->pctl(Sys->NEWPGRP, nil);
	for(;;){
		nc := dial->listen(c);
		if(nc == nil){
			sys->fprint(sys->fildes(2), "httpd: listen: %r\n");
			sys->sleep(1000);	# the next may do better
			continue;
		}
		spawn connection(nc, root);
	}
}

connection(c: ref Dial->Connection, root: string)
{
	fd := dial->accept(c);
	if(fd == nil)
		return;
	addr := read(c.dir + "/remote");
	ctl := c.cfd;
	c = nil;
	if(cert != nil){
		err: string;
		(fd, err) = tls->server(fd, cert, key);
		if(fd == nil){
			say(addr + ": " + err);
			return;
		}
	}
	fds := 2 :: fd.fd :: ctl.fd :: nil;
	if(logfd != nil)
		fds = logfd.fd :: fds;
	sys->pctl(Sys->FORKNS|Sys->NEWFD, fds);
	fd = sys->fildes(fd.fd);
	if(sys->chdir(root) < 0 || sys->pctl(Sys->NEWNS|Sys->NODEVS, nil) < 0)
		return;
	f := bufio->fopen(fd, Bufio->OREAD);
	cl := ref Client(fd, f, addr, 1);
	# who says nothing is cut off, by way of the connection's ctl
	timer := chan of int;
	spawn watch(ctl, timer);
	{
		while(cl.keep){
			timer <-= IDLE;
			r := request(cl);
			if(r == nil)
				break;
			timer <-= -1;
			serve(cl, r);
		}
	}exception{
	"*" =>
		;	# the connection is over, whatever it was
	}
	timer <-= 0;
}

# hangs up when time runs out: a number is the time from now, -1 none, 0 the end
watch(ctl: ref Sys->FD, timer: chan of int)
{
	tick := chan of int;
	left := -1;
	pid := 0;
	for(;;) alt {
	n := <-timer =>
		if(n == 0)
			return;
		left = n;
		pid++;
		if(n > 0)
			spawn sleeper(n, pid, tick);
	n := <-tick =>
		if(n == pid && left > 0)
			sys->fprint(ctl, "hangup");
	}
}

sleeper(ms, id: int, tick: chan of int)
{
	sys->pctl(Sys->NEWFD, nil);
	sys->sleep(ms);
	alt {
	tick <-= id =>
		;
	* =>
		;
	}
}

read(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	buf := array[128] of byte;
	if(fd == nil || (n := sys->read(fd, buf, len buf)) <= 0)
		return "unknown";
	return str->splitl(string buf[0:n], "\n").t0;
}

say(s: string)
{
	if(debug)
		sys->fprint(sys->fildes(2), "httpd: %s\n", s);
}

#
# requests
#

Request.header(r: self ref Request, name: string): string
{
	for(l := r.headers; l != nil; l = tl l)
		if((hd l).t0 == name)
			return (hd l).t1;
	return nil;
}

getline(f: ref Iobuf): (string, int)
{
	s := "";
	while((c := f.getb()) >= 0){
		if(c == '\n'){
			if(s != nil && s[len s - 1] == '\r')
				s = s[0:len s - 1];
			return (s, 1);
		}
		if(len s >= MAXLINE)
			return (s, -1);
		s[len s] = c;
	}
	return (s, 0);
}

request(cl: ref Client): ref Request
{
	line: string;
	ok: int;
	do
		(line, ok) = getline(cl.in);
	while(ok > 0 && line == nil);
	if(ok == 0)
		return nil;
	(n, w) := sys->tokenize(line, " ");
	if(ok < 0 || n < 2 || n > 3){
		refuse(cl, nil, 400, "Bad Request");
		return nil;
	}
	r := ref Request(hd w, hd tl w, nil, "HTTP/0.9", nil);
	if(n == 3){
		r.version = hd tl tl w;
		for(i := 0;; i++){
			(line, ok) = getline(cl.in);
			if(ok > 0 && line == nil)
				break;
			if(ok <= 0 || i == MAXHEADERS){
				if(ok != 0)
					refuse(cl, nil, 431, "Request Header Fields Too Large");
				return nil;
			}
			(name, val) := str->splitl(line, ":");
			if(val != nil)
				r.headers = (str->tolower(name), str->drop(val[1:], " \t")) :: r.headers;
		}
	}
	cl.keep = r.version == "HTTP/1.1" && str->tolower(r.header("connection")) != "close";
	(r.path, r.query) = str->splitl(r.path, "?");
	return r;
}

# %XX in a path; nil if there is something wrong with it
unescape(s: string): string
{
	a := array[len s] of byte;
	n := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		if(c == '%'){
			if(i + 2 >= len s)
				return nil;
			(v, rest) := str->toint(s[i+1:i+3], 16);
			if(rest != nil || v == 0)
				return nil;
			c = v;
			i += 2;
		}
		a[n++] = byte c;
	}
	return string a[0:n];
}

escape(s: string): string
{
	r := "";
	a := array of byte s;
	for(i := 0; i < len a; i++){
		c := int a[i];
		if(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || str->in(c, "/._~-"))
			r[len r] = c;
		else
			r += sys->sprint("%%%.2X", c);
	}
	return r;
}

html(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++)
		case s[i] {
		'<' =>	r += "&lt;";
		'>' =>	r += "&gt;";
		'&' =>	r += "&amp;";
		'"' =>	r += "&quot;";
		* =>	r[len r] = s[i];
		}
	return r;
}

serve(cl: ref Client, r: ref Request)
{
	if(r.header("content-length") != nil || r.header("transfer-encoding") != nil)
		cl.keep = 0;	# what it brings is not read
	if(r.method != "GET" && r.method != "HEAD"){
		refuse(cl, r, 501, "Not Implemented");
		return;
	}
	if(r.version == "HTTP/1.1" && r.header("host") == nil){
		refuse(cl, r, 400, "Bad Request");
		return;
	}
	path := unescape(r.path);
	if(path == nil || path[0] != '/'){
		refuse(cl, r, 400, "Bad Request");
		return;
	}
	for(l := rewrites; l != nil; l = tl l){
		(old, new) := hd l;
		if(path == old || str->prefix(old + "/", path)){
			path = new + path[len old:];
			if(str->prefix("http://", new) || str->prefix("https://", new)){
				moved(cl, r, path);
				return;
			}
			break;
		}
	}
	slash := path[len path - 1] == '/';
	path = names->cleanname(path);
	(ok, d) := sys->stat(path);
	if(ok < 0){
		refuse(cl, r, 404, "Not Found");
		return;
	}
	if(d.mode & Sys->DMDIR){
		if(!slash){
			moved(cl, r, escape(path) + "/");
			return;
		}
		index := path + "/index.html";
		(ok, d) = sys->stat(index);
		if(ok < 0){
			listing(cl, r, path);
			return;
		}
		path = index;
	}
	file(cl, r, path, d);
}

#
# answers
#

days := array[] of {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
months := array[] of {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

date(t: int): string
{
	tm := daytime->gmt(t);
	return sys->sprint("%s, %.2d %s %d %.2d:%.2d:%.2d GMT", days[tm.wday], tm.mday, months[tm.mon], tm.year + 1900,
		tm.hour, tm.min, tm.sec);
}

put(cl: ref Client, a: array of byte)
{
	if(sys->write(cl.fd, a, len a) != len a)
		raise "fail:write";
}

# the head of an answer; length -1: to the end of the connection
head(cl: ref Client, r: ref Request, code: int, text, ctype: string, length: big, more: string)
{
	path := "-";
	method := "-";
	if(r != nil)
		(method, path) = (r.method, r.path);
	if(logfd != nil)
		sys->fprint(logfd, "%s %s %s %s %d %bd\n", date(daytime->now()), cl.addr, method, path, code, length);
	say(sys->sprint("%s %s %s %d", cl.addr, method, path, code));
	if(r != nil && r.version == "HTTP/0.9"){
		cl.keep = 0;
		return;
	}
	s := sys->sprint("HTTP/1.1 %d %s\r\nDate: %s\r\nServer: Inferno\r\n", code, text, date(daytime->now()));
	if(ctype != nil)
		s += "Content-Type: " + ctype + "\r\n";
	if(length >= big 0)
		s += sys->sprint("Content-Length: %bd\r\n", length);
	else
		cl.keep = 0;
	if(!cl.keep)
		s += "Connection: close\r\n";
	put(cl, array of byte (s + more + "\r\n"));
}

page(cl: ref Client, r: ref Request, code: int, text, more, body: string)
{
	a := array of byte ("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>" + html(text) + "</title></head><body>\n" +
		body + "</body></html>\n");
	head(cl, r, code, text, "text/html; charset=utf-8", big len a, more);
	if(r == nil || r.method != "HEAD")
		put(cl, a);
}

refuse(cl: ref Client, r: ref Request, code: int, text: string)
{
	if(r == nil || code == 400)
		cl.keep = 0;
	page(cl, r, code, text, "", sys->sprint("<h1>%d %s</h1>\n", code, text));
}

moved(cl: ref Client, r: ref Request, where: string)
{
	if(r.query != nil)
		where += r.query;
	page(cl, r, 301, "Moved Permanently", "Location: " + where + "\r\n",
		"<a href=\"" + html(where) + "\">" + html(where) + "</a>\n");
}

listing(cl: ref Client, r: ref Request, path: string)
{
	fd := sys->open(path, Sys->OREAD);
	if(fd == nil){
		refuse(cl, r, 403, "Forbidden");
		return;
	}
	s := "<h1>" + html(path) + "</h1>\n<pre>\n";
	if(path != "/")
		s += "<a href=\"../\">../</a>\n";
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			break;
		for(i := 0; i < n; i++){
			name := d[i].name;
			if(d[i].mode & Sys->DMDIR)
				name += "/";
			s += sys->sprint("<a href=\"%s\">%s</a>\t%bd\t%s\n", escape(name), html(name), d[i].length, date(d[i].mtime));
		}
	}
	page(cl, r, 200, path, "", s + "</pre>\n");
}

types := array[] of {
	(".html", "text/html; charset=utf-8"), (".htm", "text/html; charset=utf-8"), (".txt", "text/plain; charset=utf-8"),
	(".css", "text/css"), (".js", "text/javascript"), (".json", "application/json"), (".xml", "text/xml"),
	(".gif", "image/gif"), (".jpg", "image/jpeg"), (".jpeg", "image/jpeg"), (".png", "image/png"), (".svg", "image/svg+xml"),
	(".ico", "image/x-icon"), (".bit", "image/x-bit"), (".pdf", "application/pdf"), (".ps", "application/postscript"),
	(".gz", "application/gzip"), (".tar", "application/x-tar"), (".zip", "application/zip"), (".wasm", "application/wasm"),
};

ctype(path: string): string
{
	(nil, suffix) := str->splitr(names->basename(path, nil), ".");
	suffix = "." + str->tolower(suffix);
	for(l := suffixes; l != nil; l = tl l)
		if((hd l).t0 == suffix)
			return (hd l).t1;
	for(i := 0; i < len types; i++)
		if(types[i].t0 == suffix)
			return types[i].t1;
	return "application/octet-stream";
}

# bytes=FIRST-LAST of a file of n bytes: first and length, or -1 if it is nothing of the kind, -2 if it lies outside
range(s: string, n: big): (big, big)
{
	if(!str->prefix("bytes=", s) || str->in(',', s))
		return (big -1, big 0);
	(a, b) := str->splitl(s[len "bytes=":], "-");
	if(b == nil)
		return (big -1, big 0);
	b = b[1:];
	first := big 0;
	last := n - big 1;
	if(a == nil){
		(k, rest) := str->tobig(b, 10);
		if(rest != nil || b == nil)
			return (big -1, big 0);
		if(k < n)
			first = n - k;
	}else{
		rest: string;
		(first, rest) = str->tobig(a, 10);
		if(rest != nil)
			return (big -1, big 0);
		if(b != nil){
			k: big;
			(k, rest) = str->tobig(b, 10);
			if(rest != nil)
				return (big -1, big 0);
			if(k < last)
				last = k;
		}
	}
	if(first < big 0 || first > last)
		return (big -2, big 0);
	return (first, last - first + big 1);
}

file(cl: ref Client, r: ref Request, path: string, d: Sys->Dir)
{
	fd := sys->open(path, Sys->OREAD);
	if(fd == nil){
		refuse(cl, r, 403, "Forbidden");
		return;
	}
	etag := sys->sprint("\"%bux-%ux\"", d.qid.path, d.qid.vers);
	more := sys->sprint("Last-Modified: %s\r\nETag: %s\r\nAccept-Ranges: bytes\r\n", date(d.mtime), etag);
	if(r.header("if-none-match") == etag || r.header("if-none-match") == nil && r.header("if-modified-since") == date(d.mtime)){
		head(cl, r, 304, "Not Modified", nil, big 0, more);
		return;
	}
	first := big 0;
	length := d.length;
	code := 200;
	text := "OK";
	if(r.header("range") != nil){
		(a, n) := range(r.header("range"), d.length);
		if(a == big -2){
			page(cl, r, 416, "Range Not Satisfiable", sys->sprint("Content-Range: bytes */%bd\r\n", d.length), "");
			return;
		}
		if(a >= big 0){
			(first, length, code, text) = (a, n, 206, "Partial Content");
			more += sys->sprint("Content-Range: bytes %bd-%bd/%bd\r\n", a, a + n - big 1, d.length);
		}
	}
	# what says that it is empty may have contents all the same
	if(d.length == big 0)
		length = big -1;
	head(cl, r, code, text, ctype(path), length, more);
	if(r.method == "HEAD")
		return;
	buf := array[32*1024] of byte;
	for(off := first; length != big 0;){
		n := len buf;
		if(length > big 0 && length < big n)
			n = int length;
		n = sys->pread(fd, buf, n, off);
		if(n <= 0)
			break;
		put(cl, buf[0:n]);
		off += big n;
		if(length > big 0)
			length -= big n;
	}
	if(length > big 0)
		cl.keep = 0;	# it has become shorter: only the end of the connection tells
}
