implement Daytime;

#
# Dates and times; see daytime(2).
#

include "sys.m";
	sys: Sys;

include "daytime.m";

Day:	con 24*60*60;

days := array[] of {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
months := array[] of {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};
before := array[] of {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};	# days before a month

# a time zone; savings are the times between which daylight saving is on
Zone: adt
{
	name, dname:	string;
	off, doff:	int;
	savings:	list of (int, int);
};

# what mail and news call the zones of North America
american := array[] of {
	("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5),
	("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7)
};

here: ref Zone;

getsys()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

readfile(name: string): string
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil)
		return nil;
	s := "";
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		s += string buf[0:n];
	return s;
}

now(): int
{
	getsys();
	return int (big readfile("/dev/time") / big 1000000);
}

time(): string
{
	return text(local(now()));
}

#
# the calendar
#

leap(year: int): int
{
	return year%4 == 0 && (year%100 != 0 || year%400 == 0);
}

# days from the epoch to the start of a year
yeardays(year: int): int
{
	y := year - 1;
	return 365*(year - 1970) + (y/4 - 1969/4) - (y/100 - 1969/100) + (y/400 - 1969/400);
}

broken(t: int, zone: string, off: int): ref Tm
{
	d := big t + big off;
	day := int (d / big Day);
	sec := int (d % big Day);
	if(sec < 0){
		sec += Day;
		day--;
	}
	tm := ref Tm;
	tm.sec = sec % 60;
	tm.min = sec/60 % 60;
	tm.hour = sec/3600;
	tm.wday = (day % 7 + 7 + 4) % 7;	# the epoch was a Thursday
	year := 1970 + day/366;
	if(day < 0)
		year = 1969 + (day + 1)/365;
	while(yeardays(year+1) <= day)
		year++;
	while(yeardays(year) > day)
		year--;
	day -= yeardays(year);
	tm.year = year - 1900;
	tm.yday = day;
	for(m := 11; m > 0 && day < monthstart(year, m); m--)
		;
	tm.mon = m;
	tm.mday = day - monthstart(year, m) + 1;
	tm.zone = zone;
	tm.tzoff = off;
	return tm;
}

monthstart(year, mon: int): int
{
	return before[mon] + (mon > 1 && leap(year));
}

gmt(t: int): ref Tm
{
	return broken(t, "GMT", 0);
}

local(t: int): ref Tm
{
	z := zone();
	for(l := z.savings; l != nil; l = tl l){
		(start, end) := hd l;
		if(t >= start && t < end)
			return broken(t, z.dname, z.doff);
	}
	return broken(t, z.name, z.off);
}

tm2epoch(tm: ref Tm): int
{
	year := tm.year + 1900 + tm.mon/12;
	mon := tm.mon % 12;
	if(mon < 0){
		mon += 12;
		year--;
	}
	day := yeardays(year) + monthstart(year, mon) + tm.mday - 1;
	return day*Day + tm.hour*3600 + tm.min*60 + tm.sec - tm.tzoff;
}

#
# the zone
#

zone(): ref Zone
{
	if(here != nil)
		return here;
	getsys();
	s := readfile("/env/timezone");
	(n, nil) := sys->tokenize(s, " \t\r\n");
	if(n == 1)
		s = readfile(name1(s));
	else if(n == 0)
		s = readfile("/locale/timezone");
	here = mkzone(s);
	return here;
}

name1(s: string): string
{
	(nil, l) := sys->tokenize(s, " \t\r\n");
	return hd l;
}

mkzone(s: string): ref Zone
{
	(n, l) := sys->tokenize(s, " \t\r\n");
	if(n < 4)
		return ref Zone("GMT", "GMT", 0, 0, nil);
	z := ref Zone;
	(z.name, l) = (hd l, tl l);
	(z.off, l) = (int hd l, tl l);
	(z.dname, l) = (hd l, tl l);
	(z.doff, l) = (int hd l, tl l);
	for(; l != nil && tl l != nil; l = tl tl l)
		z.savings = (int hd l, int hd tl l) :: z.savings;
	return z;
}

#
# text
#

text(tm: ref Tm): string
{
	getsys();
	return sys->sprint("%s %s %.2d %.2d:%.2d:%.2d %s %d", pick1(days, tm.wday), pick1(months, tm.mon),
		tm.mday, tm.hour, tm.min, tm.sec, tm.zone, tm.year + 1900);
}

filet(now, file: int): string
{
	getsys();
	tm := local(file);
	if(big now - big file >= big (180*Day))
		return sys->sprint("%s %.2d  %d", months[tm.mon], tm.mday, tm.year + 1900);
	return sys->sprint("%s %.2d %.2d:%.2d", months[tm.mon], tm.mday, tm.hour, tm.min);
}

pick1(a: array of string, i: int): string
{
	if(i < 0 || i >= len a)
		return "???";
	return a[i];
}

string2tm(date: string): ref Tm
{
	getsys();
	tm := ref Tm;
	tm.sec = tm.min = tm.hour = tm.mday = tm.mon = tm.year = tm.wday = tm.yday = tm.tzoff = 0;
	(nil, l) := sys->tokenize(date, " \t,\r\n");
	if(l != nil && (d := find(days, hd l)) >= 0){
		tm.wday = d;
		l = tl l;
	}
	if(l == nil)
		return nil;
	zone: string;
	day, month, year, clock: string;
	(n, parts) := sys->tokenize(hd l, "-");
	if(n == 3){			# 06-Nov-94 time [zone]
		if(tl l == nil)
			return nil;
		day = hd parts;
		month = hd tl parts;
		year = hd tl tl parts;
		l = tl l;
		clock = hd l;
		l = tl l;
		if(l != nil)
			zone = hd l;
	}else if(len l >= 4 && isnum(hd l)){	# 06 Nov 1994 time [zone]
		day = hd l;
		l = tl l;
		month = hd l;
		l = tl l;
		year = hd l;
		l = tl l;
		clock = hd l;
		l = tl l;
		if(l != nil)
			zone = hd l;
	}else if(len l >= 4){		# Nov 6 time [zone] 1994
		month = hd l;
		l = tl l;
		day = hd l;
		l = tl l;
		clock = hd l;
		l = tl l;
		if(tl l != nil){
			zone = hd l;
			l = tl l;
		}
		year = hd l;
	}else
		return nil;
	if(!isnum(day) || !isnum(year))
		return nil;
	tm.mday = int day;
	tm.year = int year;
	if(len year > 2)
		tm.year -= 1900;
	else if(tm.year < 70)
		tm.year += 100;
	if((tm.mon = find(months, month)) < 0)
		return nil;
	(n, parts) = sys->tokenize(clock, ":");
	if(n != 2 && n != 3)
		return nil;
	for(p := parts; p != nil; p = tl p)
		if(!isnum(hd p))
			return nil;
	tm.hour = int hd parts;
	tm.min = int hd tl parts;
	if(n == 3)
		tm.sec = int hd tl tl parts;
	if(tm.mday < 1 || tm.mday > 31 || tm.hour > 23 || tm.min > 59 || tm.sec > 60)
		return nil;
	ok: int;
	(ok, tm.zone, tm.tzoff) = findzone(zone);
	if(!ok)
		return nil;
	return tm;
}

# zone names: name and offset
findzone(s: string): (int, string, int)
{
	case s {
	"" or "GMT" or "UT" or "UTC" or "Z" =>
		return (1, "GMT", 0);
	}
	if(len s == 5 && (s[0] == '+' || s[0] == '-') && isnum(s[1:])){
		off := (int s[1:3]*60 + int s[3:5]) * 60;
		if(s[0] == '-')
			off = -off;
		return (1, s, off);
	}
	z := zone();
	if(s == z.name)
		return (1, s, z.off);
	if(s == z.dname)
		return (1, s, z.doff);
	for(i := 0; i < len american; i++)
		if(american[i].t0 == s)
			return (1, s, american[i].t1 * 3600);
	return (0, nil, 0);
}

isnum(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return 0;
	return s != "";
}

# index of the name that s starts with, or -1
find(a: array of string, s: string): int
{
	for(i := 0; i < len a; i++)
		if(len s >= 3 && s[0:3] == a[i])
			return i;
	return -1;
}
