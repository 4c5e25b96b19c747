implement Newns;

#
# Build a name space from a file; see newns(2) and namespace(6).
#

include "sys.m";
	sys: Sys;

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

include "keyring.m";
	keyring: Keyring;

include "security.m";

include "dial.m";
	dialler: Dial;

include "factotum.m";
	factotum: Factotum;

include "newns.m";

Maxdepth:	con 16;		# files in files

load1(): string
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(bufio == nil)
		bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		return sys->sprint("cannot load %s: %r", Bufio->PATH);
	if(str == nil)
		str = load String String->PATH;
	if(str == nil)
		return sys->sprint("cannot load %s: %r", String->PATH);
	return nil;
}

newns(user: string, nsfile: string): string
{
	err := load1();
	if(err != nil)
		return err;
	if(nsfile == nil){
		nsfile = "namespace";
		(ok, nil) := sys->stat(nsfile);
		if(ok < 0)
			nsfile = "/lib/namespace";
	}
	return runfile(user, nsfile, 0);
}

newuser(user: string, cap: string, nsfile: string): string
{
	if(cap == nil)
		return "no capability";
	if(sys == nil)
		sys = load Sys Sys->PATH;
	fd := sys->open("#¤/capuse", Sys->OWRITE);
	if(fd == nil)
		return sys->sprint("cannot open #¤/capuse: %r");
	a := array of byte cap;
	if(sys->write(fd, a, len a) < 0)
		return sys->sprint("cannot use capability: %r");
	sys->unmount(nil, "/mnt/factotum");
	sys->bind("#sfactotum", "/mnt/factotum", Sys->MREPL);
	return newns(user, nsfile);
}

runfile(user, file: string, depth: int): string
{
	if(depth > Maxdepth)
		return "cannot open " + file + ": too many files in files";
	b := bufio->open(file, Bufio->OREAD);
	if(b == nil)
		return sys->sprint("cannot open %s: %r", file);
	while((line := b.gets('\n')) != nil){
		words := str->unquoted(line);
		if(words == nil || line[0] == '#')
			continue;
		ok := 1;
		r: list of string;
		for(; words != nil && ok; words = tl words){
			w: string;
			(ok, w) = expand(user, hd words);
			r = w :: r;
		}
		if(!ok)
			continue;
		for(; r != nil; r = tl r)
			words = hd r :: words;
		err := op(user, hd words, tl words, depth);
		if(err != nil){
			b.close();
			return err;
		}
	}
	b.close();
	return nil;
}

# replace $name; 0 if one is not set
expand(user, w: string): (int, string)
{
	s := "";
	for(i := 0; i < len w;){
		if(w[i] != '$'){
			s[len s] = w[i++];
			continue;
		}
		for(j := ++i; j < len w && !str->in(w[j], "./$"); j++)
			;
		val := getenv(w[i:j]);
		if(val == nil && w[i:j] == "user")
			val = user;
		if(val == nil)
			return (0, nil);
		s += val;
		i = j;
	}
	return (1, s);
}

getenv(name: string): string
{
	if(name == "")
		return nil;
	fd := sys->open("/env/" + name, Sys->OREAD);
	if(fd == nil)
		return nil;
	buf := array[Sys->ATOMICIO] of byte;
	n := sys->readn(fd, buf, len buf);
	if(n <= 0)
		return nil;
	return string buf[0:n];
}

op(user, cmd: string, args: list of string, depth: int): string
{
	case cmd {
	"." =>
		if(args == nil)
			return ".: needs a filename";
		return runfile(user, hd args, depth + 1);
	"bind" =>
		return bind(args);
	"mount" =>
		return mount(args);
	"import" =>
		return import9(args);
	"unmount" =>
		return unmount(args);
	"cd" =>
		if(len args != 1)
			return "cd: must have one argument";
		if(sys->chdir(hd args) < 0)
			return sys->sprint("cd: %s: %r", hd args);
	"fork" =>
		sys->pctl(Sys->FORKNS, nil);
	"new" =>
		sys->pctl(Sys->NEWNS|Sys->FORKENV, nil);
	"nodev" =>
		sys->pctl(Sys->NODEVS, nil);
	"clear" =>
		if(sys->chdir("#/") < 0)
			return sys->sprint("clear: %r");
		sys->pctl(Sys->NEWNS, nil);
	* =>
		return "invalid namespace command";
	}
	return nil;
}

