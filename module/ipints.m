# Integers of any size, built in. See keyring-ipint(2).
IPints: module
{
	PATH:	con "$IPints";

	# x is a dummy: the number is hidden behind it
	IPint: adt
	{
		x:	int;

		iptob64, iptob64z:	fn(i: self ref IPint): string;
		b64toip:		fn(str: string): ref IPint;
		iptobytes, iptobebytes:	fn(i: self ref IPint): array of byte;
		bytestoip:		fn(buf: array of byte): ref IPint;
		bebytestoip:		fn(mag: array of byte): ref IPint;
		inttoip:		fn(i: int): ref IPint;
		iptoint:		fn(i: self ref IPint): int;
		iptostr:		fn(i: self ref IPint, base: int): string;
		strtoip:		fn(str: string, base: int): ref IPint;
		random:			fn(nbits: int): ref IPint;
		bits:			fn(i: self ref IPint): int;
		expmod:			fn(base: self ref IPint, exp, mod: ref IPint): ref IPint;
		invert:			fn(base: self ref IPint, mod: ref IPint): ref IPint;
		add, sub:		fn(i1: self ref IPint, i2: ref IPint): ref IPint;
		neg:			fn(i: self ref IPint): ref IPint;
		mul:			fn(i1: self ref IPint, i2: ref IPint): ref IPint;
		div:			fn(i1: self ref IPint, i2: ref IPint): (ref IPint, ref IPint);
		mod:			fn(i1: self ref IPint, i2: ref IPint): ref IPint;
		eq, cmp:		fn(i1: self ref IPint, i2: ref IPint): int;
		copy:			fn(i: self ref IPint): ref IPint;
		shl, shr:		fn(i: self ref IPint, n: int): ref IPint;
		and, ori, xor:		fn(i1: self ref IPint, i2: ref IPint): ref IPint;
		not:			fn(i1: self ref IPint): ref IPint;
	};

	probably_prime:	fn(n: ref IPint, nrep: int): int;
	genprime, genstrongprime: fn(nbits: int, nrep: int): ref IPint;
	gensafeprime:	fn(nbits: int, nrep: int): (ref IPint, ref IPint);
	DSAprimes:	fn(): (ref IPint, ref IPint, array of byte);
};
