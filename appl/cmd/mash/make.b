implement Mashbuiltin;

#
# The builtin make of mash: brings files up to date by the rules the shell has read. See mash-make(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "daytime.m";
	daytime: Daytime;

include "regex.m";
	regex: Regex;

include "lists.m";
	lists: Lists;

include "arg.m";

include "mash.m";
	mash: Mash;
	Node, Rule, Context: import mash;

# A target, with what applies to it of the rules: all its prerequisites, and the one command that makes it.
Target: adt
{
	name:	string;
	state:	int;
	exists:	int;
	time:	int;
	made:	int;		# now, or it would have been
	failed:	int;
	prereqs: list of string;
	body:	ref Node;
	groups:	list of string;	# of the regular expression of an implicit rule: $0, $1 and so on
};

Fresh, Busy, Done: con iota;

STOP:	con "make: stop";	# exception after the first failure

MAXCHAIN: con 20;		# implicit rules, one for the prerequisite of another

# one call of make
Make: adt
{
	c:	ref Context;
	targets: list of ref Target;
	all, keepon, noexec, silent, explain: int;

	target:	fn(m: self ref Make, name: string): ref Target;
	rules:	fn(m: self ref Make, t: ref Target, above: list of string);
	implicit: fn(m: self ref Make, t: ref Target, above: list of string);
	can:	fn(m: self ref Make, name: string, above: list of string): int;
	make:	fn(m: self ref Make, name: string): ref Target;
	run:	fn(m: self ref Make, t: ref Target, new: list of string);
	bad:	fn(m: self ref Make, t: ref Target, msg: string);
};

mashinit(m: Mash, c: ref Context): string
{
	sys = load Sys Sys->PATH;
	mash = m;
	daytime = load Daytime Daytime->PATH;
	if(daytime == nil)
		return nomod(Daytime->PATH);
	regex = load Regex Regex->PATH;
	if(regex == nil)
		return nomod(Regex->PATH);
	lists = load Lists Lists->PATH;
	if(lists == nil)
		return nomod(Lists->PATH);
	this := load Mashbuiltin "$self";
	if(this == nil)
		return nomod("$self");
	c.define("make", this);
	return nil;
}

nomod(path: string): string
{
	sys->fprint(sys->fildes(2), "make: cannot load %s: %r\n", path);
	return "bad module";
}

mashcmd(c: ref Context, argv: list of string): string
{
	m := ref Make(c, nil, 0, 0, 0, 0, 0);
	arg := load Arg Arg->PATH;
	if(arg == nil)
		return nomod(Arg->PATH);
	arg->init(argv);
	arg->setusage("make [-aekns] [target ...]");
	while((o := arg->opt()) != 0)
		case o {
		'a' =>
			m.all = 1;
		'e' =>
			m.explain = 1;
		'k' =>
			m.keepon = 1;
		'n' =>
			m.noexec = 1;
		's' =>
			m.silent = 1;
		* =>
			arg->usage();
		}
	targets := arg->argv();
	if(targets == nil)
		targets = first(c.shared.rules);
	if(targets == nil){
		sys->fprint(sys->fildes(2), "make: no rules\n");
		return "no rules";
	}
	status: string;
	{
		for(; targets != nil; targets = tl targets){
			t := m.make(hd targets);
			if(t.failed)
				status = "error";
			else if(!t.made && !m.silent)
				sys->print("make: '%s' is up to date\n", t.name);
		}
	}exception{
	STOP =>
		status = "error";
	}
	return status;
}

# the targets of the first explicit rule
first(rules: list of ref Rule): list of string
{
	l: list of string;
	for(; rules != nil; rules = tl rules)
		if(!(hd rules).implicit)
			l = (hd rules).targets;
	return l;
}

Make.target(m: self ref Make, name: string): ref Target
{
	for(l := m.targets; l != nil; l = tl l)
		if((hd l).name == name)
			return hd l;
	t := ref Target(name, Fresh, 0, 0, 0, 0, nil, nil, nil);
	look(t);
	m.targets = t :: m.targets;
	return t;
}

look(t: ref Target)
{
	(ok, d) := sys->stat(t.name);
	t.exists = ok == 0;
	t.time = d.mtime;
}

Make.bad(m: self ref Make, t: ref Target, msg: string)
{
	sys->fprint(sys->fildes(2), "make: %s\n", msg);
	t.failed = 1;
	if(!m.keepon)
		raise STOP;
}

