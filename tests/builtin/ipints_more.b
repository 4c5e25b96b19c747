# large integers: borders, errors, primes
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "ipints.m";
	ipints: IPints;
	IPint: import ipints;
include "keyring.m";
	kr: Keyring;

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

ip(s: string): ref IPint
{
	return IPint.strtoip(s, 10);
}

text(i: ref IPint): string
{
	if(i == nil)
		return "nil";
	return i.iptostr(10);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	ipints = load IPints IPints->PATH;
	kr = load Keyring Keyring->PATH;
	s := array[] of {"12", "--12", "-0", " \t-7", "7 ", "+7", "", "-", "007"};
	for(i := 0; i < len s; i++)
		sys->print("[%s] %s\n", s[i], text(ip(s[i])));
	sys->print("%s %s %s\n", text(IPint.strtoip("fF", 16)), text(IPint.strtoip("0x1", 16)), text(IPint.strtoip("ff", 7)));
	sys->print("%s %s %s %s\n", text(IPint.b64toip("AP8=")), text(IPint.b64toip("-/w===")), text(IPint.b64toip("/w\n")), text(IPint.b64toip("=")));
	sys->print("%s %s %s\n", ip("0").iptob64(), ip("0").iptob64z(), ip("-128").iptob64z());
	for(i = 0; i < 4; i++){
		bases := array[] of {10, 16, 32, 64};
		v := ip("-123456789012345678901234567890");
		t := v.iptostr(bases[i]);
		r := IPint.strtoip(t, bases[i]);
		sys->print("%d %s %d\n", bases[i], t, r != nil && (r.eq(v) || bases[i] == 32));
	}
	sys->print("%d %d %d\n", len ip("0").iptobytes(), len ip("256").iptobebytes(), IPint.bytestoip(array[0] of byte).eq(ip("0")));
	sys->print("%d %d %d\n", ip("-2147483648").iptoint(), ip("2147483648").iptoint(), ip("-99999999999").iptoint());
	n: ref IPint;
	sys->print("%d %d\n", n.bits(), n.iptoint());
	sys->print("%s %s\n", text(ip("5").shl(-1)), text(ip("5").shr(-100)));
	sys->print("%s %s %s\n", text(ip("-12").and(ip("10"))), text(ip("1").ori(ip("-4096"))), text(ip("-5").xor(ip("5"))));
	sys->print("%s %s\n", text(ip("-2").expmod(ip("3"), nil)), text(ip("-2").expmod(ip("3"), ip("5"))));
	sys->print("%s %s\n", text(ip("-1").expmod(ip("123456789123456789"), nil)), text(ip("0").expmod(ip("0"), nil)));
	sys->print("%s\n", text(ip("3").invert(ip("11"))));
	for(i = 0; i < 13; i++){
		{
			r: ref IPint;
			case i {
			0 =>	r = ip("1").mod(ip("0"));
			1 =>	(r, nil) = ip("1").div(ip("0"));
			2 =>	r = ip("2").expmod(ip("-1"), ip("5"));
			3 =>	r = ip("2").expmod(ip("5"), ip("0"));
			4 =>	r = ip("2").invert(ip("4"));
			5 =>	r = ip("1").shl(2147483647);
			6 =>	r = ip("2").expmod(ip("99999999999"), nil);
			7 =>	r = IPint.random(-1);
			8 =>	r = IPint.random(2147483647);
			9 =>	r = ipints->genprime(-5, 0);
			10 =>	r = ipints->genprime(2147483647, 0);
			11 =>	r = IPint.bytestoip(nil);
			12 =>	(r, nil) = ipints->gensafeprime(0, 0);
			}
			sys->print("%d: %s\n", i, text(r));
		} exception e {
		"*" =>
			sys->print("%d: %s\n", i, e);
		}
	}
	one := ip("1");
	p := ipints->genstrongprime(64, 0);
	sys->print("strong %d %d\n", p.bits(), ipints->probably_prime(p, 0));
	g: ref IPint;
	(p, g) = ipints->gensafeprime(64, 0);
	q := p.sub(one).shr(1);
	sys->print("safe %d %d %d %d\n", p.bits(), ipints->probably_prime(p, 0), ipints->probably_prime(q, 0), g.expmod(q, p).eq(one));
	seed: array of byte;
	(q, p, seed) = ipints->DSAprimes();
	sys->print("dsa %d %d %d %d %s\n", q.bits(), p.bits(), len seed, ipints->probably_prime(p, 0), text(p.sub(one).mod(q)));
	sys->print("%d %d\n", IPint.random(100).bits() <= 100, IPint.random(0).eq(ip("0")));

	# what has been finished cannot be used
	d := array[20] of byte;
	st := kr->sha1(array of byte "abc", 3, d, nil);
	{ kr->sha1(array of byte "abc", 3, d, st); } exception e { "*" => sys->print("%s\n", e); }
	st = kr->md5(array of byte "abc", 3, nil, nil);
	{ kr->sha1(array of byte "abc", 3, d, st); } exception e { "*" => sys->print("%s\n", e); }
	{ kr->sha1(array of byte "abc", 3, d, ref Keyring->DigestState(0)); } exception e { "*" => sys->print("%s\n", e); }
	{ kr->sha1(nil, 3, d, nil); } exception e { "*" => sys->print("%s\n", e); }
	{ kr->sha1(d, -1, d, nil); } exception e { "*" => sys->print("%s\n", e); }
	m := array[16] of byte;
	kr->md4(array of byte "abc", 3, m, nil);
	for(i = 0; i < 16; i++)
		sys->print("%.2x", int m[i]);
	sys->print("\n");
}
