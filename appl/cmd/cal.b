implement Cal;

#
# Prints calendars; see cal(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "daytime.m";
	daytime: Daytime;

include "string.m";
	str: String;

Cal: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

out: ref Iobuf;

months := array[] of {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December",
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		nomod(Daytime->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv != nil)
		argv = tl argv;
	tm := daytime->local(daytime->now());
	month := 0;
	year := tm.year + 1900;
	case len argv {
	0 =>
		month = tm.mon + 1;
	1 =>
		month = monthof(hd argv);
		if(month == 0)
			year = number(hd argv);
	2 =>
		month = monthof(hd argv);
		if(month == 0)
			bad();
		year = number(hd tl argv);
	* =>
		sys->fprint(sys->fildes(2), "usage: cal [month] [year]\n");
		raise "fail:usage";
	}
	if(year < 1 || year > 9999)
		bad();
	out = bufio->fopen(sys->fildes(1), Bufio->OWRITE);
	if(month > 0){
		out.puts(sys->sprint("   %s %d\n", months[month-1], year));
		out.puts(" S  M Tu  W Th  F  S\n");
		w := weeks(year, month);
		for(i := 0; i < len w; i++)
			out.puts(w[i] + "\n");
	}else{
		out.puts(sys->sprint("\n\n\n                                %d\n\n", year));
		for(m := 1; m <= 12; m += 3){
			out.puts(sys->sprint("         %-23.3s%-23.3s%.3s\n", months[m-1], months[m], months[m+1]));
			out.puts(" S  M Tu  W Th  F  S    S  M Tu  W Th  F  S    S  M Tu  W Th  F  S\n");
			a := weeks(year, m);
			b := weeks(year, m + 1);
			c := weeks(year, m + 2);
			for(i := 0; i < 6; i++){
				s := sys->sprint("%-23s%-23s%s", a[i], b[i], c[i]);
				while(s != nil && s[len s - 1] == ' ')
					s = s[0:len s - 1];
				out.puts(s + "\n");
			}
		}
		out.puts("\n\n\n");
	}
	out.flush();
}

bad()
{
	sys->fprint(sys->fildes(2), "cal: bad argument\n");
	raise "fail:bad argument";
}

number(s: string): int
{
	(n, rest) := str->toint(s, 10);
	if(rest != nil || s == nil)
		bad();
	return n;
}

# 1 to 12, by number or the first letters of the name; 0 if it is none
monthof(s: string): int
{
	if(s == nil)
		return 0;
	if(str->drop(s, "0-9") == nil){
		n := int s;
		if(n >= 1 && n <= 12)
			return n;
		return 0;
	}
	s = str->tolower(s);
	for(i := 0; i < len months; i++)
		if(len s >= 3 && str->prefix(s, str->tolower(months[i])))
			return i + 1;
	return 0;
}

# the calendar was reformed in September 1752
leap(year: int): int
{
	if(year % 4)
		return 0;
	return year <= 1752 || year % 100 != 0 || year % 400 == 0;
}

days(year, month: int): int
{
	case month {
	4 or 6 or 9 or 11 =>	return 30;
	2 =>	return 28 + leap(year);
	}
	return 31;
}

# day of the week of the first, 0 is Sunday
firstday(year, month: int): int
{
	y := year - 1;
	n := 365*y + y/4;
	if(year > 1752)
		n += 2 - y/100 + y/400;		# as the date had run ahead two days by the year 0
	for(m := 1; m < month; m++)
		n += days(year, m);
	if(year > 1752)
		return (n + 6) % 7;
	if(year == 1752 && month > 9)
		n -= 11;
	return (n + 6) % 7;
}

# six lines
weeks(year, month: int): array of string
{
	w := array[6] of string;
	col := firstday(year, month);
	n := days(year, month);
	row := 0;
	for(d := 1; d <= n; d++){
		if(year == 1752 && month == 9 && d == 3)
			d = 14;
		if(w[row] == nil)
			w[row] = sys->sprint("%*s", 3*col, "");
		else
			w[row] += " ";
		w[row] += sys->sprint("%2d", d);
		if(++col == 7){
			col = 0;
			row++;
		}
	}
	return w;
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "cal: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
