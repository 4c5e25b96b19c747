implement Shellbuiltin;

#
# Windows and channels for scripts of the shell; see sh-tk(1).
#
# Channels have names; a window is known by a number, which also names the channel on which its
# events of the window manager are received. While a script waits for one of these, what comes from
# keyboard and pointer is given to the window.
#

include "sys.m";
	sys: Sys;

include "draw.m";
	draw: Draw;

include "tk.m";
	tk: Tk;

include "tkclient.m";
	tkclient: Tkclient;

include "sh.m";
	sh: Sh;
	Listnode, Context: import sh;
	myself: Shellbuiltin;

Channel: adt
{
	name:	string;
	c:	chan of string;
};

Window: adt
{
	id:	string;
	top:	ref Tk->Toplevel;
	bar:	chan of string;		# from the title bar
};

# what scripts have made; whoever holds it has taken it from the channel state
State: adt
{
	chans:	list of ref Channel;
	wins:	list of ref Window;
	last:	int;
};

state: chan of ref State;

initbuiltin(c: ref Context, shmod: Sh): string
{
	sys = load Sys Sys->PATH;
	sh = shmod;
	myself = load Shellbuiltin "$self";
	if(myself == nil)
		return sys->sprint("cannot load self: %r");
	draw = load Draw Draw->PATH;
	if(draw == nil)
		return missing(Draw->PATH);
	tk = load Tk Tk->PATH;
	if(tk == nil)
		return missing(Tk->PATH);
	tkclient = load Tkclient Tkclient->PATH;
	if(tkclient == nil)
		return missing(Tkclient->PATH);
	tkclient->init();
	if(state == nil){
		state = chan[1] of ref State;
		state <-= ref State(nil, nil, 0);
	}
	c.addbuiltin("tk", myself);
	c.addbuiltin("chan", myself);
	c.addbuiltin("send", myself);
	c.addsbuiltin("tk", myself);
	c.addsbuiltin("recv", myself);
	c.addsbuiltin("alt", myself);
	c.addsbuiltin("tkquote", myself);
	return nil;
}

missing(path: string): string
{
	sys->fprint(sys->fildes(2), "tk: cannot load %s: %r\n", path);
	return "bad module";
}

getself(): Shellbuiltin
{
	return myself;
}

whatis(nil: ref Context, nil: Sh, nil: string, nil: int): string
{
	return nil;
}

usage(c: ref Context, s: string)
{
	c.fail("usage", "usage: " + s);
}

val(s: string): list of ref Listnode
{
	return ref Listnode(nil, s) :: nil;
}

runbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode, nil: int): string
{
	args := sh->list2stringlist(tl cmd);
	case (hd cmd).word {
	"chan" =>
		if(args == nil)
			usage(c, "chan name...");
		for(; args != nil; args = tl args)
			newchannel(c, hd args);
	"send" =>
		if(len args != 2)
			usage(c, "send chan value");
		channel(c, hd args).c <-= hd tl args;
	"tk" =>
		r := dotk(c, args);
		if(r == nil)
			return nil;
		if(c.options() & Context.INTERACTIVE)
			sys->print("%s\n", r);
		if(r[0] == '!')
			return r;
	}
	return nil;
}

runsbuiltin(c: ref Context, nil: Sh, cmd: list of ref Listnode): list of ref Listnode
{
	args := sh->list2stringlist(tl cmd);
	case (hd cmd).word {
	"tk" =>
		if(args != nil && hd args == "winids"){
			s := <-state;
			r: list of ref Listnode;
			for(l := s.wins; l != nil; l = tl l)
				r = ref Listnode(nil, (hd l).id) :: r;
			state <-= s;
			return r;
		}
		return val(dotk(c, args));
	"recv" =>
		if(len args != 1)
			usage(c, "recv chan");
		(nil, v) := receive(c, args);
		return val(v);
	"alt" =>
		if(args == nil)
			usage(c, "alt chan...");
		(name, v) := receive(c, args);
		return ref Listnode(nil, name) :: val(v);
	"tkquote" =>
		if(len args != 1)
			usage(c, "tkquote arg");
		return val(tk->quote(hd args));
	}
	return nil;
}

#
# channels
#

isnumber(s: string): int
{
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return 0;
	return s != nil;
}

newchannel(c: ref Context, name: string)
{
	if(name == nil || isnumber(name))
		c.fail("bad chan", sys->sprint("tk: bad channel name '%s'", name));
	s := <-state;
	for(l := s.chans; l != nil; l = tl l)
		if((hd l).name == name)
			break;
	if(l == nil)
		s.chans = ref Channel(name, chan of string) :: s.chans;
	state <-= s;
	if(l != nil)
		c.fail("bad chan", sys->sprint("tk: channel '%s' already exists", name));
}

findchannel(name: string): ref Channel
{
	s := <-state;
	r: ref Channel;
	for(l := s.chans; l != nil; l = tl l)
		if((hd l).name == name)
			r = hd l;
	state <-= s;
	return r;
}

channel(c: ref Context, name: string): ref Channel
{
	ch := findchannel(name);
	if(ch == nil)
		c.fail("bad chan", sys->sprint("tk: bad channel name '%s'", name));
	return ch;
}

