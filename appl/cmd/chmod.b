implement Chmod;

#
# Changes permissions of files; see chmod(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "string.m";
	str: String;

Chmod: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

USAGE: con "usage: chmod [8r]777 file ... or chmod [augo][+-=][rwxal] file ...\n";
SPECIAL: con Sys->DMAPPEND | Sys->DMEXCL | Sys->DMTMP;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	if(argv != nil && hd argv == "--")
		argv = tl argv;
	if(len argv < 2)
		usage();
	(ok, mask, mode) := parse(hd argv);
	if(!ok){
		sys->fprint(sys->fildes(2), "chmod: bad mode '%s'\n", hd argv);
		usage();
	}
	failed := 0;
	for(argv = tl argv; argv != nil; argv = tl argv){
		what := "stat";
		(sok, d) := sys->stat(hd argv);
		if(sok >= 0){
			nd := Sys->nulldir;
			nd.mode = d.mode & ~mask | mode & mask;
			if(sys->wstat(hd argv, nd) >= 0)
				continue;
			what = "wstat";
		}
		sys->fprint(sys->fildes(2), "chmod: cannot %s %s: %r\n", what, hd argv);
		failed = 1;
	}
	if(failed)
		raise "fail:error";
}

usage()
{
	sys->fprint(sys->fildes(2), "%s", USAGE);
	raise "fail:usage";
}

# (whether it is a mode, the bits it concerns, their values)
parse(s: string): (int, int, int)
{
	octal := s;
	if(str->prefix("8r", s))
		octal = s[2:];
	digits := str->drop(octal, "0");
	if(octal != "" && len digits <= 3 && str->drop(digits, "0-7") == "")
		return (1, 8r777, str->toint(digits, 8).t0);

	(who, perm) := str->splitl(s, "-+=");
	if(perm == "" || str->drop(who, "augo") != "" || str->drop(perm[1:], "rwxalt") != "")
		return (0, 0, 0);
	users := 0;
	if(who == "")
		users = 8r777;
	for(i := 0; i < len who; i++)
		case who[i] {
		'a' =>	users |= 8r777;
		'u' =>	users |= 8r700;
		'g' =>	users |= 8r070;
		'o' =>	users |= 8r007;
		}
	bits := 0;
	for(i = 1; i < len perm; i++)
		case perm[i] {
		'r' =>	bits |= users & 8r444;
		'w' =>	bits |= users & 8r222;
		'x' =>	bits |= users & 8r111;
		'a' =>	bits |= Sys->DMAPPEND;
		'l' =>	bits |= Sys->DMEXCL;
		't' =>	bits |= Sys->DMTMP;
		}
	case perm[0] {
	'+' =>
		return (1, bits, bits);
	'-' =>
		return (1, bits, 0);
	}
	if(users == 8r777)
		users |= SPECIAL;
	return (1, users | bits, bits);
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "chmod: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
