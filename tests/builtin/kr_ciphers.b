implement T;

# Keyring's ciphers besides AES in whole blocks: known answers, chaining from call to call, errors.

include "sys.m";
	sys: Sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

Enc: con Keyring->Encrypt;
Dec: con Keyring->Decrypt;

hex(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i++)
		s += sys->sprint("%.2x", int a[i]);
	return s;
}

seq(n, from: int): array of byte
{
	a := array[n] of byte;
	for(i := 0; i < n; i++)
		a[i] = byte (from + i);
	return a;
}

same(what: string, a, b: array of byte)
{
	sys->print("%s %s\n", what, hex(a));
	if(hex(a) != hex(b))
		sys->print("%s: differs: %s\n", what, hex(b));
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	key := seq(16, 1);
	iv := seq(8, 9);

	b := seq(40, 0);
	kr->aescbc(kr->aessetup(key, nil), b, 40, Enc);
	sys->print("aescbc %s\n", hex(b));
	kr->aescbc(kr->aessetup(key, nil), b, 40, Dec);
	same("back", b, seq(40, 0));

	b = seq(16, 0);
	d := kr->dessetup(key, iv);
	kr->descbc(d, b, 8, Enc);
	kr->descbc(d, b[8:], 8, Enc);
	sys->print("descbc %s\n", hex(b));
	d = kr->dessetup(key, iv);
	kr->descbc(d, b, 8, Dec);
	kr->descbc(d, b[8:], 8, Dec);
	same("back", b, seq(16, 0));
	b = seq(8, 0);
	kr->desecb(d, b, 8, Enc);
	sys->print("desecb %s\n", hex(b));
	kr->desecb(d, b, 8, Dec);
	same("back", b, seq(8, 0));

	b = seq(8, 0);
	ide := kr->ideasetup(key, nil);
	kr->ideaecb(ide, b, 8, Enc);
	sys->print("ideaecb %s\n", hex(b));
	kr->ideaecb(ide, b, 8, Dec);
	same("back", b, seq(8, 0));
	b = seq(16, 0);
	kr->ideacbc(ide, b, 16, Enc);
	sys->print("ideacbc %s\n", hex(b));
	kr->ideacbc(kr->ideasetup(key, nil), b, 16, Dec);
	same("back", b, seq(16, 0));
	# all bits of key and data, and zeros, which stand for 65536 in its arithmetic
	for(k := 0; k < 3; k++){
		ik := array[16] of {* => byte (k * 16r7f)};
		b = array[24] of {* => byte (k * 16r80)};
		ide = kr->ideasetup(ik, nil);
		kr->ideacbc(ide, b, 24, Enc);
		kr->ideacbc(kr->ideasetup(ik, nil), b, 24, Dec);
		same("idea back", b, array[24] of {* => byte (k * 16r80)});
	}

	b = seq(16, 0);
	bf := kr->blowfishsetup(key, nil);
	kr->blowfishcbc(bf, b, 16, Enc);
	sys->print("blowfish %s\n", hex(b));
	kr->blowfishcbc(kr->blowfishsetup(key, nil), b, 16, Dec);
	same("back", b, seq(16, 0));
	for(k = 1; k <= 56; k += 11){
		b = seq(16, 0);
		kr->blowfishcbc(kr->blowfishsetup(seq(k, 1), iv), b, 16, Enc);
		kr->blowfishcbc(kr->blowfishsetup(seq(k, 1), iv), b, 16, Dec);
		same(sys->sprint("blowfish %d", k), b, seq(16, 0));
	}

	b = seq(8, 0);
	rc := kr->rc4setup(key);
	kr->rc4(rc, b, 8);
	sys->print("rc4 %s\n", hex(b));
	kr->rc4back(rc, 8);
	kr->rc4(rc, b, 8);
	same("back", b, seq(8, 0));
	b = seq(1000, 0);
	rc = kr->rc4setup(key);
	kr->rc4(rc, b, 1000);
	rc = kr->rc4setup(key);
	kr->rc4skip(rc, 990);
	e := b[990:];
	kr->rc4(rc, e, 10);
	same("skipped", e, seq(10, 990));
	kr->rc4back(rc, 1000);
	e = b[0:10];
	kr->rc4(rc, e, 10);
	same("rewound", e, seq(10, 0));
	if(kr->rc4setup(nil) == nil)
		sys->print("rc4setup nil\n");

	# more than others wait for
	large := array[3 * 1024 * 1024] of {* => byte 7};
	kr->aescbc(kr->aessetup(key, nil), large, len large, Enc);
	kr->aescbc(kr->aessetup(key, nil), large, len large, Dec);
	for(i := 0; i < len large; i++)
		if(large[i] != byte 7)
			break;
	sys->print("big %d\n", i);

	errors();
}

errors()
{
	k := seq(16, 0);
	for(i := 0; i < 24; i++)
		{
			case i {
			0 =>	kr->aessetup(nil, nil);
			1 =>	kr->aessetup(seq(33, 0), nil);
			2 =>	kr->dessetup(seq(7, 0), nil);
			3 =>	kr->dessetup(k, seq(7, 0));
			4 =>	kr->ideasetup(seq(15, 0), nil);
			5 =>	kr->ideasetup(k, seq(0, 0));
			6 =>	kr->blowfishsetup(seq(57, 0), nil);
			7 =>	kr->blowfishsetup(k, seq(16, 0));
			8 =>	kr->blowfishsetup(seq(0, 0), nil);
			9 =>	kr->rc4setup(seq(0, 0));
			10 =>	kr->descbc(kr->dessetup(k, nil), seq(9, 0), 9, 0);
			11 =>	kr->desecb(kr->dessetup(k, nil), seq(8, 0), 16, 0);
			12 =>	kr->ideaecb(kr->ideasetup(k, nil), seq(8, 0), -8, 0);
			13 =>	kr->ideacbc(kr->ideasetup(k, nil), seq(12, 0), 12, 0);
			14 =>	kr->blowfishcbc(kr->blowfishsetup(k, nil), seq(4, 0), 4, 0);
			15 =>	kr->rc4(kr->rc4setup(k), seq(4, 0), 5);
			16 =>	kr->rc4(nil, seq(4, 0), 4);
			17 =>	kr->rc4back(nil, 1);
			18 =>	kr->descbc(ref Keyring->DESstate(0), seq(8, 0), 8, 0);
			19 =>	kr->rc4skip(ref Keyring->RC4state(0), 8);
			20 =>	kr->aescbc(kr->aessetup(k, nil), nil, 16, 0);
			21 =>	kr->descbc(nil, nil, 0, 0);
			22 =>	kr->rc4skip(kr->rc4setup(k), -1);
			23 =>	kr->aescbc(kr->aessetup(k, nil), seq(5, 0), 5, 0);
			}
			sys->print("%d ok\n", i);
		} exception e {
		"*" =>
			sys->print("%d %s\n", i, e);
		}
}
