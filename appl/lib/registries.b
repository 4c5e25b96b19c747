implement Registries;

#
# Service registries; see registries(2).
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

include "dial.m";
	dial: Dial;

include "security.m";
	auth: Auth;

include "keyset.m";
	keyset: Keyset;

include "registries.m";

Mount:	con "/mnt/registry";

init()
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	str = load String String->PATH;
	dial = load Dial Dial->PATH;
}

# leave an error and fail
error(s: string)
{
	sys->werrstr(s);
}

Attributes.new(attrs: list of (string, string)): ref Attributes
{
	return ref Attributes(attrs);
}

Attributes.get(a: self ref Attributes, attr: string): string
{
	for(l := a.attrs; l != nil; l = tl l)
		if((hd l).t0 == attr)
			return (hd l).t1;
	return nil;
}

Attributes.set(a: self ref Attributes, attr, val: string)
{
	r: list of (string, string);
	for(l := a.attrs; l != nil; l = tl l)
		if((hd l).t0 != attr)
			r = hd l :: r;
	a.attrs = (attr, val) :: nil;
	for(; r != nil; r = tl r)
		a.attrs = hd r :: a.attrs;
}

pairs(l: list of (string, string)): string
{
	s := "";
	for(; l != nil; l = tl l)
		s += sys->sprint(" %q %q", (hd l).t0, (hd l).t1);
	return s;
}

Registry.new(dir: string): ref Registry
{
	if(dir == nil)
		dir = Mount;
	fd := sys->open(dir + "/index", Sys->OREAD);
	if(fd == nil)
		return nil;
	return ref Registry(dir, fd);
}

Registry.connect(svc: ref Service, user: string, keydir: string): ref Registry
{
	if(svc == nil)
		svc = ref Service("net!$registry!registry", Attributes.new(("auth", "none") :: nil));
	a := svc.attach(user, keydir);
	if(a == nil)
		return nil;
	if(sys->mount(a.fd, nil, Mount, Sys->MREPL, nil) < 0)
		return nil;
	return Registry.new(Mount);
}

# the services listed in a file
readlist(fd: ref Sys->FD): (list of ref Service, string)
{
	if(bufio == nil || str == nil)
		return (nil, "registries: missing module");
	b := bufio->fopen(fd, Bufio->OREAD);
	if(b == nil)
		return (nil, sys->sprint("%r"));
	b.seek(big 0, Bufio->SEEKSTART);
	l: list of ref Service;
	while((s := b.gets('\n')) != nil){
		w := str->unquoted(s);
		if(w == nil)
			continue;
		svc := ref Service(hd w, ref Attributes(nil));
		al: list of (string, string);
		for(w = tl w; w != nil && tl w != nil; w = tl tl w)
			al = (hd w, hd tl w) :: al;
		for(; al != nil; al = tl al)
			svc.attrs.attrs = hd al :: svc.attrs.attrs;
		l = svc :: l;
	}
	r: list of ref Service;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return (r, nil);
}

Registry.services(r: self ref Registry): (list of ref Service, string)
{
	return readlist(r.indexfd);
}

Registry.find(r: self ref Registry, a: list of (string, string)): (list of ref Service, string)
{
	fd := sys->open(r.dir + "/find", Sys->ORDWR);
	if(fd == nil)
		return (nil, sys->sprint("%r"));
	q := pairs(a);
	if(q != nil)
		q = q[1:];
	b := array of byte q;
	if(sys->write(fd, b, len b) != len b)
		return (nil, sys->sprint("%r"));
	return readlist(fd);
}

Registry.register(r: self ref Registry, addr: string, attrs: ref Attributes, persist: int): (ref Registered, string)
{
	fd := sys->open(r.dir + "/new", Sys->OWRITE);
	if(fd == nil)
		return (nil, sys->sprint("%r"));
	s := sys->sprint("%q", addr);
	if(attrs != nil)
		s += pairs(attrs.attrs);
	if(persist)
		s += " persist 1";
	if(sys->fprint(fd, "%s", s) < 0)
		return (nil, sys->sprint("%r"));
	return (ref Registered(addr, r, fd), nil);
}

Registry.unregister(r: self ref Registry, addr: string): string
{
	if(sys->remove(r.dir + "/" + addr) < 0)
		return sys->sprint("%r");
	return nil;
}

#
# use of a service
#

Service.attach(s: self ref Service, user: string, keydir: string): ref Attached
{
	if(dial == nil){
		error("cannot load " + Dial->PATH);
		return nil;
	}
	c := dial->dial(s.addr, nil);
	if(c == nil)
		return nil;
	case kind := s.attrs.get("auth") {
	"" or "none" =>
		return ref Attached(c.dfd, nil, nil, nil);
	"infpk1" or "auth" =>
		return authenticate(s, c.dfd, user, keydir);
	* =>
		error(sys->sprint("unknown authentication type '%s'", kind));
		return nil;
	}
}

authenticate(s: ref Service, fd: ref Sys->FD, localuser, keydir: string): ref Attached
{
	if(keyring == nil)
		keyring = load Keyring Keyring->PATH;
	if(auth == nil){
		auth = load Auth Auth->PATH;
		if(auth == nil)
			return nil;
		err := auth->init();
		if(err != nil){
			error(err);
			return nil;
		}
	}
	if(keyring == nil)
		return nil;
	user := localuser;
	if(user == nil)
		user = readuser();
	file := "/usr/" + user + "/keyring/default";
	signer := s.attrs.get("auth.signer");
	if(signer != nil){
		if(keyset == nil){
			keyset = load Keyset Keyset->PATH;
			if(keyset == nil)
				return nil;
			err := keyset->init();
			if(err != nil){
				error(err);
				return nil;
			}
		}
		(keys, err) := keyset->keysforsigner(nil, signer, localuser, keydir);
		if(err != nil){
			error(err);
			return nil;
		}
		if(keys == nil){
			error("no matching keys found");
			return nil;
		}
		(file, nil, nil) = hd keys;
	}
	info := keyring->readauthinfo(file);
	if(info == nil)
		return nil;
	alg := s.attrs.get("auth.crypt");
	if(alg == nil)
		alg = "none";
	(nfd, who) := auth->client(alg, info, fd);
	if(nfd == nil){
		error(who);
		return nil;
	}
	return ref Attached(nfd, signer, info.mypk.owner, who);
}

readuser(): string
{
	fd := sys->open("/dev/user", Sys->OREAD);
	if(fd == nil)
		return nil;
	buf := array[128] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return nil;
	return string buf[0:n];
}