#
# options: letters of which some take a value.  flags is for bind and mount
#
Opts: adt
{
	flags:	int;
	ignore:	int;
	noauth:	int;
	plan9:	int;
	key:	string;
	alg:	string;
	args:	list of string;
	err:	string;
};

options(cmd, letters: string, args: list of string): ref Opts
{
	o := ref Opts(Sys->MREPL, 0, 0, 0, nil, nil, nil, nil);
	while(args != nil && len hd args > 1 && (hd args)[0] == '-'){
		w := (hd args)[1:];
		args = tl args;
		if(w == "-")
			break;
		while(w != ""){
			c := w[0];
			w = w[1:];
			if(!str->in(c, letters)){
				o.err = sys->sprint("%s: bad option -%c", cmd, c);
				return o;
			}
			case c {
			'a' =>
				o.flags |= Sys->MAFTER;
			'b' =>
				o.flags |= Sys->MBEFORE;
			'c' =>
				o.flags |= Sys->MCREATE;
			'r' =>
				o.flags &= ~(Sys->MAFTER|Sys->MBEFORE);
			'i' =>
				o.ignore = 1;
			'A' =>
				o.noauth = 1;
			'9' =>
				o.plan9 = 1;
			'k' or 'C' =>
				if(w == "" && args != nil){
					w = hd args;
					args = tl args;
				}
				if(w == ""){
					o.err = sys->sprint("%s: option -%c needs an argument", cmd, c);
					return o;
				}
				if(c == 'k')
					o.key = w;
				else
					o.alg = w;
				w = "";
			}
		}
	}
	o.args = args;
	return o;
}

bind(args: list of string): string
{
	o := options("bind", "abrci", args);
	if(o.err != nil)
		return o.err;
	if(len o.args < 2)
		return "bind: too few args";
	(new, old) := (hd o.args, hd tl o.args);
	if(sys->bind(new, old, o.flags) < 0 && !o.ignore)
		return sys->sprint("bind %s %s: %r", new, old);
	return nil;
}

unmount(args: list of string): string
{
	o := options("unmount", "i", args);
	if(o.err != nil)
		return o.err;
	r: int;
	case len o.args {
	1 =>
		r = sys->unmount(nil, hd o.args);
	2 =>
		r = sys->unmount(hd o.args, hd tl o.args);
	* =>
		return "unmount: takes 1 or 2 args";
	}
	if(r < 0 && !o.ignore)
		return sys->sprint("unmount: %r");
	return nil;
}

dial(addr, svc: string): (ref Sys->FD, string)
{
	if(dialler == nil)
		dialler = load Dial Dial->PATH;
	if(dialler == nil)
		return (nil, sys->sprint("cannot load %s: %r", Dial->PATH));
	addr = dialler->netmkaddr(addr, "net", svc);
	c := dialler->dial(addr, nil);
	if(c == nil)
		return (nil, sys->sprint("dial: %s: %r", addr));
	return (c.dfd, nil);
}

# run the authentication agent on fd
agent(fd: ref Sys->FD): string
{
	if(factotum == nil)
		factotum = load Factotum Factotum->PATH;
	if(factotum == nil)
		return sys->sprint("cannot load %s: %r", Factotum->PATH);
	factotum->init();
	if(factotum->proxy(fd, factotum->open(), "proto=p9any role=client") == nil)
		return sys->sprint("authentication failed: %r");
	return nil;
}

