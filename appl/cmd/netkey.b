implement Netkey;

#
# Answers the challenges of a SecureNet calculator; see netkey(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "keyring.m";
	keyring: Keyring;

Netkey: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Block:	con 8;			# of the cipher
Maxpass: con 27;		# bytes of a password that count
Maxchal: con 7;			# and of a challenge

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	keyring = load Keyring Keyring->PATH;
	if(keyring == nil)
		nomod(Keyring->PATH);
	if(tl argv != nil){
		sys->fprint(sys->fildes(2), "usage: netkey\n");
		raise "fail:usage";
	}
	password := secret("Password: ");
	if(password == nil)
		fail("no password", "eof");
	key := passkey(array of byte password);
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	for(;;){
		sys->print("challenge: ");
		s := in.gets('\n');
		while(s != nil && (s[len s - 1] == '\n' || s[len s - 1] == '\r'))
			s = s[0:len s - 1];
		if(s == nil)
			break;
		sys->print("response: %s\n", response(key, array of byte s));
	}
	sys->print("\n");
}

# a line from the console that does not show
secret(prompt: string): string
{
	ctl := sys->open("/dev/consctl", Sys->OWRITE);
	if(ctl != nil)
		sys->fprint(ctl, "rawon");
	cons := sys->open("/dev/cons", Sys->OREAD);
	if(cons == nil)
		fail(sys->sprint("can't open /dev/cons: %r"), "open");
	sys->print("%s", prompt);
	line := array[128] of byte;
	c := array[1] of byte;
	n := 0;
scan:
	while(sys->read(cons, c, 1) == 1)
		case int c[0] {
		'\n' or '\r' or 4 =>
			break scan;
		'\b' or 16r7f =>
			# all bytes of a character
			while(n > 0 && (line[--n] & byte 16rc0) == byte 16r80)
				;
		16r15 =>
			n = 0;
		* =>
			if(n < len line)
				line[n++] = c[0];
		}
	if(ctl != nil)
		sys->fprint(ctl, "rawoff");
	sys->print("\n");
	return string line[0:n];
}

# Makes a DES key of eight characters, 7 bits of each, the first lowest. The longer password is worked off in pieces of
# eight: the key so far encrypts the next piece, and the result makes the next key; the last piece is the last eight bytes.
passkey(password: array of byte): array of byte
{
	n := len password;
	if(n > Maxpass)
		n = Maxpass;
	buf := array[Maxpass + 1] of {* => byte ' '};
	buf[0:] = password[0:n];
	buf[n] = byte 0;
	at := 0;
	for(;;){
		key := spread(pack(buf[at:at+Block]));
		n -= Block;
		if(n <= 0)
			return key;
		at += Block;
		if(n < Block){
			at -= Block - n;
			n = Block;
		}
		keyring->desecb(keyring->dessetup(key, nil), buf[at:at+Block], Block, Keyring->Encrypt);
	}
}

# the eighth bit of what is no ASCII is carried over into the next character's
pack(a: array of byte): array of byte
{
	k := array[7] of byte;
	for(i := 0; i < len k; i++)
		k[i] = byte ((int a[i] >> i) + (int a[i+1] << 7 - i));
	return k;
}

# 56 bits, the highest first, 7 to a byte above a bit for parity
spread(k: array of byte): array of byte
{
	key := array[8] of byte;
	bits := 0;
	for(i := 0; i < len k; i++){
		bits = bits << 8 | int k[i];
		key[i] = byte (bits >> i & 16rfe);
	}
	key[7] = byte (bits << 1);
	return key;
}

response(key, challenge: array of byte): string
{
	block := array[Block] of {* => byte 0};
	n := len challenge;
	if(n > Maxchal)
		n = Maxchal;
	block[0:] = challenge[0:n];
	keyring->desecb(keyring->dessetup(key, nil), block, Block, Keyring->Encrypt);
	s := "";
	for(i := 0; i < 4; i++)
		s += sys->sprint("%.2x", int block[i]);
	return s;
}

fail(msg, status: string)
{
	sys->fprint(sys->fildes(2), "netkey: %s\n", msg);
	raise "fail:" + status;
}

nomod(path: string)
{
	fail(sys->sprint("cannot load %s: %r", path), "bad module");
}
