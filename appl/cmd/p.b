implement P;

#
# Shows text page by page; see p(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

P: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Shell: module
{
	system:	fn(drawctxt: ref Draw->Context, cmd: string): string;
};

lines := 22;
out, cons: ref Iobuf;
ctxt: ref Draw->Context;
failed: int;

init(c: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	ctxt = c;
	if(argv != nil)
		argv = tl argv;
	if(argv != nil && len hd argv > 1 && (hd argv)[0] == '-'){
		lines = int (hd argv)[1:];
		if(lines <= 0){
			sys->fprint(sys->fildes(2), "usage: p [-number] [file...]\n");
			raise "fail:usage";
		}
		argv = tl argv;
	}
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	cons = bufio->open("/dev/cons", Bufio->OREAD);
	if(cons == nil){
		sys->fprint(sys->fildes(2), "p: can't open /dev/cons: %r\n");
		raise "fail:open";
	}
	if(argv == nil)
		show(bufio->fopen(sys->fildes(0), Bufio->OREAD), "<stdin>");
	for(; argv != nil; argv = tl argv){
		f := bufio->open(hd argv, Bufio->OREAD);
		if(f == nil){
			sys->fprint(sys->fildes(2), "p: can't open %s: %r\n", hd argv);
			failed = 1;
		}else
			show(f, hd argv);
	}
	if(failed)
		raise "fail:errors";
}

show(f: ref Iobuf, name: string)
{
	for(n := 1; (s := f.gets('\n')) != nil; n++){
		page := n % lines == 0;
		if(page && s[len s - 1] == '\n')
			s = s[0:len s - 1];
		out.puts(s);
		if(page){
			out.flush();
			wait();
		}
	}
	if(f.ungetb() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "p: error reading %s: %r\n", name);
		failed = 1;
	}
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "p: write error: %r\n");
		raise "fail:write error";
	}
}

wait()
{
	for(;;){
		s := cons.gets('\n');
		if(s == nil || s[0] == 'q')
			exit;
		if(s[0] != '!')
			return;
		sh := load Shell "/dis/sh.dis";
		if(sh != nil)
			sh->system(ctxt, "{" + s[1:] + "}");
		out.puts("!\n");
		out.flush();
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "p: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
