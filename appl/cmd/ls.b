implement Ls;

#
# Lists files and directories; see ls(1).
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

include "readdir.m";
	readdir: Readdir;

include "names.m";
	names: Names;

Ls: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Dir: import Sys;

aflag, cflag, dflag, eflag, Fflag, kflag, lflag, mflag, pflag, qflag, Tflag, uflag: int;
key := Readdir->NAME;
reverse: int;
now: int;
failed: int;
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
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	readdir = load Readdir Readdir->PATH;
	if(readdir == nil)
		nomod(Readdir->PATH);
	names = load Names Names->PATH;
	if(names == nil)
		nomod(Names->PATH);
	arg->init(argv);
	arg->setusage("ls [-delmnpqrstucFT] [files]");
	while((o := arg->opt()) != 0)
		case o {
		'c' =>	cflag = Readdir->COMPACT;
		'd' =>	dflag = 1;
		'e' =>	eflag = 1;
		'F' =>	Fflag = 1;
		'k' =>	kflag = 1;
		'l' =>	lflag = 1;
		'm' =>	mflag = 1;
		'n' =>	key = Readdir->NONE;
		'p' =>	pflag = 1;
		'q' =>	qflag = 1;
		'r' =>	reverse = Readdir->DESCENDING;
		's' =>	key = Readdir->SIZE;
		't' =>	key = Readdir->MTIME;
		'T' =>	Tflag = 1;
		'u' =>	uflag = 1;
		* =>	arg->usage();
		}
	argv = arg->argv();
	arg = nil;
	if(uflag && key == Readdir->MTIME)
		key = Readdir->ATIME;
	now = daytime->now();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);

	if(argv == nil){
		if(dflag)
			argv = "." :: nil;
		else
			directory(".", "");
	}
	files: list of ref Dir;
	for(; argv != nil; argv = tl argv){
		name := hd argv;
		(ok, d) := sys->stat(name);
		if(ok < 0)
			error(name);
		else if(d.mode & Sys->DMDIR && !dflag){
			collected(files);
			files = nil;
			prefix := name;
			if(name != "" && name[len name - 1] != '/')
				prefix += "/";
			directory(name, prefix);
		}else{
			d.name = name;
			if(pflag)
				d.name = lastname(name);
			files = ref d :: files;
		}
	}
	collected(files);
	if(out.flush() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "ls: write error: %r\n");
		failed = 1;
	}
	if(failed)
		raise "fail:errors";
}

error(name: string)
{
	out.flush();
	sys->fprint(sys->fildes(2), "ls: %s: %r\n", name);
	failed = 1;
}

lastname(name: string): string
{
	s := names->basename(name, nil);
	if(s == nil)
		return name;
	return s;
}

directory(name, prefix: string)
{
	(d, n) := readdir->init(name, key | reverse | cflag);
	if(n < 0){
		error(name);
		return;
	}
	if(!pflag)
		for(i := 0; i < n; i++)
			d[i].name = prefix + d[i].name;
	show(d[0:n]);
}

# files named by arguments, the last one first in the list
collected(l: list of ref Dir)
{
	a := array[len l] of ref Dir;
	for(i := len a; --i >= 0; l = tl l)
		a[i] = hd l;
	readdir->sortdir(a, key | reverse);
	show(a);
}

# widths of the columns
Wsize, Wdev, Wuid, Wgid, Wlength, Wvers, Wmuid, Nwidth: con iota;

show(a: array of ref Dir)
{
	w := array[Nwidth] of {* => 0};
	wide := lflag || kflag || mflag || qflag;
	for(i := 0; wide && i < len a; i++){
		d := a[i];
		widen(w, Wsize, string kilo(d));
		widen(w, Wdev, string d.dev);
		widen(w, Wuid, d.uid);
		widen(w, Wgid, d.gid);
		widen(w, Wlength, string d.length);
		widen(w, Wvers, string d.qid.vers);
		widen(w, Wmuid, d.muid);
	}
	for(i = 0; i < len a; i++)
		line(a[i], w);
}

widen(w: array of int, col: int, s: string)
{
	if(len s > w[col])
		w[col] = len s;
}

kilo(d: ref Dir): big
{
	return (d.length + big 1023) / big 1024;
}

line(d: ref Dir, w: array of int)
{
	s := "";
	if(kflag)
		s += sys->sprint("%*bd ", w[Wsize], kilo(d));
	if(mflag)
		s += sys->sprint("[%*s] ", -w[Wmuid], d.muid);
	if(qflag)
		s += sys->sprint("(%.16bux %*ud %.2ux) ", d.qid.path, w[Wvers], d.qid.vers, d.qid.qtype);
	if(Tflag){
		if(d.mode & Sys->DMTMP)
			s += "t ";
		else
			s += "- ";
	}
	if(lflag){
		t := d.mtime;
		if(uflag)
			t = d.atime;
		s += sys->sprint("%s %c %*d %*s %*s %*bd ", mode(d.mode), d.dtype, w[Wdev], d.dev,
			-w[Wuid], d.uid, -w[Wgid], d.gid, w[Wlength], d.length);
		if(eflag)
			s += sys->sprint("%ud ", t);
		else
			s += daytime->filet(now, t) + " ";
	}
	s += d.name;
	if(Fflag){
		if(d.mode & Sys->DMDIR)
			s += "/";
		else if(d.mode & 8r111)
			s += "*";
	}
	out.puts(s + "\n");
}

mode(m: int): string
{
	s := "-";
	if(m & Sys->DMDIR)
		s = "d";
	else if(m & Sys->DMAPPEND)
		s = "a";
	else if(m & Sys->DMAUTH)
		s = "A";
	if(m & Sys->DMEXCL)
		s += "l";
	else
		s += "-";
	bits := "rwxrwxrwx";
	for(i := 0; i < len bits; i++)
		if(m & (8r400 >> i))
			s[len s] = bits[i];
		else
			s[len s] = '-';
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "ls: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
