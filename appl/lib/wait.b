implement Wait;

#
# Wait for processes; see wait(2).
#

include "sys.m";
	sys: Sys;

include "wait.m";

init()
{
	sys = load Sys Sys->PATH;
}

read(fd: ref Sys->FD): (int, string, string)
{
	if(sys == nil)
		init();
	buf := array[1024] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		return (-1, nil, sys->sprint("%r"));
	if(n == 0)
		return (0, nil, "end of file");
	return parse(string buf[0:n]);
}

monitor(fd: ref Sys->FD): (int, chan of (int, string, string))
{
	if(sys == nil)
		init();
	pidc := chan of int;
	waitc := chan of (int, string, string);
	spawn watch(fd, pidc, waitc);
	return (<-pidc, waitc);
}

watch(fd: ref Sys->FD, pidc: chan of int, waitc: chan of (int, string, string))
{
	pidc <-= sys->pctl(0, nil);
	for(;;){
		(pid, mod, status) := read(fd);
		waitc <-= (pid, mod, status);
		if(pid <= 0)
			return;
	}
}

# pid "module":status
parse(s: string): (int, string, string)
{
	n := len s;
	for(i := 0; i < n && s[i] != '"'; i++)
		;
	for(j := i + 1; j + 1 < n && (s[j] != '"' || s[j+1] != ':'); j++)
		;
	if(j + 1 >= n)
		return (int s, nil, nil);
	return (int s, s[i+1:j], s[j+2:]);
}
