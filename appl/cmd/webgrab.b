implement Webgrab;

#
# Fetches a page of the web and its parts; see webgrab(1).
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

include "tls.m";

include "url.m";
	url: Url;
	ParsedUrl: import url;

Webgrab: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

MAXMOVED: con 10;

Response: adt
{
	code:	int;
	text:	string;		# of the status line
	ctype:	string;
	body:	ref Iobuf;
	length:	big;		# -1: up to the end of the connection
	chunked:	int;
	base:	ref ParsedUrl;	# where it came from in the end
};

verbose, raw: int;
proxy: string;
noproxy: list of string;
created: list of (string, string);	# absolute address and file of the parts

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
	url = load Url Url->PATH;
	if(url == nil)
		nomod(Url->PATH);
	url->init();
	arg->init(argv);
	arg->setusage("webgrab [-r] [-v[v]] [-p postbody] [-o stem] url");
	post, stem: string;
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	raw = 1;
		'v' =>	verbose++;
		'p' =>	post = arg->earg();
		'o' =>	stem = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	config("/services/webget/config");
	u := address(hd argv);
	r := fetch(u, post);
	if(r.code < 200 || r.code > 299)
		fail(sys->sprint("%s: %d %s", u.tostring(), r.code, r.text));
	if(stem == "-"){
		copybody(r, sys->fildes(1), "standard output");
		return;
	}
	name: string;
	if(stem != nil)
		name = stem + suffix(r.ctype, u);
	else{
		stem = lastname(u);
		name = stem;
		if(name == nil){
			stem = "index";
			name = stem + suffix(r.ctype, u);
		}else if(str->splitr(stem, ".").t0 == nil)
			name += suffix(r.ctype, u);
		else
			stem = str->splitr(stem, ".").t0[0:len str->splitr(stem, ".").t0 - 1];
	}
	if(raw || !ishtml(r.ctype))
		save(r, name);
	else
		page(r, stem, name);
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "%s\n", s);
	raise "fail:error";
}

say(s: string)
{
	if(verbose)
		sys->fprint(sys->fildes(2), "%s\n", s);
}

# lines: httpproxy host[:port] and noproxy host...
config(file: string)
{
	f := bufio->open(file, Bufio->OREAD);
	if(f == nil)
		return;
	while((s := f.gets('\n')) != nil){
		(n, l) := sys->tokenize(s, " \t\r\n");
		if(n < 2 || (hd l)[0] == '#')
			continue;
		case hd l {
		"httpproxy" =>
			proxy = hd tl l;
		"noproxy" or "noproxydoms" =>
			for(l = tl l; l != nil; l = tl l)
				noproxy = hd l :: noproxy;
		}
	}
}

address(s: string): ref ParsedUrl
{
	u := url->makeurl(s);
	if(u.scheme == Url->NOSCHEME)
		u = url->makeurl("http://" + s);
	u.frag = nil;
	return u;
}

ishtml(ctype: string): int
{
	return str->prefix("text/html", ctype) || str->prefix("application/xhtml", ctype);
}

suffix(ctype: string, u: ref ParsedUrl): string
{
	case str->splitl(ctype, "; \t").t0 {
	"text/html" or "application/xhtml+xml" =>	return ".html";
	"text/plain" =>		return ".txt";
	"text/css" =>		return ".css";
	"image/gif" =>		return ".gif";
	"image/jpeg" =>		return ".jpg";
	"image/png" =>		return ".png";
	"image/x-bit" =>	return ".bit";
	"application/pdf" =>	return ".pdf";
	"application/postscript" =>	return ".ps";
	"application/json" =>	return ".json";
	"application/javascript" or "text/javascript" =>	return ".js";
	}
	(nil, ext) := str->splitr(lastname(u), ".");
	if(ext != nil && len ext <= 5 && len ext < len lastname(u))
		return "." + ext;
	return "";
}

# the last element of the path, as a file name
lastname(u: ref ParsedUrl): string
{
	s := str->splitr(u.path, "/").t1;
	if(s == "." || s == "..")
		return "";
	return s;
}

#
# requests
#

fetch(u: ref ParsedUrl, post: string): ref Response
{
	for(n := 0; n < MAXMOVED; n++){
		(r, where) := request(u, post);
		if(where == nil)
			return r;
		next := url->makeurl(where);
		next.makeabsolute(u);
		next.frag = nil;
		say("moved to " + next.tostring());
		u = next;
		if(r.code == 303 || r.code == 302)
			post = nil;
	}
	fail(u.tostring() + ": moved too often");
	return nil;
}

useproxy(host: string): int
{
	if(proxy == nil)
		return 0;
	for(l := noproxy; l != nil; l = tl l)
		if(host == hd l || len host > len hd l && host[len host - len hd l:] == hd l)
			return 0;
	return 1;
}

