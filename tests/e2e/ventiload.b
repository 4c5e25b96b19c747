implement Ventiload;

# Writes and reads blocks of a Venti server from several processes; prints ok, or the first error.

include "sys.m";
	sys: Sys;

include "draw.m";

include "venti.m";
	venti: Venti;
	Session: import venti;

Ventiload: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Processes:	con 8;
Blocks:		con 300;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	venti = load Venti Venti->PATH;
	venti->init();
	(s, err) := venti->dial(hd tl argv);
	if(err != nil){
		sys->print("%s\n", err);
		return;
	}
	done := chan of string;
	for(i := 0; i < Processes; i++)
		spawn work(s, i, done);
	first: string;
	for(i = 0; i < Processes; i++)
		if((err = <-done) != nil && first == nil)
			first = err;
	if(first == nil)
		first = s.ping();
	s.close();
	if(first == nil)
		first = "ok";
	sys->print("%s\n", first);
}

work(s: ref Session, n: int, done: chan of string)
{
	scores := array[Blocks] of array of byte;
	err: string;
	for(i := 0; i < Blocks && err == nil; i++)
		if(i & 1)
			scores[i] = s.put(Venti->Data, block(n, i));
		else
			(scores[i], err) = s.write(Venti->Data, block(n, i));
	if(err == nil)
		err = s.sync();
	for(i = 0; i < Blocks && err == nil; i++){
		a: array of byte;
		(a, err) = s.read(scores[i], Venti->Data, 8192);
		if(err == nil && !venti->eq(a, block(n, i)))
			err = sys->sprint("block %d of process %d is another", i, n);
	}
	done <-= err;
}

block(n, i: int): array of byte
{
	return array of byte sys->sprint("%d of %d %*d", i, n, 1000 + i, i);
}
