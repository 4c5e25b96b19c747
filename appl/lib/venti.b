implement Venti;

#
# The client's side of the Venti protocol; see venti(2).
#
# A session has three processes: one numbers the requests and gives each its answer, one writes, one reads. So many requests
# may be under way, of whatever processes.
#

include "sys.m";
	sys: Sys;

include "dial.m";
	dialler: Dial;

include "keyring.m";
	keyring: Keyring;

include "venti.m";

# messages
Rerror:		con 1;
Tping:		con 2;
Thello:		con 4;
Tread:		con 12;
Twrite:		con 14;
Tsync:		con 16;

Ntags:		con 256;
Window:		con 32;		# blocks that are put and not answered yet
Maxline:	con 1024;	# of the line with which a session begins

Ehung:		con "the server has hung up";
Ebad:		con "bad answer from the server";

zero: array of byte;

init()
{
	sys = load Sys Sys->PATH;
	dialler = load Dial Dial->PATH;
	keyring = load Keyring Keyring->PATH;
	zero = score(nil);
}

dial(addr: string): (ref Session, string)
{
	if(dialler == nil)
		return (nil, sys->sprint("cannot load %s: %r", Dial->PATH));
	c := dialler->dial(dialler->netmkaddr(addr, "tcp", "venti"), nil);
	if(c == nil)
		return (nil, sys->sprint("can't dial %s: %r", addr));
	return Session.new(c.dfd);
}

#
# blocks and scores
#

score(block: array of byte): array of byte
{
	d := array[Scoresize] of byte;
	keyring->sha1(block, len block, d, nil);
	return d;
}

zeroscore(): array of byte
{
	a := array[Scoresize] of byte;
	a[0:] = zero;
	return a;
}

eq(a, b: array of byte): int
{
	if(len a != len b)
		return 0;
	for(i := 0; i < len a; i++)
		if(a[i] != b[i])
			return 0;
	return 1;
}

# without the zeros, or the scores of nothing, at its end
truncated(kind: int, block: array of byte): array of byte
{
	n := len block;
	if(kind >= Pointer && kind < Data){
		n -= n % Scoresize;
		while(n > 0 && eq(block[n-Scoresize:n], zero))
			n -= Scoresize;
	}else if(kind != Root)
		while(n > 0 && block[n-1] == byte 0)
			n--;
	return block[0:n];
}

text(score: array of byte): string
{
	s := "";
	for(i := 0; i < len score; i++)
		s += sys->sprint("%.2x", int score[i]);
	return s;
}

# 40 digits, perhaps after a word and a colon; nil if it is not that
parse(s: string): array of byte
{
	for(i := 0; i < len s && s[i] != ':'; i++)
		;
	if(i < len s)
		s = s[i+1:];
	if(len s != 2*Scoresize)
		return nil;
	a := array[Scoresize] of byte;
	for(i = 0; i < len s; i++){
		d := digit(s[i]);
		if(d < 0)
			return nil;
		a[i/2] = byte (int a[i/2] << 4 | d);
	}
	return a;
}

