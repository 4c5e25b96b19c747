implement ChanFill;

#
# The writes of one client to a file made by file2chan, as an input stream.
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

io: ref Sys->FileIO;
myfid: int;
pending: array of byte;		# data of a write that has not been taken yet
reply: Sys->Rwrite;		# where to acknowledge it
closed: int;

init(data: array of byte, fid: int, wc: Sys->Rwrite, r: ref Sys->FileIO, b: Bufio): ref Iobuf
{
	sys = load Sys Sys->PATH;
	fillme := load BufioFill SELF;
	if(fillme == nil)
		return nil;
	bufio = b;
	io = r;
	myfid = fid;
	pending = data;
	reply = wc;
	closed = wc == nil;
	in := bufio->sopen("");
	in.setfill(fillme);
	return in;
}

fill(b: ref Iobuf): int
{
	while(len pending == 0){
		if(reply != nil)
			reply <-= (0, nil);
		reply = nil;
		if(closed)
			return Bufio->EOF;
		next();
	}
	n := len pending;
	if(len b.buffer - b.size < n){
		a := array[b.size + n] of byte;
		a[0:] = b.buffer[0:b.size];
		b.buffer = a;
	}
	b.buffer[b.size:] = pending;
	b.size += n;
	b.filpos += big n;
	pending = nil;
	if(reply != nil)
		reply <-= (n, nil);
	reply = nil;
	return n;
}

# wait for a write of our client
next()
{
	for(;;) alt {
	(nil, data, fid, wc) := <-io.write =>
		if(fid != myfid){
			if(wc != nil)
				wc <-= (0, "file busy");
			continue;
		}
		if(wc == nil)
			closed = 1;
		pending = data;
		reply = wc;
		return;
	(nil, nil, nil, rc) := <-io.read =>
		if(rc != nil)
			rc <-= (nil, "file busy");
	}
}
