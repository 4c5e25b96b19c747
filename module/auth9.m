# Tickets of Plan 9; needs sys.m before it. See auth9(2).
Auth9: module
{
	PATH:		con "/dis/lib/auth9.dis";
	ANAMELEN:	con 28;
	AERRLEN:	con 64;
	DOMLEN:		con 48;
	DESKEYLEN:	con 7;
	CHALLEN:	con 8;
	NETCHLEN:	con 16;
	SECRETLEN:	con 32;
	AuthTreq:	con 1;
	AuthChal:	con 2;
	AuthPass:	con 3;
	AuthOK:		con 4;
	AuthErr:	con 5;
	AuthMod:	con 6;
	AuthApop:	con 7;
	AuthOKvar:	con 9;
	AuthChap:	con 10;
	AuthMSchap:	con 11;
	AuthCram:	con 12;
	AuthHttp:	con 13;
	AuthVNC:	con 14;
	AuthTs:		con 64;
	AuthTc:		con 65;
	AuthAs:		con 66;
	AuthAc:		con 67;
	AuthTp:		con 68;
	AuthHr:		con 69;

	Ticketreq: adt
	{
		rtype:			int;
		authid, authdom:	string;
		chal:			array of byte;
		hostid, uid:		string;

		pack:	fn(t: self ref Ticketreq): array of byte;
		unpack:	fn(a: array of byte): (int, ref Ticketreq);
	};

	TICKREQLEN:	con 3 * ANAMELEN + CHALLEN + DOMLEN + 1;

	Ticket: adt
	{
		num:		int;
		chal:		array of byte;
		cuid, suid:	string;
		key:		array of byte;

		pack:	fn(t: self ref Ticket, key: array of byte): array of byte;
		unpack:	fn(a: array of byte, key: array of byte): (int, ref Ticket);
	};

	TICKETLEN:	con CHALLEN + 2 * ANAMELEN + DESKEYLEN + 1;

	Authenticator: adt
	{
		num:	int;
		chal:	array of byte;
		id:	int;

		pack:	fn(f: self ref Authenticator, key: array of byte): array of byte;
		unpack:	fn(a: array of byte, key: array of byte): (int, ref Authenticator);
	};

	AUTHENTLEN:	con CHALLEN + 4 + 1;

	Passwordreq: adt
	{
		num:		int;
		old, new:	array of byte;
		changesecret:	int;
		secret:		array of byte;

		pack:	fn(f: self ref Passwordreq, key: array of byte): array of byte;
		unpack:	fn(a: array of byte, key: array of byte): (int, ref Passwordreq);
	};

	PASSREQLEN:	con 2 * ANAMELEN + 1 + 1 + SECRETLEN;

	netcrypt:		fn(key: array of byte, chal: string): string;
	passtokey:		fn(pw: string): array of byte;
	des56to64:		fn(a: array of byte): array of byte;
	encrypt, decrypt:	fn(key: array of byte, data: array of byte, n: int);
	_asgetticket:		fn(fd: ref Sys->FD, tr: ref Ticketreq, key: array of byte): (ref Ticket,
			array of byte);
	_asrdresp:		fn(fd: ref Sys->FD, n: int): array of byte;
	init:			fn();
};
