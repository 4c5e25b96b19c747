implement Hostile;

#
# Tries every way it knows to files and commands of the host, and to processes of others. Each that works is a line.
# The argument is a file of the host that must stay out of reach.
#

include "sys.m";
	sys: Sys;
include "draw.m";

Hostile: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

secret: string;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	secret = hd tl argv;
	how := hd tl tl argv;
	case how {
	"inside" =>
		;
	"newns" =>
		sys->chdir("/usr");
		sys->pctl(Sys->NEWNS|Sys->FORKFD, nil);
	"nodevs" =>
		sys->pctl(Sys->FORKNS, nil);
		sys->pctl(Sys->NODEVS, nil);
		devices();
	"user" =>
		sys->fprint(sys->open("/dev/user", Sys->OWRITE), "nobody");
	}
	paths();
	names();
	commands();
	if(how != "inside" && how != "newns")
		others();
	sys->print("done\n");
}

got(how: string)
{
	sys->print("REACHED %s\n", how);
}

reads(name: string)
{
	fd := sys->open(name, Sys->OREAD);
	if(fd != nil && sys->read(fd, buf := array[100] of byte, len buf) > 0 && contains(string buf, "secret"))
		got("file " + name);
}

contains(s, t: string): int
{
	for(i := 0; i + len t <= len s; i++)
		if(s[i:i+len t] == t)
			return 1;
	return 0;
}

ups(n: int): string
{
	s := "";
	while(n-- > 0)
		s += "../";
	return s;
}

paths()
{
	for(l := list of {"#U*", "#U/*", "#U", "#*fs!*", "#*fs", "#*fs!", "#U/../..", "/", "", "/n/..", "#/", "#e", "#c", "#p/1/..", "#|", "#s", "/dev/..", "/fd/0", "#d"}; l != nil; l = tl l){
		reads(hd l + secret);
		reads(hd l + "/" + secret);
		for(n := 1; n < 12; n += 5)
			reads(hd l + "/" + ups(n) + secret);
		# from a directory
		if(sys->chdir(hd l) >= 0){
			reads(ups(10) + secret[1:]);
			reads("." + secret);
		}
		if(sys->bind(hd l, "/n", Sys->MREPL) > 0){
			reads("/n" + secret);
			reads("/n/" + ups(10) + secret[1:]);
		}
		sys->chdir("/");
	}
}

# names that might become something else on the host
names()
{
	slash := "";
	slash[0] = 16rEF2F;
	nul := "";
	nul[0] = 16rEF00;
	over := "";
	over[0] = 16rEFC0;
	over[1] = 16rEFAF;
	for(l := list of {slash, nul, over, "\\", "\u002f", "%2f", "\u0000"}; l != nil; l = tl l){
		s := "#U";
		for(i := 0; i < 12; i++)
			s += "/.." + hd l + "..";
		reads(s + secret);
		s = "#U/tmp/";
		for(i = 0; i < 12; i++)
			s += ".." + hd l;
		reads(s + secret[1:]);
		for(i = 0; i < len secret; i++)
			if(secret[i] == '/')
				s += hd l;
			else
				s[len s] = secret[i];
		reads(s);
	}
	# creating and renaming
	for(m := list of {"../escaped", "a/../../../escaped", ".." + slash + "escaped", "..", "."}; m != nil; m = tl m){
		sys->create("#U/tmp/" + hd m, Sys->OWRITE, 8r666);
		sys->create("#U/tmp/mine", Sys->OWRITE, 8r666);
		d := sys->nulldir;
		d.name = hd m;
		if(sys->wstat("#U/tmp/mine", d) == 0 && hd m != ".." + slash + "escaped")
			got("rename to " + hd m);
	}
}

commands()
{
	for(l := list of {"#C/cmd/clone", "#*cmd/cmd/clone", "#*cmd!/cmd/clone", "/cmd/clone"}; l != nil; l = tl l){
		fd := sys->open(hd l, Sys->ORDWR);
		if(fd != nil && sys->fprint(fd, "exec true") > 0)
			got("command " + hd l);
	}
	if(sys->bind("#C", "/n", Sys->MREPL) > 0)
		got("bind of #C");
}

devices()
{
	for(c := 1; c < 16r400; c++){
		name := "#";
		name[1] = c;
		allowed := c == '|' || c == 'e' || c == 's' || c == 'D' || c == 'a';
		if(!allowed && sys->open(name, Sys->OREAD) != nil)
			got(name);
		if(sys->open(name + "x", Sys->OREAD) != nil)
			got(name + "x");
		if(!allowed && sys->bind(name, "/n", Sys->MREPL) > 0)
			got("bind " + name);
	}
	reads("#U" + secret);
}

# process 1 belongs to the host owner
others()
{
	for(l := list of {"/prog/1/ctl", "#p/1/ctl", "#*prog/1/ctl"}; l != nil; l = tl l)
		if((fd := sys->open(hd l, Sys->OWRITE)) != nil && sys->fprint(fd, "nonsense") > 0)
			got(hd l);
	for(l = list of {"dbgctl", "heap"}; l != nil; l = tl l)
		if(sys->open("#p/1/" + hd l, Sys->ORDWR) != nil)
			got("1/" + hd l);
	for(l = list of {"hostowner", "user", "sysname", "time", "sysctl"}; l != nil; l = tl l)
		if((cfd := sys->open("#c/" + hd l, Sys->OWRITE)) != nil && sys->fprint(cfd, "12345") > 0)
			got("write of " + hd l);
	(ok, d) := sys->stat("#p/1/status");
	if(ok == 0){
		d = sys->nulldir;
		d.mode = 8r777;
		if(sys->wstat("#p/1/status", d) == 0)
			got("mode of /prog/1");
	}
}
