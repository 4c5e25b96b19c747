implement Phone;

#
# A telephone as files, with a simulated modem behind them; see phone(4).
#
# The modem is a process of its own that knows lines and messages and nothing of files: it takes orders on one channel and
# reports what happens on another, as a driver of a real one would. The server keeps what the files show.
#

include "sys.m";
	sys: Sys;
	FileIO, Rread, Rwrite: import Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Phone: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Order: adt
{
	pick {
	Dial or Ring =>
		number:	string;
	Answer or Hangup =>
	Send =>
		id:	int;
		number, text:	string;
	Arrive =>
		number, text:	string;
	Signal =>
		on:	int;
	}
};

Event: adt
{
	pick {
	Line =>			# state of the line, and with whom
		state, number:	string;
	Sent =>
		id:	int;
		err:	string;
	Arrived =>
		number, text:	string;
	}
};

Message: adt
{
	id:	int;
	number, text, status:	string;
};

# one reader of a file whose reads wait for events, by fid: what it has not read yet, and its read that waits
Reader: adt
{
	fid:	int;
	left:	array of byte;
	n:	int;
	rc:	Rread;
};

MAXMESSAGES: con 1000;	# older ones are forgotten
MAXTEXT: con 160;	# characters of a short message

orders: chan of ref Order;
events: chan of ref Event;
line := "idle";
messages: list of ref Message;	# the last first
nextid := 1;
readers: list of ref Reader;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil){
		sys->fprint(sys->fildes(2), "phone: cannot load %s: %r\n", Arg->PATH);
		raise "fail:bad module";
	}
	dir := "/phone";
	arg->init(argv);
	arg->setusage("phone [-m mountpoint]");
	while((o := arg->opt()) != 0)
		case o {
		'm' =>	dir = arg->earg();
		* =>	arg->usage();
		}
	if(arg->argv() != nil)
		arg->usage();
	if(sys->stat(dir).t0 < 0)
		sys->create(dir, Sys->OREAD, Sys->DMDIR|8r755);
	if(sys->bind("#sphone" + string sys->pctl(0, nil), dir, Sys->MREPL|Sys->MCREATE) < 0)
		fail(sys->sprint("can't bind on %s: %r", dir));
	sms := file(dir, "sms");
	phone := file(dir, "phone");
	ctl := file(dir, "ctl");
	orders = chan[16] of ref Order;
	events = chan of ref Event;
	spawn modem();
	spawn serve(sms, phone, ctl);
}

fail(s: string)
{
	sys->fprint(sys->fildes(2), "phone: %s\n", s);
	raise "fail:error";
}

file(dir, name: string): ref FileIO
{
	io := sys->file2chan(dir, name);
	if(io == nil)
		fail(sys->sprint("can't make %s/%s: %r", dir, name));
	return io;
}

#
# files
#

serve(sms, phone, ctl: ref FileIO)
{
	sys->pctl(Sys->NEWPGRP|Sys->FORKNS|Sys->NEWFD, nil);
	for(;;) alt {
	e := <-events =>
		happened(e);
	(off, n, nil, rc) := <-sms.read =>
		if(rc != nil)
			rc <-= slice(listing(), off, n);
	(nil, data, nil, wc) := <-sms.write =>
		if(wc != nil)
			reply(wc, len data, smsorder(words(data)));
	(off, n, nil, rc) := <-phone.read =>
		if(rc != nil)
			rc <-= slice(line + "\n", off, n);
	(nil, data, nil, wc) := <-phone.write =>
		if(wc != nil)
			reply(wc, len data, phoneorder(words(data)));
	(nil, n, fid, rc) := <-ctl.read =>
		wait(fid, n, rc);
	(nil, data, nil, wc) := <-ctl.write =>
		if(wc != nil)
			reply(wc, len data, simulate(words(data)));
	}
}

reply(wc: Rwrite, n: int, err: string)
{
	if(err != nil)
		n = 0;
	wc <-= (n, err);
}

slice(s: string, off, n: int): (array of byte, string)
{
	a := array of byte s;
	if(off >= len a)
		return (nil, nil);
	if(n > len a - off)
		n = len a - off;
	return (a[off:off + n], nil);
}

words(data: array of byte): list of string
{
	return sys->tokenize(string data, " \t\r\n").t1;
}

# the words of l as a text
join(l: list of string): string
{
	s := "";
	for(; l != nil; l = tl l){
		if(s != nil)
			s += " ";
		s += hd l;
	}
	return s;
}

isnumber(s: string): int
{
	for(i := 0; i < len s; i++)
		if((s[i] < '0' || s[i] > '9') && (s[i] != '+' || i > 0))
			return 0;
	return len s > 1 || len s == 1 && s[0] != '+';
}

# sms: send number text
smsorder(l: list of string): string
{
	if(len l < 3 || hd l != "send")
		return "usage: send number text";
	number := hd tl l;
	if(!isnumber(number))
		return "not a telephone number";
	text := join(tl tl l);
	if(len text > MAXTEXT)
		return "message too long";
	m := ref Message(nextid++, number, text, "pending");
	remember(m);
	return order(ref Order.Send(m.id, number, text));
}

