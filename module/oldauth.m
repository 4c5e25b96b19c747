# Text forms of keys and certificates; needs ipints.m and crypt.m before it. See oldauth(2).
Oldauth: module
{
	PATH:	con "/dis/lib/oldauth.dis";

	init:	fn();

	Certificate: adt
	{
		sa, ha, signer:	string;
		exp:		int;
		sig:		ref Crypt->PKsig;
	};

	Authinfo: adt
	{
		mysk:		ref Crypt->SK;
		mypk:		ref Crypt->PK;
		owner:		string;
		cert:		ref Certificate;
		spk:		ref Crypt->PK;
		alpha, p:	ref IPints->IPint;
	};

	readauthinfo:	fn(filename: string): ref Authinfo;
	writeauthinfo:	fn(filename: string, info: ref Authinfo): int;
	certtostr:	fn(c: ref Certificate): string;
	pktostr:	fn(pk: ref Crypt->PK, owner: string): string;
	sktostr:	fn(sk: ref Crypt->SK, owner: string): string;
	strtocert:	fn(s: string): ref Certificate;
	strtopk:	fn(s: string): (ref Crypt->PK, string);
	strtosk:	fn(s: string): (ref Crypt->SK, string);
	sign:		fn(sk: ref Crypt->SK, signer: string, exp: int, state: ref Crypt->DigestState,
			ha: string): ref Certificate;
	verify:		fn(pk: ref Crypt->PK, cert: ref Certificate, state: ref Crypt->DigestState): int;
};