# the answer, or where it has gone
request(u: ref ParsedUrl, post: string): (ref Response, string)
{
	secure := u.scheme == Url->HTTPS;
	if(u.scheme != Url->HTTP && !secure || u.host == nil)
		fail(u.tostring() + ": not an http address");
	port := u.port;
	if(port == nil && secure)
		port = "443";
	if(port == nil)
		port = "80";
	addr := "tcp!" + u.host + "!" + port;
	path := u.pstart + u.path;
	if(path == nil || path[0] != '/')
		path = "/" + path;
	if(u.query != nil)
		path += "?" + u.query;
	hostport := u.host;
	if(u.port != nil)
		hostport += ":" + u.port;
	proxied := useproxy(u.host);
	if(proxied){
		if(!secure)
			path = "http://" + hostport + path;
		(h, p) := str->splitl(proxy, ":");
		if(p == nil)
			p = ":80";
		addr = "tcp!" + h + "!" + p[1:];
	}
	say("connecting to " + addr);
	c := dial->dial(addr, nil);
	if(c == nil)
		fail(sys->sprint("can't dial %s: %r", addr));
	if(secure){
		if(proxied)
			tunnel(c.dfd, u.host + ":" + port, addr);
		tls := load Tls Tls->PATH;
		if(tls == nil)
			nomod(Tls->PATH);
		(fd, err) := tls->client(c.dfd, u.host);
		if(fd == nil)
			fail(u.tostring() + ": " + err);
		c.dfd = fd;
	}
	body := array of byte post;
	method := "GET";
	if(post != nil)
		method = "POST";
	s := sys->sprint("%s %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: webgrab\r\nAccept: */*\r\n", method, escape(path), hostport);
	if(post != nil)
		s += sys->sprint("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len body);
	s += "Connection: close\r\n\r\n";
	if(verbose > 1)
		sys->fprint(sys->fildes(2), "%s", s);
	if(sys->fprint(c.dfd, "%s", s) < 0 || len body > 0 && sys->write(c.dfd, body, len body) != len body)
		fail(sys->sprint("can't write to %s: %r", addr));
	f := bufio->fopen(c.dfd, Bufio->OREAD);
	r := ref Response(0, nil, nil, f, big -1, 0, u);
	line := header(f, addr);
	(n, l) := sys->tokenize(line, " \t");
	if(n < 2 || !str->prefix("HTTP/", line))
		fail(addr + ": not an answer of HTTP: " + line);
	r.code = int hd tl l;
	for(l = tl tl l; l != nil; l = tl l)
		r.text += " " + hd l;
	if(r.text != nil)
		r.text = r.text[1:];
	where: string;
	while((line = header(f, addr)) != nil){
		(name, val) := str->splitl(line, ":");
		if(val == nil)
			continue;
		val = str->drop(val[1:], " \t");
		case str->tolower(name) {
		"content-type" =>
			r.ctype = str->tolower(val);
		"content-length" =>
			r.length = big val;
		"transfer-encoding" =>
			r.chunked = str->tolower(val) == "chunked";
		"location" =>
			where = val;
		}
	}
	case r.code {
	301 or 302 or 303 or 307 or 308 =>
		return (r, where);
	}
	return (r, nil);
}

# asks a proxy for a connection; its answer is read by bytes, for what follows is no more the proxy's
tunnel(fd: ref Sys->FD, hostport, addr: string)
{
	if(sys->fprint(fd, "CONNECT %s HTTP/1.0\r\nHost: %s\r\n\r\n", hostport, hostport) < 0)
		fail(sys->sprint("can't write to %s: %r", addr));
	s := "";
	b := array[1] of byte;
	while(len s < 4 || s[len s - 4:] != "\r\n\r\n"){
		if(len s > 8192 || sys->read(fd, b, 1) != 1)
			fail(addr + ": no connection to " + hostport);
		s[len s] = int b[0];
	}
	(n, l) := sys->tokenize(s, " ");
	if(n < 2 || len hd tl l != 3 || (hd tl l)[0] != '2')
		fail(addr + ": no connection to " + hostport + ": " + str->splitl(s, "\r\n").t0);
}

escape(s: string): string
{
	r := "";
	a := array of byte s;
	for(i := 0; i < len a; i++){
		c := int a[i];
		if(c <= ' ' || c >= 16r7f || c == '"' || c == '<' || c == '>')
			r += sys->sprint("%%%.2X", c);
		else
			r[len r] = c;
	}
	return r;
}

header(f: ref Iobuf, addr: string): string
{
	s := f.gets('\n');
	if(s == nil)
		fail(addr + ": connection closed");
	while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
		s = s[0:len s - 1];
	if(verbose > 1)
		sys->fprint(sys->fildes(2), "%s\n", s);
	return s;
}

#
# contents
#

# bytes that were written
copybody(r: ref Response, fd: ref Sys->FD, name: string): big
{
	total := big 0;
	buf := array[8192] of byte;
	left := r.length;
	for(;;){
		if(r.chunked && left <= big 0){
			if(left == big 0 && total > big 0)
				r.body.gets('\n');	# after the data of a chunk
			s := r.body.gets('\n');
			rest: string;
			(left, rest) = str->tobig(s, 16);
			if(s == nil || left <= big 0)
				return total;
		}
		n := len buf;
		if(left >= big 0 && left < big n)
			n = int left;
		if(n == 0)
			return total;
		n = r.body.read(buf, n);
		if(n < 0)
			fail(sys->sprint("%s: read error: %r", r.base.tostring()));
		if(n == 0){
			if(left > big 0)
				fail(sys->sprint("%s: %bd bytes are missing", r.base.tostring(), left));
			return total;
		}
		if(sys->write(fd, buf, n) != n)
			fail(sys->sprint("error writing %s: %r", name));
		total += big n;
		if(left > big 0)
			left -= big n;
	}
}

create(name: string): ref Sys->FD
{
	fd := sys->create(name, Sys->OWRITE, 8r666);
	if(fd == nil)
		fail(sys->sprint("can't create %s: %r", name));
	return fd;
}

save(r: ref Response, name: string)
{
	n := copybody(r, create(name), name);
	sys->fprint(sys->fildes(2), "created %s, %bd bytes\n", name, n);
}

# a page whose parts are fetched too, with their files instead of their addresses
page(r: ref Response, stem, name: string)
{
	fd := create(name);
	copybody(r, fd, name);
	fd = nil;
	f := bufio->open(name, Bufio->OREAD);
	if(f == nil)
		fail(sys->sprint("can't open %s: %r", name));
	text := "";
	while((s := f.gets('\n')) != nil)
		text += s;
	f.close();
	new := "";
	at := 0;
	for(i := 0; i < len text; i++){
		if(text[i] != '<')
			continue;
		(start, end) := part(text, i + 1);
		if(start < 0)
			continue;
		file := fetchpart(text[start:end], r.base, stem);
		if(file != nil){
			new += text[at:start] + file;
			at = end;
		}
		i = end - 1;
	}
	if(at > 0){
		new += text[at:];
		a := array of byte new;
		fd = create(name);
		if(sys->write(fd, a, len a) != len a)
			fail(sys->sprint("error writing %s: %r", name));
	}
	(nil, d) := sys->stat(name);
	sys->fprint(sys->fildes(2), "created %s, %bd bytes\n", name, d.length);
}

# where the address of an image or frame stands in the tag at i
part(s: string, i: int): (int, int)
{
	start := i;
	while(i < len s && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z'))
		i++;
	want: string;
	case str->tolower(s[start:i]) {
	"img" or "frame" or "iframe" or "input" =>
		want = "src";
	"body" =>
		want = "background";
	* =>
		return (-1, -1);
	}
	while(i < len s && s[i] != '>'){
		while(i < len s && str->in(s[i], " \t\r\n/"))
			i++;
		start = i;
		while(i < len s && !str->in(s[i], " \t\r\n=>"))
			i++;
		name := str->tolower(s[start:i]);
		while(i < len s && str->in(s[i], " \t\r\n"))
			i++;
		if(i >= len s || s[i] != '=')
			continue;
		i++;
		while(i < len s && str->in(s[i], " \t\r\n"))
			i++;
		if(i >= len s)
			break;
		q := s[i];
		if(q == '"' || q == '\''){
			start = ++i;
			while(i < len s && s[i] != q)
				i++;
		}else{
			start = i;
			while(i < len s && !str->in(s[i], " \t\r\n>"))
				i++;
		}
		if(name == want && i > start)
			return (start, i);
		if(i < len s && s[i] == q)
			i++;
	}
	return (-1, -1);
}

fetchpart(ref0: string, base: ref ParsedUrl, stem: string): string
{
	u := url->makeurl(ref0);
	u.makeabsolute(base);
	u.frag = nil;
	if(u.scheme != Url->HTTP && u.scheme != Url->HTTPS)
		return nil;
	key := u.tostring();
	for(l := created; l != nil; l = tl l)
		if((hd l).t0 == key)
			return (hd l).t1;
	file: string;
	{
		r := fetch(u, nil);
		if(r.code >= 200 && r.code <= 299){
			file = sys->sprint("%s_%d%s", stem, len created + 1, suffix(r.ctype, u));
			save(r, file);
		}else
			sys->fprint(sys->fildes(2), "%s: %d %s\n", key, r.code, r.text);
	}exception{
	"fail:*" =>
		file = nil;	# the page is good without it
	}
	if(file != nil)
		created = (key, file) :: created;
	return file;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "webgrab: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
