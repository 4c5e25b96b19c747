implement Styxflush;

#
# Flushing in concurrent file servers; see styxflush(2).
#
# Each request that is being answered has an entry by tag.  When it is
# flushed, the answers to the flushes wait in its entry until the reply has gone.
#

include "sys.m";

include "styx.m";
	Tmsg, Rmsg: import Styx;

include "styxflush.m";

Req: adt
{
	tag:	int;
	flushc:	chan of (int, chan of int);
	flushes: list of int;		# tags of flushes, the latest first
	replyc:	chan of ref Rmsg;
	sent:	chan of int;		# the server says here that the answer has gone
};

lock: chan of int;
reqs: list of ref Req;

init()
{
	lock = chan[1] of int;
	reqs = nil;
}

find(tag: int): ref Req
{
	for(l := reqs; l != nil; l = tl l)
		if((hd l).tag == tag)
			return hd l;
	return nil;
}

drop(r: ref Req)
{
	l: list of ref Req;
	for(q := reqs; q != nil; q = tl q)
		if(hd q != r)
			l = hd q :: l;
	reqs = l;
}

tmsg(gm: ref Tmsg, flushc: chan of (int, chan of int), reply: chan of ref Rmsg): (int, ref Rmsg)
{
	if(gm == nil || tagof gm == tagof Tmsg.Readerror)
		return (0, nil);
	lock <-= 1;
	if(find(gm.tag) != nil){
		<-lock;
		return (1, ref Rmsg.Error(gm.tag, "duplicate tag"));
	}
	pick m := gm {
	Version =>
		reqs = ref Req(m.tag, flushc, nil, nil, nil) :: nil;
	Flush =>
		r := find(m.oldtag);
		if(r == nil || m.oldtag == m.tag){
			<-lock;
			return (1, ref Rmsg.Flush(m.tag));
		}
		first := r.flushes == nil;
		r.flushes = m.tag :: r.flushes;
		r.replyc = reply;
		if(first){
			if(r.flushc == nil){
				# nobody to tell: the reply releases the flushes
				<-lock;
				return (1, nil);
			}
			r.sent = chan of int;
			spawn flusher(r);
		}
		<-lock;
		return (1, nil);
	* =>
		reqs = ref Req(gm.tag, flushc, nil, nil, nil) :: reqs;
	}
	<-lock;
	return (0, nil);
}

# tell the server, and answer the flushes when it has replied
flusher(r: ref Req)
{
	r.flushc <-= (r.tag, r.sent);
	<-r.sent;
	lock <-= 1;
	drop(r);
	l := answers(r);
	<-lock;
	for(; l != nil; l = tl l)
		r.replyc <-= hd l;
}

answers(r: ref Req): list of ref Rmsg
{
	l: list of ref Rmsg;
	for(; r.flushes != nil; r.flushes = tl r.flushes)
		l = ref Rmsg.Flush(hd r.flushes) :: l;
	return l;
}

sendall(c: chan of ref Rmsg, l: list of ref Rmsg)
{
	for(; l != nil; l = tl l)
		c <-= hd l;
}

rmsg(m: ref Rmsg): int
{
	if(m == nil)
		return 0;
	if(tagof m == tagof Rmsg.Flush)
		return 1;
	lock <-= 1;
	r := find(m.tag);
	if(r != nil && r.sent == nil){
		drop(r);
		if(r.flushes != nil)
			spawn sendall(r.replyc, answers(r));
	}
	<-lock;
	return r != nil;	# a request that is gone must not be answered
}
