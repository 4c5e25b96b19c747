implement Filter;

#
# Framing of packets on serial lines; see filter-slip(2).
#

include "sys.m";
	sys: Sys;

include "filter.m";

End:	con byte 192;
Esc:	con byte 219;
Eend:	con byte 220;		# Esc and this stand for End
Eesc:	con byte 221;		# Esc and this stand for Esc
Bufsize: con 8192;

init()
{
	sys = load Sys Sys->PATH;
}

start(param: string): chan of ref Rq
{
	rq := chan of ref Rq;
	case param {
	"encode" =>
		spawn encode(rq);
	"decode" =>
		spawn decode(rq);
	* =>
		return nil;
	}
	return rq;
}

encode(rq: chan of ref Rq)
{
	rq <-= ref Rq.Start(sys->pctl(0, nil));
	reply := chan of int;
	in := array[Bufsize] of byte;
	out := array[2*Bufsize + 2] of byte;
	for(;;){
		rq <-= ref Rq.Fill(in, reply);
		n := <-reply;
		if(n < 0)
			return;
		if(n == 0)
			break;
		o := 0;
		out[o++] = End;
		for(i := 0; i < n; i++)
			if(in[i] == End){
				out[o++] = Esc;
				out[o++] = Eend;
			}else if(in[i] == Esc){
				out[o++] = Esc;
				out[o++] = Eesc;
			}else
				out[o++] = in[i];
		out[o++] = End;
		rq <-= ref Rq.Result(out[0:o], reply);
		if(<-reply < 0)
			return;
	}
	rq <-= ref Rq.Finished(nil);
}

decode(rq: chan of ref Rq)
{
	rq <-= ref Rq.Start(sys->pctl(0, nil));
	reply := chan of int;
	in := array[Bufsize] of byte;
	out := array[Bufsize] of byte;
	o := 0;
	escaped := 0;
	for(;;){
		rq <-= ref Rq.Fill(in, reply);
		n := <-reply;
		if(n < 0)
			return;
		if(n == 0)
			break;
		for(i := 0; i < n; i++){
			c := in[i];
			if(escaped){
				escaped = 0;
				if(c == Eend)
					c = End;
				else if(c == Eesc)
					c = Esc;
			}else if(c == Esc){
				escaped = 1;
				continue;
			}else if(c == End){
				if(o > 0){
					rq <-= ref Rq.Result(out[0:o], reply);
					if(<-reply < 0)
						return;
				}
				o = 0;
				continue;
			}
			if(o >= len out){
				a := array[2*len out] of byte;
				a[0:] = out;
				out = a;
			}
			out[o++] = c;
		}
	}
	rq <-= ref Rq.Finished(out[0:o]);
}
