implement Wc;

#
# Counts lines, words and characters; see wc(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Wc: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Lines, Words, Chars, Bad, Bytes, Ncount: con iota;

Counts: type array of big;

shown := array[Ncount] of {* => 0};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("wc [-lwcbe] [file ...]");
	any := 0;
	while((o := arg->opt()) != 0){
		case o {
		'l' =>	shown[Lines] = 1;
		'w' =>	shown[Words] = 1;
		'c' =>	shown[Chars] = 1;
		'e' =>	shown[Bad] = 1;
		'b' =>	shown[Bytes] = 1;
		* =>	arg->usage();
		}
		any = 1;
	}
	if(!any)
		shown[Lines] = shown[Words] = shown[Chars] = 1;
	argv = arg->argv();
	if(argv == nil){
		(ok, n) := count(sys->fildes(0), "<stdin>");
		show(n, nil);
		if(!ok)
			raise "fail:error";
		return;
	}
	many := len argv > 1;
	failed := 0;
	total := array[Ncount] of {* => big 0};
	for(; argv != nil; argv = tl argv){
		fd := sys->open(hd argv, Sys->OREAD);
		if(fd == nil){
			sys->fprint(sys->fildes(2), "wc: can't open %s: %r\n", hd argv);
			failed = 1;
			continue;
		}
		(ok, n) := count(fd, hd argv);
		if(!ok)
			failed = 1;
		show(n, hd argv);
		for(i := 0; i < Ncount; i++)
			total[i] += n[i];
	}
	if(many)
		show(total, "total");
	if(failed)
		raise "fail:error";
}

show(n: Counts, name: string)
{
	s := "";
	for(i := 0; i < Ncount; i++)
		if(shown[i]){
			if(s != nil)
				s += " ";
			s += sys->sprint("%7bd", n[i]);
		}
	if(name != nil)
		s += " " + name;
	if(sys->print("%s\n", s) < 0){
		sys->fprint(sys->fildes(2), "wc: write error: %r\n");
		raise "fail:write error";
	}
}

count(fd: ref Sys->FD, name: string): (int, Counts)
{
	n := array[Ncount] of {* => big 0};
	buf := array[32*1024] of byte;
	inword := 0;
	have := 0;	# bytes of buf in use
	for(;;){
		m := sys->read(fd, buf[have:], len buf - have);
		if(m < 0){
			sys->fprint(sys->fildes(2), "wc: error reading %s: %r\n", name);
			return (0, n);
		}
		end := m == 0;
		n[Bytes] += big m;
		if(!shown[Words] && !shown[Chars] && !shown[Bad]){
			if(shown[Lines]){
				k := 0;
				for(j := 0; j < m; j++)
					if(buf[j] == byte '\n')
						k++;
				n[Lines] += big k;
			}
			if(end)
				return (1, n);
			continue;
		}
		have += m;
		i, lines, words, chars, bad: int = 0;
		while(i < have){
			c := int buf[i];
			if(c < 16r80)
				i++;
			else{
				(r, size, ok) := sys->byte2char(buf[0:have], i);
				if(size == 0 && !end)
					break;		# the rest of it is not here yet
				if(size == 0 || !ok){
					bad++;
					if(size == 0)
						size = 1;
				}
				c = r;
				i += size;
			}
			chars++;
			case c {
			'\n' =>
				lines++;
				inword = 0;
			' ' or '\t' or '\r' or '\v' or 16rc =>
				inword = 0;
			* =>
				if(!inword)
					words++;
				inword = 1;
			}
		}
		n[Lines] += big lines;
		n[Words] += big words;
		n[Chars] += big chars;
		n[Bad] += big bad;
		buf[0:] = buf[i:have];
		have -= i;
		if(end)
			return (1, n);
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "wc: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