mount(args: list of string): string
{
	o := options("mount", "abrci9AkC", args);
	if(o.err != nil)
		return o.err;
	if(len o.args < 2 || len o.args > 3)
		return "mount: too few args";
	(addr, dir) := (hd o.args, hd tl o.args);
	spec := "";
	if(len o.args == 3)
		spec = hd tl tl o.args;
	err := domount(o, addr, dir, spec);
	if(o.ignore)
		return nil;
	return err;
}

domount(o: ref Opts, addr, dir, spec: string): string
{
	svc := "styx";
	if(o.plan9)
		svc = "9fs";
	(fd, err) := dial(addr, svc);
	if(fd == nil)
		return err;
	if(o.plan9 && !o.noauth){
		if(factotum == nil)
			factotum = load Factotum Factotum->PATH;
		if(factotum == nil)
			return sys->sprint("cannot load %s: %r", Factotum->PATH);
		factotum->init();
		(ok, nil) := factotum->mount(fd, dir, o.flags, spec, o.key);
		if(ok < 0)
			return sys->sprint("mount %s %s: %r", addr, dir);
		return nil;
	}
	if(!o.noauth){
		(fd, err) = authenticate(fd, addr, o.key, o.alg);
		if(fd == nil)
			return sys->sprint("mount %s: %s", addr, err);
	}
	if(sys->mount(fd, nil, dir, o.flags, spec) < 0)
		return sys->sprint("mount %s %s: %r", addr, dir);
	return nil;
}

authenticate(fd: ref Sys->FD, addr, key, alg: string): (ref Sys->FD, string)
{
	auth := load Auth Auth->PATH;
	if(auth == nil)
		return (nil, sys->sprint("cannot load %s: %r", Auth->PATH));
	err := auth->init();
	if(err != nil)
		return (nil, err);
	if(keyring == nil)
		keyring = load Keyring Keyring->PATH;
	if(keyring == nil)
		return (nil, sys->sprint("cannot load %s: %r", Keyring->PATH));
	dir := "/usr/" + readuser() + "/keyring/";
	if(key == nil){
		key = dir + dialler->netmkaddr(addr, "tcp", "");
		(ok, nil) := sys->stat(key);
		if(ok < 0)
			key = dir + "default";
	}else if(key[0] != '/' && key[0] != '#')
		key = dir + key;
	info := keyring->readauthinfo(key);
	if(info == nil)
		return (nil, sys->sprint("cannot read key %s: %r", key));
	if(alg == nil)
		alg = "none";
	who: string;
	(fd, who) = auth->client(alg, info, fd);
	if(fd == nil)
		return (nil, who);
	return (fd, nil);
}

readuser(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	if(fd == nil)
		return "inferno";
	buf := array[128] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return "inferno";
	return string buf[0:n];
}

import9(args: list of string): string
{
	o := options("import", "abrci9A", args);
	if(o.err != nil)
		return o.err;
	if(len o.args < 2 || len o.args > 3)
		return "import: takes 2 or 3 args";
	host := hd o.args;
	remote := hd tl o.args;
	dir := remote;
	if(len o.args == 3)
		dir = hd tl tl o.args;
	err := doimport(o, host, remote, dir);
	if(o.ignore)
		return nil;
	return err;
}

doimport(o: ref Opts, host, remote, dir: string): string
{
	(fd, err) := dial(host, "exportfs");
	if(fd == nil)
		return err;
	if(!o.noauth){
		err = agent(fd);
		if(err != nil)
			return sys->sprint("import %s: %s", host, err);
	}
	if(sys->fprint(fd, "%s", remote) < 0)
		return sys->sprint("import %s: %r", host);
	buf := array[256] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 2 || string buf[0:2] != "OK"){
		if(n > 0)
			return sys->sprint("import %s %s: %s", host, remote, string buf[0:n]);
		return sys->sprint("import %s %s: no answer", host, remote);
	}
	if(sys->mount(fd, nil, dir, o.flags, "") < 0)
		return sys->sprint("import %s %s: %r", host, dir);
	return nil;
}
