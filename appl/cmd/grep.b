implement Grep;

#
# Prints lines that match a regular expression; see grep(1) and regexp(6).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "regex.m";
	regex: Regex;

Grep: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

lflag, Lflag, nflag, vflag, iflag, sflag: int;
named: int;		# lines are preceded by the name of their file
re: Regex->Re;
out: ref Iobuf;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		nomod(Regex->PATH);
	arg->init(argv);
	arg->setusage("grep [-lnviLs] pattern [file...]");
	while((o := arg->opt()) != 0)
		case o {
		'l' =>	lflag = 1;
		'L' =>	Lflag = 1;
		'n' =>	nflag = 1;
		'v' =>	vflag = 1;
		'i' =>	iflag = 1;
		's' =>	sflag = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(argv == nil)
		arg->usage();
	pattern := hd argv;
	argv = tl argv;
	if(iflag)
		pattern = lowerpattern(pattern);
	err: string;
	(re, err) = regex->compile(pattern, 0);
	if(re == nil){
		sys->fprint(sys->fildes(2), "grep: %s\n", err);
		raise "fail:bad regex";
	}
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	found, failed: int = 0;
	named = len argv > 1;
	if(argv == nil)
		found = search(bufio->fopen(sys->fildes(0), Bufio->OREAD), "stdin");
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "grep: cannot open %s: %r\n", hd argv);
			failed = 1;
		}else
			found |= search(f, hd argv);
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "grep: write error: %r\n");
		raise "fail:write error";
	}
	if(!found)
		raise "fail:no matches";
	if(failed)
		raise "fail:errors";
}

search(f: ref Iobuf, name: string): int
{
	found := 0;
	for(n := 1; (line := f.gets('\n')) != nil; n++){
		end := len line;
		if(line[end-1] == '\n')
			end--;
		s := line;
		if(iflag)
			s = lower(s);
		if((regex->executese(re, s, (0, end), 1, 1) != nil) == vflag)
			continue;
		found = 1;
		if(lflag || Lflag || sflag)
			break;
		if(named)
			out.puts(name + ":");
		if(nflag)
			out.puts(string n + ":");
		if(named)
			out.putc(' ');
		out.puts(line);
		if(end == len line)
			out.putc('\n');
	}
	if(!sflag && (lflag && found || Lflag && !found))
		out.puts(name + "\n");
	return found;
}

lower(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] >= 'A' && s[i] <= 'Z')
			s[i] += 'a' - 'A';
	return s;
}

# \N is the letter, \n would be a newline
lowerpattern(s: string): string
{
	r := "";
	for(i := 0; i < len s; i++){
		if(s[i] == '\\' && i+1 < len s){
			i++;
			if(s[i] != 'N')
				r += "\\";
		}
		r += lower(s[i:i+1]);
	}
	return r;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "grep: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