digit(c: int): int
{
	if(c >= '0' && c <= '9')
		return c - '0';
	if(c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if(c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

#
# the beginning of a session
#

Session.new(fd: ref Sys->FD): (ref Session, string)
{
	hello := array of byte "venti-04:02-inferno\n";
	if(sys->write(fd, hello, len hello) != len hello)
		return (nil, sys->sprint("write error: %r"));
	(line, err) := getline(fd);
	if(err != nil)
		return (nil, err);
	version := common(line);
	if(version == nil)
		return (nil, sys->sprint("the server speaks another protocol: %q", line));
	s := ref Session(version, nil, chan of ref Request, chan[Window] of int, chan[1] of string, chan[1] of int, chan of int);
	s.errors <-= nil;
	packets := chan of array of byte;
	answers := chan of (array of byte, string);
	pids := chan of int;
	wide := version != "02";
	spawn writer(fd, wide, packets, pids);
	writerpid := <-pids;
	spawn reader(fd, wide, answers, pids);
	readerpid := <-pids;
	spawn manager(s, packets, answers, readerpid :: writerpid :: nil);

	v := array of byte version;
	user := array of byte "anonymous";
	m := array[2 + 2 + len v + 2 + len user + 3] of {* => byte 0};
	m[0] = byte Thello;
	o := putstring(m, 2, v);
	putstring(m, o, user);
	a: array of byte;
	(a, err) = rpc(s, m);
	if(err == nil && (len a < 4 || get16(a, 2) > len a - 4))
		err = Ebad;
	if(err != nil){
		s.close();
		return (nil, err);
	}
	s.sid = string a[4:4+get16(a, 2)];
	return (s, nil);
}

getline(fd: ref Sys->FD): (string, string)
{
	a := array[Maxline] of byte;
	for(n := 0; n < len a; n++){
		r := sys->read(fd, a[n:], 1);
		if(r < 0)
			return (nil, sys->sprint("read error: %r"));
		if(r == 0)
			return (nil, Ehung);
		if(a[n] == byte '\n')
			return (string a[0:n], nil);
	}
	return (nil, "this is not a Venti server");
}

# the latest version in venti-v:v-comment that is known here
common(line: string): string
{
	(n, l) := sys->tokenize(line, "-");
	if(n < 2 || hd l != "venti")
		return nil;
	best: string;
	for((nil, l) = sys->tokenize(hd tl l, ":"); l != nil; l = tl l)
		if((hd l == "02" || hd l == "04") && hd l > best)
			best = hd l;
	return best;
}

#
# processes
#

writer(fd: ref Sys->FD, wide: int, packets: chan of array of byte, pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	failed := 0;
	while((m := <-packets) != nil){
		h := 2 + 2*wide;
		a := array[h + len m] of byte;
		a[0] = byte (len m >> 24);
		a[1] = byte (len m >> 16);
		a[h-2] = byte (len m >> 8);
		a[h-1] = byte len m;
		a[h:] = m;
		# the reader will find out
		if(!failed && sys->write(fd, a, len a) != len a)
			failed = 1;
	}
}

reader(fd: ref Sys->FD, wide: int, answers: chan of (array of byte, string), pids: chan of int)
{
	pids <-= sys->pctl(0, nil);
	h := array[2 + 2*wide] of byte;
	err := "";
	while(err == nil){
		n := sys->readn(fd, h, len h);
		if(n < 0)
			err = sys->sprint("read error: %r");
		else if(n == 0)
			err = Ehung;
		else if(n < len h)
			err = "the server has hung up within an answer";
		else{
			size := get16(h, len h - 2);
			if(wide && get16(h, 0) != 0 || size < 2)
				err = "bad length of an answer";
			else{
				a := array[size] of byte;
				if(sys->readn(fd, a, size) != size)
					err = "the server has hung up within an answer";
				else
					answers <-= (a, nil);
			}
		}
	}
	answers <-= (nil, err);
}

# pending: by tag. What waits to be written is not more than there are tags.
manager(s: ref Session, packets: chan of array of byte, answers: chan of (array of byte, string), pids: list of int)
{
	pending := array[Ntags] of ref Request;
	free: list of int;
	for(i := 0; i < Ntags; i++)
		free = i :: free;
	queue, last: list of array of byte;
	noreq := chan of ref Request;
	nopacket := chan of array of byte;
	broken: string;
	for(;;){
		reqs := s.reqs;
		if(free == nil && broken == nil)
			reqs = noreq;
		if(queue == nil)
			for(; last != nil; last = tl last)
				queue = hd last :: queue;
		out := nopacket;
		next: array of byte;
		if(queue != nil)
			(out, next) = (packets, hd queue);
		alt {
		r := <-reqs =>
			if(broken != nil)
				r.answer <-= (nil, broken);
			else{
				tag := hd free;
				free = tl free;
				pending[tag] = r;
				r.msg[1] = byte tag;
				last = r.msg :: last;
			}
		out <-= next =>
			queue = tl queue;
		(a, err) := <-answers =>
			r: ref Request;
			if(err == nil){
				r = pending[int a[1]];
				if(r == nil)
					err = "answer to no request";
			}
			if(err != nil){
				if(broken == nil)
					broken = err;
				for(i = 0; i < Ntags; i++)
					if(pending[i] != nil){
						pending[i].answer <-= (nil, broken);
						pending[i] = nil;
					}
				queue = last = nil;
			}else if(broken == nil){
				pending[int a[1]] = nil;
				free = int a[1] :: free;
				r.answer <-= (a, nil);
			}
		<-s.end =>
			kill(pids);
			return;
		}
	}
}

kill(pids: list of int)
{
	for(; pids != nil; pids = tl pids){
		fd := sys->open(sys->sprint("#p/%d/ctl", hd pids), Sys->OWRITE);
		if(fd != nil)
			sys->fprint(fd, "kill");
	}
}

# an answer to m that is no error
rpc(s: ref Session, m: array of byte): (array of byte, string)
{
	r := ref Request(m, chan[1] of (array of byte, string));
	s.reqs <-= r;
	(a, err) := <-r.answer;
	if(err != nil)
		return (nil, err);
	return checked(m, a);
}

checked(m, a: array of byte): (array of byte, string)
{
	if(int a[0] == Rerror){
		if(len a < 4 || get16(a, 2) > len a - 4)
			return (nil, Ebad);
		return (nil, string a[4:4+get16(a, 2)]);
	}
	if(int a[0] != int m[0] + 1)
		return (nil, Ebad);
	return (a, nil);
}

#
# requests
#

Session.read(s: self ref Session, sc: array of byte, kind, max: int): (array of byte, string)
{
	if(eq(sc, zero))
		return (array[0] of byte, nil);
	if(len sc != Scoresize || max < 0 || max > 16rFFFF)
		return (nil, "bad score or size");
	m := array[2 + Scoresize + 4] of {* => byte 0};
	m[0] = byte Tread;
	m[2:] = sc;
	m[2+Scoresize] = byte kind;
	if(s.version == "02")
		put16(m, 4+Scoresize, max);
	else{
		n := array[len m + 2] of {* => byte 0};
		n[0:] = m;
		put16(n, 6+Scoresize, max);
		m = n;
	}
	(a, err) := rpc(s, m);
	if(err != nil)
		return (nil, err);
	a = a[2:];
	if(len a > max)
		return (nil, "the server's block is too large");
	if(!eq(score(a), sc))
		return (nil, "the server's block is not that of the score");
	return (a, nil);
}

writemsg(kind: int, block: array of byte): array of byte
{
	m := array[6 + len block] of {* => byte 0};
	m[0] = byte Twrite;
	m[2] = byte kind;
	m[6:] = block;
	return m;
}

written(a, score: array of byte): string
{
	if(len a != 2 + Scoresize || !eq(a[2:], score))
		return "the server's score is not that of the block";
	return nil;
}

Session.write(s: self ref Session, kind: int, block: array of byte): (array of byte, string)
{
	if(len block > Maxblock)
		return (nil, "block too large");
	block = truncated(kind, block);
	sc := score(block);
	if(len block == 0)
		return (sc, nil);
	(a, err) := rpc(s, writemsg(kind, block));
	if(err == nil)
		err = written(a, sc);
	if(err != nil)
		return (nil, err);
	return (sc, nil);
}

Session.put(s: self ref Session, kind: int, block: array of byte): array of byte
{
	block = truncated(kind, block);
	sc := score(block);
	if(len block == 0)
		return sc;
	s.puts <-= 1;
	r := ref Request(writemsg(kind, block), chan[1] of (array of byte, string));
	if(len block > Maxblock)
		r.answer <-= (nil, "block too large");
	else
		s.reqs <-= r;
	spawn putdone(s, r, sc);
	return sc;
}

putdone(s: ref Session, r: ref Request, score: array of byte)
{
	(a, err) := <-r.answer;
	if(err == nil)
		(a, err) = checked(r.msg, a);
	if(err == nil)
		err = written(a, score);
	if(err != nil){
		first := <-s.errors;
		if(first == nil)
			first = err;
		s.errors <-= first;
	}
	<-s.puts;
}

Session.sync(s: self ref Session): string
{
	# when all places in the window can be had all blocks are answered
	s.syncing <-= 1;
	for(i := 0; i < Window; i++)
		s.puts <-= 1;
	for(i = 0; i < Window; i++)
		<-s.puts;
	<-s.syncing;
	err := <-s.errors;
	s.errors <-= nil;
	if(err != nil)
		return err;
	return rpc(s, simple(Tsync)).t1;
}

Session.ping(s: self ref Session): string
{
	return rpc(s, simple(Tping)).t1;
}

Session.close(s: self ref Session)
{
	s.end <-= 1;
}

simple(t: int): array of byte
{
	return array[] of {byte t, byte 0};
}

get16(a: array of byte, o: int): int
{
	return int a[o] << 8 | int a[o+1];
}

put16(a: array of byte, o, v: int)
{
	a[o] = byte (v >> 8);
	a[o+1] = byte v;
}

putstring(a: array of byte, o: int, s: array of byte): int
{
	put16(a, o, len s);
	a[o+2:] = s;
	return o + 2 + len s;
}
