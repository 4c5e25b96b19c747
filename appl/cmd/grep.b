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

Block: con 64*1024;	# bytes read at a time

lflag, Lflag, nflag, vflag, iflag, sflag: int;
named: int;		# lines are preceded by the name of their file
re: Regex->Re;
out: ref Iobuf;
failed: int;

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
	found := 0;
	named = len argv > 1;
	if(argv == nil)
		found = search(sys->fildes(0), "stdin");
	for(; argv != nil; argv = tl argv){
		fd := sys->open(hd argv, Sys->OREAD);
		if(fd == nil){
			out.flush();
			sys->fprint(sys->fildes(2), "grep: cannot open %s: %r\n", hd argv);
			failed = 1;
		}else
			found |= search(fd, hd argv);
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

# lines are looked at where they stand in a block, as long as none of them is wanted
search(fd: ref Sys->FD, name: string): int
{
	found := 0;
	buf := array[Block] of byte;
	line := 1;
	for(have := 0; have >= 0;){
		n := sys->read(fd, buf[have:], len buf - have);
		last := have + n;
		if(n > 0)
			for(; last > have && buf[last-1] != byte '\n'; last--)
				;
		if(n < 0){
			out.flush();
			sys->fprint(sys->fildes(2), "grep: error reading %s: %r\n", name);
			failed = 1;
		}
		if(n <= 0)
			last = have;
		else if(last == have){
			have += n;
			if(have == len buf)
				buf = larger(buf);
			continue;
		}
		hit: int;
		(hit, line) = block(text(buf[0:last]), line, name);
		found |= hit;
		if(n <= 0 || hit && (lflag || Lflag || sflag))
			break;
		have += n - last;
		buf[0:] = buf[last:last+have];
	}
	if(!sflag && (lflag && found || Lflag && !found))
		out.puts(name + "\n");
	return found;
}

# the conversion leaves off an incomplete character at the end, even with the newline after it: here it is not the end
text(a: array of byte): string
{
	s := string a;
	if(len a == 0 || s != nil && s[len s - 1] == '\n')
		return s;
	b := array[len a + Sys->UTFmax] of {* => byte ' '};
	b[0:] = a;
	s = string b;
	return s[0:len s - Sys->UTFmax];
}

larger(a: array of byte): array of byte
{
	b := array[2*len a] of byte;
	b[0:] = a;
	return b;
}

# whether there is something in the lines of text, of which the first is number n; and the number behind them
block(text: string, n: int, name: string): (int, int)
{
	found := 0;
	s := text;
	if(iflag)
		s = lower(s);
	for(i := 0; i < len s; n++){
		for(end := i; end < len s && s[end] != '\n'; end++)
			;
		start := i;
		i = end + 1;
		if((regex->executese(re, s, (start, end), 1, 1) != nil) == vflag)
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
		out.puts(text[start:end] + "\n");
	}
	return (found, n);
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
