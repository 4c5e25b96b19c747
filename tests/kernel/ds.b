# disks made of files
implement Ds;

include "sys.m";
	sys: Sys;
include "draw.m";

Ds: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->NEWENV, nil);
	for(i := 0; i < 3; i++)
		make(string i, 20000 + 10000 * i, 'a' + i);
	ctl("");
	ctl("nonsense");
	ctl("part p #e/0 10");
	ctl("cat c");
	ctl("cat c 1 2 3 4 5 6 7 8 9");
	ctl("cat c #e/none");
	ctl("part p #e/0 x 10");
	ctl("part p #e/0 20001 10");
	ctl("cat ctl #e/0");
	ctl("cat a/b #e/0");
	ctl("mirror m #e/0 #e/1");
	ctl("cat c #e/0 #e/1 #e/2");
	ctl("inter i #e/0 #e/1 #e/2");
	ctl("part p #e/1 100 50");
	ctl("part q '#e/1' 29990 1000");
	ctl("cat c #e/0");
	sys->print("%s", text("#k/ds/ctl"));
	for(l := list of {"m", "c", "i", "p", "q"}; l != nil; l = tl l){
		(nil, d) := sys->stat("#k/ds/" + hd l);
		sys->print("%s %bd %uo\n", d.name, d.length, d.mode);
	}
	fd := sys->open("#k/ds/c", Sys->ORDWR);
	at(fd, 19990, 20);
	at(fd, 49995, 10);
	at(fd, 89995, 100);
	at(fd, 90000, 1);
	sys->print("write %d", sys->pwrite(fd, array of byte "XXXX", 4, big 19998));
	sys->print(" %d\n", sys->pwrite(fd, array of byte "XXXX", 4, big 90000));
	at(fd, 19990, 20);
	at(sys->open("#e/1", Sys->OREAD), 0, 5);
	fd = sys->open("#k/ds/i", Sys->ORDWR);
	at(fd, 8187, 10);
	at(fd, 3*8192-5, 10);
	sys->pwrite(fd, array of byte "YYYY", 4, big (3*8192-2));
	at(sys->open("#e/0", Sys->OREAD), 8190, 6);
	at(sys->open("#e/2", Sys->OREAD), 8188, 6);
	fd = sys->open("#k/ds/m", Sys->ORDWR);
	sys->pwrite(fd, array of byte "ZZ", 2, big 7);
	at(sys->open("#e/0", Sys->OREAD), 5, 6);
	at(sys->open("#e/1", Sys->OREAD), 5, 6);
	fd = sys->open("#k/ds/p", Sys->ORDWR);
	sys->print("part %d\n", sys->pwrite(fd, array[100] of {* => byte 'P'}, 100, big 45));
	at(sys->open("#e/1", Sys->OREAD), 143, 10);
	ctl("del p");
	ctl("del p");
	at(fd, 40, 20);
	if(sys->open("#k/ds/p", Sys->OREAD) == nil)
		sys->print("%r\n");
	ctl("clear");
	sys->print("<%s>\n", text("#k/ds/ctl"));
}

make(name: string, n, c: int)
{
	fd := sys->create("#e/" + name, Sys->OWRITE, 8r666);
	sys->write(fd, array[n] of {* => byte c}, n);
}

ctl(s: string)
{
	fd := sys->open("#k/ds/ctl", Sys->OWRITE);
	b := array of byte s;
	if(sys->write(fd, b, len b) < 0)
		sys->print("%s: %r\n", s);
	else
		sys->print("%s\n", s);
}

text(f: string): string
{
	fd := sys->open(f, Sys->OREAD);
	b := array[8192] of byte;
	n := sys->read(fd, b, len b);
	if(n < 0)
		return sys->sprint("%r");
	return string b[0:n];
}

at(fd: ref Sys->FD, off, n: int)
{
	b := array[n] of byte;
	n = sys->pread(fd, b, n, big off);
	if(n < 0)
		sys->print("%d: %r\n", off);
	else
		sys->print("%d: %d %s\n", off, n, string b[0:n]);
}
