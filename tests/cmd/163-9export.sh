# import and 9export, with a factotum that lets in who knows a word
load std
mkdir lib tree tree/sub fac mnt
echo one >tree/a; echo two >tree/sub/b; echo word >fac/rpc
echo '
implement Factotum;
include "sys.m"; sys: Sys;
Factotum: module
{
	Authinfo: adt
	{
		cuid, suid, cap: string;
		secret: array of byte;
		unpack: fn(a: array of byte): (int, ref Authinfo);
		read: fn(fd: ref Sys->FD): ref Authinfo;
	};
	init: fn();
	proxy: fn(afd, facfd: ref Sys->FD, arg: string): ref Authinfo;
};

init() { sys = load Sys Sys->PATH; }
Authinfo.unpack(nil: array of byte): (int, ref Authinfo) { return (0, nil); }
Authinfo.read(nil: ref Sys->FD): ref Authinfo { return nil; }

proxy(afd, facfd: ref Sys->FD, arg: string): ref Authinfo
{
	a := array[10] of byte;
	n := sys->read(facfd, a, len a);
	word := string a[0:n];
	if(arg == "proto=p9any role=client")
		sys->write(afd, a, n);
	else if((n = sys->read(afd, a, n)) <= 0 || string a[0:n] != word){
		sys->werrstr("wrong word");
		return nil;
	}
	return ref Authinfo;
}
' >f.b
limbo -o lib/factotum.dis f.b
bind -b lib /dis/lib
9export </tmp/empty; echo $status
mkdir /mnt/factotum >[2] /dev/null
bind fac /mnt/factotum
import 'tcp!127.0.0.1!21781' x mnt; echo $status
listen -A 'tcp!127.0.0.1!21781' {9export >[2] log}
listen -A 'tcp!127.0.0.1!21782' {9export -r >[2] log}
listen -A 'tcp!127.0.0.1!21783' {9export -A >[2] log}
h='tcp!127.0.0.1!21781'
import $h /tmp/w/tree mnt; echo $status
ls mnt mnt/sub; cat mnt/a mnt/sub/b
cp mnt/a mnt/c; cat tree/c
unmount mnt
import 'tcp!127.0.0.1!21782' /tmp/w/tree mnt; cat mnt/a; cp mnt/a mnt/d; ls mnt; unmount mnt
import $h /tmp/w/none mnt; echo $status; sleep 1; cat log
import $h /tmp/w/tree/a mnt; echo $status; sleep 1; cat log
ls mnt
echo -- clients that are odd
fn say {
	what=$1
	dial -A 'tcp!127.0.0.1!21783' {
		echo -n /tmp/w/tree >[1=0]
		read 2 >[1=2]
		echo >[1=2]
		echo $what >[1=0]
		read >[1=2]
	}
	cat log
}
say 'impo nofilter ssl'
say 'impo filter clear'
say 'impo nofilter'
say '0123456789'
dial -A 'tcp!127.0.0.1!21783' {}; sleep 1; cat log
dial -A $h {echo -n drow >[1=0]; read >[1=2]}; sleep 1; cat log
import -e des md5 $h /tmp/w/tree mnt
9export x
