implement Exception;

#
# Exceptions of other processes; see exception(2).
#

include "sys.m";
	sys: Sys;

include "exception.m";

# open a file of a process; -1 is ourselves
open(pid: int, file: string, mode: int): ref Sys->FD
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(pid < 0)
		pid = sys->pctl(0, nil);
	return sys->open("/prog/" + string pid + "/" + file, mode);
}

getexc(pid: int): (int, string, string)
{
	fd := open(pid, "exception", Sys->OREAD);
	if(fd == nil)
		return (0, nil, nil);
	buf := array[1024] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return (0, nil, nil);
	s := string buf[0:n];
	# pc module text
	for(i := 0; i < len s && s[i] != ' '; i++)
		;
	for(j := i + 1; j < len s && s[j] != ' '; j++)
		;
	if(j >= len s)
		return (0, nil, nil);
	return (int s, s[i+1:j], s[j+1:]);
}

setexcmode(mode: int): int
{
	what: string;
	case mode {
	NOTIFYLEADER =>
		what = "exceptions notifyleader";
	PROPAGATE =>
		what = "exceptions propagate";
	* =>
		return -1;
	}
	fd := open(-1, "ctl", Sys->OWRITE);
	if(fd == nil || sys->fprint(fd, "%s", what) < 0)
		return -1;
	return 0;
}