# phone: dial number, answer, hangup
phoneorder(l: list of string): string
{
	if(len l == 2 && hd l == "dial"){
		if(!isnumber(hd tl l))
			return "not a telephone number";
		if(line != "idle")
			return "line is busy";
		return order(ref Order.Dial(hd tl l));
	}
	if(len l == 1 && hd l == "answer"){
		if(sys->tokenize(line, " ").t1 == nil || hd sys->tokenize(line, " ").t1 != "ringing")
			return "nobody calls";
		return order(ref Order.Answer);
	}
	if(len l == 1 && hd l == "hangup"){
		if(line == "idle")
			return "no call";
		return order(ref Order.Hangup);
	}
	return "usage: dial number | answer | hangup";
}

# ctl: what the world does to a simulated modem
simulate(l: list of string): string
{
	if(len l == 2 && hd l == "ring" && isnumber(hd tl l))
		return order(ref Order.Ring(hd tl l));
	if(len l >= 3 && hd l == "receive" && isnumber(hd tl l))
		return order(ref Order.Arrive(hd tl l, join(tl tl l)));
	if(len l == 2 && hd l == "signal" && (hd tl l == "on" || hd tl l == "off"))
		return order(ref Order.Signal(hd tl l == "on"));
	return "usage: ring number | receive number text | signal on|off";
}

order(o: ref Order): string
{
	alt {
	orders <-= o =>
		return nil;
	* =>
		return "modem does not answer";
	}
}

remember(m: ref Message)
{
	messages = m :: messages;
	if(len messages > MAXMESSAGES){
		l: list of ref Message;
		for(n := 0; n < MAXMESSAGES; n++){
			l = hd messages :: l;
			messages = tl messages;
		}
		messages = nil;
		for(; l != nil; l = tl l)
			messages = hd l :: messages;
	}
}

listing(): string
{
	s := "";
	for(l := messages; l != nil; l = tl l){
		m := hd l;
		s = sys->sprint("%d %s %s %s\n", m.id, m.status, m.number, m.text) + s;
	}
	return s;
}

happened(e: ref Event)
{
	text := "";
	pick v := e {
	Line =>
		line = v.state;
		if(v.number != nil)
			line += " " + v.number;
		text = line;
	Sent =>
		for(l := messages; l != nil; l = tl l)
			if((hd l).id == v.id){
				(hd l).status = "sent";
				if(v.err != nil)
					(hd l).status = "failed";
			}
		text = sys->sprint("sent %d", v.id);
		if(v.err != nil)
			text = sys->sprint("failed %d %s", v.id, v.err);
	Arrived =>
		m := ref Message(nextid++, v.number, v.text, "received");
		remember(m);
		text = sys->sprint("sms %d %s", m.id, m.number);
	}
	line1 := array of byte (text + "\n");
	for(l := readers; l != nil; l = tl l){
		r := hd l;
		a := array[len r.left + len line1] of byte;
		a[0:] = r.left;
		a[len r.left:] = line1;
		r.left = a;
		give(r);
	}
}

# events are read from when a reader comes for the first time
wait(fid, n: int, rc: Rread)
{
	l: list of ref Reader;
	if(rc == nil){
		for(; readers != nil; readers = tl readers)
			if((hd readers).fid != fid)
				l = hd readers :: l;
		readers = l;
		return;
	}
	for(l = readers; l != nil; l = tl l)
		if((hd l).fid == fid)
			break;
	if(l == nil){
		readers = ref Reader(fid, nil, 0, nil) :: readers;
		l = readers;
	}
	(hd l).n = n;
	(hd l).rc = rc;
	give(hd l);
}

give(r: ref Reader)
{
	if(r.rc == nil || len r.left == 0)
		return;
	n := r.n;
	if(n > len r.left)
		n = len r.left;
	alt {
	r.rc <-= (r.left[0:n], nil) =>
		r.left = r.left[n:];
	* =>
		;	# given up meanwhile
	}
	r.rc = nil;
}

#
# the simulated modem: who is called answers, unless the number ends in 0, which is busy
#

modem()
{
	sys->pctl(Sys->NEWFD, nil);
	signal := 1;
	state := "idle";
	number := "";
	for(;;){
		pick o := <-orders {
		Dial =>
			if(!signal || o.number[len o.number - 1] == '0'){
				events <-= ref Event.Line("busy", o.number);
				events <-= ref Event.Line("idle", nil);
				break;
			}
			(state, number) = ("connected", o.number);
			events <-= ref Event.Line("calling", number);
			events <-= ref Event.Line(state, number);
		Ring =>
			if(!signal || state != "idle")
				break;
			(state, number) = ("ringing", o.number);
			events <-= ref Event.Line(state, number);
		Answer =>
			if(state != "ringing")
				break;
			state = "connected";
			events <-= ref Event.Line(state, number);
		Hangup =>
			(state, number) = ("idle", "");
			events <-= ref Event.Line(state, nil);
		Send =>
			if(signal)
				events <-= ref Event.Sent(o.id, nil);
			else
				events <-= ref Event.Sent(o.id, "no signal");
		Arrive =>
			if(signal)
				events <-= ref Event.Arrived(o.number, o.text);
		Signal =>
			signal = o.on;
			if(!signal && state != "idle"){
				(state, number) = ("idle", "");
				events <-= ref Event.Line(state, nil);
			}
		}
	}
}