# (name of the first channel to have something, what it has)
receive(c: ref Context, names: list of string): (string, string)
{
	n := 3 * len names;
	str := array[n] of chan of string;
	of0 := array[n] of string;		# names that go with str
	kbd := array[len names] of chan of int;
	ptr := array[len names] of chan of ref Draw->Pointer;
	tops := array[len names] of ref Tk->Toplevel;
	i := 0;
	nw := 0;
	for(; names != nil; names = tl names){
		name := hd names;
		if(!isnumber(name)){
			str[i] = channel(c, name).c;
			of0[i++] = name;
			continue;
		}
		w := window(c, name);
		str[i] = w.bar;
		of0[i++] = name;
		str[i] = w.top.wreq;
		of0[i++] = name;
		if(w.top.ctxt != nil){
			str[i] = w.top.ctxt.ctl;
			of0[i++] = name;
			kbd[nw] = w.top.ctxt.kbd;
			ptr[nw] = w.top.ctxt.ptr;
		}
		tops[nw++] = w.top;
	}
	for(;;) alt {
	(j, s) := <-str =>
		return (of0[j], s);
	(j, k) := <-kbd =>
		tk->keyboard(tops[j], k);
	(j, p) := <-ptr =>
		tk->pointer(tops[j], *p);
	}
}

#
# windows
#

window(c: ref Context, id: string): ref Window
{
	s := <-state;
	w: ref Window;
	for(l := s.wins; l != nil; l = tl l)
		if((hd l).id == id)
			w = hd l;
	state <-= s;
	if(w == nil)
		c.fail("bad win", sys->sprint("tk: unknown window id '%s'", id));
	return w;
}

newwindow(c: ref Context, title, opts: string): string
{
	if(c.drawcontext == nil)
		c.fail("no draw context", "tk: no graphics context available");
	(top, bar) := tkclient->toplevel(c.drawcontext, opts, title, Tkclient->Appl);
	tkclient->startinput(top, "ptr" :: "kbd" :: nil);
	s := <-state;
	id := string s.last++;
	s.wins = ref Window(id, top, bar) :: s.wins;
	state <-= s;
	return id;
}

forget(c: ref Context, name: string)
{
	s := <-state;
	found := 0;
	wins: list of ref Window;
	for(w := s.wins; w != nil; w = tl w)
		if((hd w).id == name)
			found = 1;
		else
			wins = hd w :: wins;
	for(s.wins = nil; wins != nil; wins = tl wins)
		s.wins = hd wins :: s.wins;
	chans: list of ref Channel;
	for(l := s.chans; l != nil; l = tl l)
		if((hd l).name == name)
			found = 1;
		else
			chans = hd l :: chans;
	s.chans = chans;
	state <-= s;
	if(!found){
		if(isnumber(name))
			c.fail("bad win", sys->sprint("tk: unknown window id '%s'", name));
		c.fail("bad chan", sys->sprint("tk: bad channel name '%s'", name));
	}
}

join(l: list of string): string
{
	s := "";
	for(; l != nil; l = tl l){
		s += hd l;
		if(tl l != nil)
			s += " ";
	}
	return s;
}

synopsis: con "tk (window|onscreen|winctl|wintitle|namechan|del|winids|id) arg...";

dotk(c: ref Context, args: list of string): string
{
	if(args == nil)
		usage(c, synopsis);
	op := hd args;
	args = tl args;
	case op {
	"window" =>
		if(args == nil)
			usage(c, "tk window title [opts]");
		return newwindow(c, hd args, join(tl args));
	"onscreen" =>
		if(args == nil || len args > 2)
			usage(c, "tk onscreen id [how]");
		how: string;
		if(tl args != nil)
			how = hd tl args;
		tkclient->onscreen(window(c, hd args).top, how);
		return nil;
	"winctl" =>
		if(len args < 2)
			usage(c, "tk winctl id cmd");
		w := window(c, hd args);
		cmd := join(tl args);
		if(cmd == "exit"){
			forget(c, w.id);
			return nil;
		}
		return tkclient->wmctl(w.top, cmd);
	"wintitle" =>
		if(len args != 2)
			usage(c, "tk wintitle id title");
		return tkclient->settitle(window(c, hd args).top, hd tl args);
	"namechan" =>
		if(len args < 2 || len args > 3)
			usage(c, "tk namechan id chan [name]");
		name := hd tl args;
		if(tl tl args != nil)
			name = hd tl tl args;
		return tk->namechan(window(c, hd args).top, channel(c, hd tl args).c, name);
	"del" =>
		if(args == nil)
			usage(c, "tk del id|chan...");
		for(; args != nil; args = tl args)
			forget(c, hd args);
		return nil;
	"winids" =>
		s := <-state;
		ids := "";
		for(l := s.wins; l != nil; l = tl l)
			ids = (hd l).id + " " + ids;
		state <-= s;
		return ids;
	}
	if(!isnumber(op))
		usage(c, synopsis);
	if(args == nil)
		usage(c, "tk id cmd...");
	return tk->cmd(window(c, op).top, join(args));
}