# above: targets whose rules are looked for, for which this one is needed
Make.rules(m: self ref Make, t: ref Target, above: list of string)
{
	where: list of ref Rule;		# in the order in which they were read
	for(l := m.c.shared.rules; l != nil; l = tl l)
		if(!(hd l).implicit && member(t.name, (hd l).targets))
			where = hd l :: where;
	for(; where != nil; where = tl where){
		r := hd where;
		t.prereqs = lists->concat(t.prereqs, m.c.words(r.prereqs));
		if(r.body != nil && t.body != nil)
			m.bad(t, sys->sprint("more than one command to make '%s'", t.name));
		if(r.body != nil)
			t.body = r.body;
	}
	if(t.body == nil)
		m.implicit(t, above);
}

# the first that matches and whose prerequisites are there or can be made
Make.implicit(m: self ref Make, t: ref Target, above: list of string)
{
	if(len above > MAXCHAIN || member(t.name, above))
		return;
	rules: list of ref Rule;
	for(l := m.c.shared.rules; l != nil; l = tl l)
		if((hd l).implicit)
			rules = hd l :: rules;
	for(; rules != nil; rules = tl rules)
		for(res := (hd rules).targets; res != nil; res = tl res){
			groups := matched(hd res, t.name);
			if(groups == nil)
				continue;
			prereqs := m.c.call(groups).words((hd rules).prereqs);
			ok := 1;
			for(p := prereqs; p != nil && ok; p = tl p)
				ok = m.can(hd p, t.name :: above);
			if(!ok)
				continue;
			t.prereqs = lists->concat(t.prereqs, prereqs);
			t.body = (hd rules).body;
			t.groups = groups;
			return;
		}
}

Make.can(m: self ref Make, name: string, above: list of string): int
{
	if(m.target(name).exists)
		return 1;
	for(l := m.c.shared.rules; l != nil; l = tl l)
		if(!(hd l).implicit && member(name, (hd l).targets))
			return 1;
	t := ref Target(name, Fresh, 0, 0, 0, 0, nil, nil, nil);
	m.implicit(t, above);
	return t.body != nil;
}

# the whole of name, and what the groups matched
matched(s, name: string): list of string
{
	(re, err) := regex->compile(s, 1);
	if(err != nil)
		return nil;
	a := regex->execute(re, name);
	if(a == nil || a[0].t0 != 0 || a[0].t1 != len name)
		return nil;
	l: list of string;
	for(i := len a - 1; i >= 0; i--){
		(b, e) := a[i];
		if(b < 0)
			l = "" :: l;
		else
			l = name[b:e] :: l;
	}
	return l;
}

Make.make(m: self ref Make, name: string): ref Target
{
	t := m.target(name);
	if(t.state == Done)
		return t;
	if(t.state == Busy){
		m.bad(t, sys->sprint("'%s' depends on itself", name));
		return t;
	}
	t.state = Busy;
	m.rules(t, nil);
	stale := m.all || !t.exists;
	new: list of string;
	for(l := t.prereqs; l != nil; l = tl l){
		p := m.make(hd l);
		t.failed |= p.failed;
		t.made |= p.made;
		if(p.made || !t.exists || p.time > t.time)
			new = p.name :: new;
	}
	t.state = Done;
	if(t.failed)
		return t;
	if(t.body == nil){
		if(!t.exists && t.prereqs == nil)
			m.bad(t, sys->sprint("don't know how to make '%s'", name));
		return t;
	}
	t.made = 0;
	if(!stale && new == nil)
		return t;
	if(m.explain){
		why := "it does not exist";
		if(t.exists && new != nil)
			why = "it is older than " + lists->last(new);
		else if(t.exists)
			why = "of -a";
		sys->print("%s, as %s:\n", name, why);
	}
	m.run(t, lists->reverse(new));
	return t;
}

Make.run(m: self ref Make, t: ref Target, new: list of string)
{
	groups := t.groups;
	if(groups == nil)
		groups = t.name :: nil;
	c := m.c.call(groups);
	c.setlocal("target", t.name :: nil);
	c.setlocal("prereq", t.prereqs);
	c.setlocal("newprereq", new);
	if(!m.silent)
		sys->print("%s", mash->show(c, t.body));
	t.made = 1;
	if(m.noexec)
		return;
	status: string;
	{
		status = stopping(c, t.body);
	}exception e{
	"fail:interrupted" =>
		raise e;
	"fail:*" =>
		status = e[len "fail:":];
	}
	if(status != nil){
		m.bad(t, sys->sprint("'%s': %s", t.name, status));
		return;
	}
	look(t);
	if(!t.exists)
		t.time = daytime->now();
}

# the first command that fails ends it
stopping(c: ref Context, body: ref Node): string
{
	flags := c.shared.flags;
	c.shared.flags |= Mash->Eexit;
	status: string;
	{
		status = c.exec(body);
	}exception{
	"*" =>
		c.shared.flags = flags;
		raise;
	}
	c.shared.flags = flags;
	return status;
}

member(s: string, l: list of string): int
{
	for(; l != nil; l = tl l)
		if(hd l == s)
			return 1;
	return 0;
}
