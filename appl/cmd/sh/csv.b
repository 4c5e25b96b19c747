implement Shellbuiltin;

#
# Comma separated values for the shell; see sh-csv(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil){
		sys->fprint(sys->fildes(2), "csv: cannot load %s: %r\n", Bufio->PATH);
		return "bad module";
	}
	c.addbuiltin("getcsv", myself);
	c.addsbuiltin("csv", myself);
	return nil;
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, nil: string, nil: int): string
{
	return nil;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := tl cmd;
	if(args == nil || tl args != nil || !isblock(hd args))
		c.fail("usage", "usage: getcsv {cmd}");
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	if(in == nil)
		c.fail("bad input", sys->sprint("getcsv: cannot read fd 0: %r"));
	status: string;
	go := 1;
	while(go){
		(line, ok) := record(in);
		if(!ok)
			break;
		c.push();
		{
			c.setlocal("line", sh->stringlist2list(line));
			status = c.run(hd args :: c.get("*"), 0);
		} exception e {
		"fail:break" =>
			go = 0;
		"fail:continue" =>
			;
		"fail:*" =>
			c.pop();
			raise e;
		}
		c.pop();
	}
	return status;
}

isblock(n: ref Listnode): int
{
	return n.cmd != nil || n.word != nil && n.word[0] == '{';
}

# (fields, there was a record)
record(in: ref Iobuf): (list of string, int)
{
	l: list of string;
	c := in.getc();
	if(c < 0)
		return (nil, 0);
	for(;;){
		s := "";
		if(c == '"'){
			for(;;){
				c = in.getc();
				if(c < 0)
					break;
				if(c == '"'){
					c = in.getc();
					if(c != '"')
						break;
				}
				s[len s] = c;
			}
		}
		while(c >= 0 && c != ',' && c != '\n'){
			s[len s] = c;
			c = in.getc();
		}
		if(c != ',' && s != nil && s[len s - 1] == '\r')
			s = s[0:len s - 1];
		l = s :: l;
		if(c != ',')
			break;
		c = in.getc();
	}
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, 1);
}

runsbuiltin(nil: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	s := "";
	for(args := sh->list2stringlist(tl cmd); args != nil; args = tl args){
		s += quotefield(hd args);
		if(tl args != nil)
			s += ",";
	}
	return ref Listnode(nil, s) :: nil;
}

quotefield(s: string): string
{
	t := "";
	need := 0;
	for(i := 0; i < len s; i++){
		case s[i] {
		'"' =>
			t[len t] = '"';
			need = 1;
		',' or '\n' =>
			need = 1;
		}
		t[len t] = s[i];
	}
	if(need)
		return "\"" + t + "\"";
	return s;
}
