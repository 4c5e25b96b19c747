implement Env;

#
# Environment variables, the files of /env; see env(2).
#

include "sys.m";
	sys: Sys;

include "env.m";

Dir:	con "/env/";

getsys()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

bad(name: string): int
{
	if(name == nil)
		return 1;
	for(i := 0; i < len name; i++)
		if(name[i] == '/')
			return 1;
	return 0;
}

getenv(name: string): string
{
	getsys();
	if(bad(name)){
		sys->werrstr("bad variable name");
		return nil;
	}
	fd := sys->open(Dir + name, Sys->OREAD);
	if(fd == nil)
		return nil;
	val := array[0] of byte;
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0){
		a := array[len val + n] of byte;
		a[0:] = val;
		a[len val:] = buf[0:n];
		val = a;
	}
	if(n < 0)
		return nil;
	return string val;
}

setenv(name: string, val: string): int
{
	getsys();
	if(bad(name)){
		sys->werrstr("bad variable name");
		return -1;
	}
	if(val == nil){
		sys->remove(Dir + name);
		return 0;
	}
	fd := sys->create(Dir + name, Sys->OWRITE, 8r664);
	if(fd == nil)
		return -1;
	a := array of byte val;
	if(sys->write(fd, a, len a) != len a)
		return -1;
	return 0;
}

getall(): list of (string, string)
{
	getsys();
	l: list of (string, string);
	fd := sys->open("/env", Sys->OREAD);
	if(fd == nil)
		return nil;
	for(;;){
		(n, d) := sys->dirread(fd);
		if(n <= 0)
			break;
		for(i := 0; i < n; i++)
			l = (d[i].name, getenv(d[i].name)) :: l;
	}
	return l;
}

clone(): int
{
	getsys();
	return sys->pctl(Sys->FORKENV, nil);
}

new(): int
{
	getsys();
	return sys->pctl(Sys->NEWENV, nil);
}
