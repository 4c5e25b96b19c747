implement Ns;

#
# Prints the commands that make a name space; see ns(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Ns: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

raw: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	arg->init(argv);
	arg->setusage("ns [-r] [pid]");
	while((o := arg->opt()) != 0)
		case o {
		'r' =>	raw = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	pid := string sys->pctl(0, nil);
	if(argv != nil){
		pid = hd argv;
		if(tl argv != nil)
			arg->usage();
	}
	file := "/prog/" + pid + "/ns";
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil){
		sys->fprint(sys->fildes(2), "ns: can't open %s: %r\n", file);
		raise "fail:open";
	}
	buf := array[8192] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){	# a line at a time
		s := string buf[0:n];
		for(rest := s; rest != nil;){
			line: string;
			(line, rest) = str->splitl(rest, "\n");
			rest = str->drop(rest, "\n");
			if(line != nil)
				sys->print("%s\n", command(line));
		}
	}
	if(n < 0){
		sys->fprint(sys->fildes(2), "ns: error reading %s: %r\n", file);
		raise "fail:error";
	}
}

# OP FLAGS FROM ON [SPEC], with a field empty between single blanks
command(line: string): string
{
	f := str->unquoted(line);
	if(f == nil)
		return line;
	op := hd f;
	f = tl f;
	s := op;
	if(op == "cd"){
		if(f != nil)
			s += " " + quote(hd f);
		return s;
	}
	if(len line > len op + 1 && line[len op + 1] != ' ' && f != nil){
		s += " " + hd f;
		f = tl f;
	}
	if(f == nil)
		return line;
	from := hd f;
	f = tl f;
	if(op == "mount" && !raw)
		from = address(from);
	s += " " + quote(device(from));
	for(; f != nil; f = tl f)
		s += " " + quote(hd f);
	return s;
}

# names of the root device and of host files as they are seen
device(s: string): string
{
	if(len s > 2 && (s[0:2] == "#/" || s[0:2] == "#U"))
		s = s[2:];
	return s;
}

quote(s: string): string
{
	q := s == nil;
	r := "";
	for(i := 0; i < len s; i++){
		if(str->in(s[i], "'#$\\ \t"))
			q = 1;
		r[len r] = s[i];
		if(s[i] == '\'')
			r[len r] = '\'';
	}
	if(q)
		return "'" + r + "'";
	return s;
}

# tcp!host!port instead of a network's data file
address(file: string): string
{
	(n, l) := sys->tokenize(file, "/");
	if(n < 4)
		return file;
	while(len l > 3)
		l = tl l;
	if(hd tl tl l != "data" || str->drop(hd tl l, "0-9") != nil)
		return file;
	fd := sys->open(file[0:len file - len "data"] + "remote", Sys->OREAD);
	buf := array[256] of byte;
	if(fd == nil || (n = sys->read(fd, buf, len buf)) <= 0)
		return file;
	return hd l + "!" + str->splitl(string buf[0:n], "\n").t0;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ns: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
