implement Md5sum;

#
# Prints MD5 digests of files; see md5sum(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "keyring.m";
	kr: Keyring;

Md5sum: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

failed: int;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	if(kr == nil)
		nomod(Keyring->PATH);
	if(argv != nil)
		argv = tl argv;
	s: string;
	if(argv == nil && (s = digest(sys->fildes(0), "<stdin>")) != nil)
		put(s);
	for(; argv != nil; argv = tl argv){
		fd := sys->open(hd argv, Sys->OREAD);
		if(fd == nil){
			sys->fprint(sys->fildes(2), "md5sum: cannot open %s: %r\n", hd argv);
			failed = 1;
			continue;
		}
		s = digest(fd, hd argv);
		if(s != nil)
			put(s + "\t" + hd argv);
	}
	if(failed)
		raise "fail:error";
}

put(s: string)
{
	if(sys->print("%s\n", s) < 0){
		sys->fprint(sys->fildes(2), "md5sum: write error: %r\n");
		raise "fail:write error";
	}
}

digest(fd: ref Sys->FD, name: string): string
{
	state: ref Keyring->DigestState;
	buf := array[32*1024] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		state = kr->md5(buf, n, nil, state);
	if(n < 0){
		sys->fprint(sys->fildes(2), "md5sum: error reading %s: %r\n", name);
		failed = 1;
		return nil;
	}
	sum := array[Keyring->MD5dlen] of byte;
	kr->md5(buf, 0, sum, state);
	s := "";
	for(i := 0; i < len sum; i++)
		s += sys->sprint("%.2x", int sum[i]);
	return s;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "md5sum: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
