"""Name spaces and served files under use: servers on the way, servers that go, many processes."""
import os
import subprocess
import time

from emulib import EMU, SCALE, check, environment, equal

FORKS = '''implement Forks;
include "sys.m";
	sys: Sys;
include "draw.m";
Forks: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
one(flags: int, c: chan of int)
{
	keep: list of int;
	if(flags & Sys->NEWFD)
		keep = 0 :: 1 :: 2 :: nil;
	c <-= sys->pctl(flags, keep);
	(ok, nil) := sys->stat(".");
	c <-= ok;
	if(flags & (Sys->NEWNS|Sys->FORKNS))
		sys->chdir("..");
	c <-= 0;
}
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	flags := array[] of {Sys->NEWNS|Sys->NEWFD, Sys->FORKNS, Sys->NEWPGRP, Sys->FORKNS|Sys->FORKFD|Sys->FORKENV, Sys->NEWNS|Sys->NEWENV|Sys->NEWPGRP};
	c := chan of int;
	bad := 0;
	for(i := 0; i < 50; i++)
		spawn one(flags[i % len flags], c);
	for(i = 0; i < 150; i++)
		if(<-c < 0)
			bad++;
	sys->print("50 processes, %d failed\\n", bad);
}
'''


def test_groups_with_a_server_on_the_way(p):
    dis = p.limbo(FORKS)
    e = p.emu()
    e.quiet('memfs /mnt')
    e.quiet('mkdir /mnt/d; cd /mnt/d')
    equal(e.run("'#U*%s'" % dis), '50 processes, 0 failed')
    equal(e.run("pwd; echo x > f; cat f"), '/mnt/d\nx')


def test_server_goes_while_a_directory_is_in_it(p):
    dis = p.limbo(FORKS)
    e = p.emu()
    e.quiet('memfs /mnt')
    e.quiet('mkdir /mnt/d; cd /mnt/d')
    e.quiet('while {! kill Styx >/dev/null >[2=1]} {}')      # until it has come back to waiting for requests
    o = e.run("'#U*%s'" % dis)
    check(o.startswith('50 processes, '), 'each call came back', o)
    equal(e.run('cd /; unmount /mnt; echo $status; memfs /mnt; echo y > /mnt/f; cat /mnt/f'), '\ny')


SERVER = '''implement Server;
include "sys.m";
	sys: Sys;
include "draw.m";
Server: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
reader(c: chan of string)
{
	fd := sys->open("/chan/f", Sys->ORDWR);
	c <-= nil;
	n := sys->read(fd, array[10] of byte, 10);
	c <-= sys->sprint("%d %r", n);
}
server(c: chan of int)
{
	io := sys->file2chan("/chan", "f");
	c <-= sys->pctl(0, nil);
	for(i := 0; i < 10; i++)
		<-io.read;
	c <-= 0;
	<-chan of int;
	io = nil;
}
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->bind("#s", "/chan", Sys->MREPL);
	for(round := 0; round < 3; round++){
		ready := chan of int;
		spawn server(ready);
		pid := <-ready;
		c := chan of string;
		for(i := 0; i < 10; i++){
			spawn reader(c);
			<-c;
		}
		<-ready;
		fd := sys->open("/chan/f", Sys->OREAD);
		sys->fprint(sys->open("/prog/" + string pid + "/ctl", Sys->OWRITE), "kill");
		for(i = 0; i < 10; i++)
			sys->print("%s\\n", <-c);
		if(sys->open("/chan/f", Sys->OREAD) == nil)
			sys->print("%r\\n");
		if(sys->read(fd, array[1] of byte, 1) < 0)
			sys->print("%r\\n");
	}
}
'''


def test_server_of_a_file_goes(p):
    o, e, st = p.run(p.limbo(SERVER))
    equal((o, e, st), (('-1 i/o on hungup channel\n' * 10 + "'/chan/f' file does not exist\ni/o on hungup channel\n") * 3, '', 0))


MANY = '''implement Many;
include "sys.m";
	sys: Sys;
include "draw.m";
Many: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
idle(c: chan of int)
{
	<-c;
}
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := chan of int;
	for(i := 0; i < 5000; i++)
		spawn idle(c);
	for(size := 0; size < 2; size++){
		fd := sys->open("/prog", Sys->OREAD);
		n := count := 0;
		last := 0;
		for(;;){
			d: array of Sys->Dir;
			(n, d) = sys->dirread(fd);
			if(n <= 0)
				break;
			for(i = 0; i < n; i++){
				if(int d[i].name <= last)
					sys->print("out of order: %s\\n", d[i].name);
				last = int d[i].name;
				count++;
			}
			# some end on the way
			if(size == 1)
				c <-= 0;
		}
		sys->print("%d\\n", count >= 4900 && count <= 5010);
	}
	sys->fprint(sys->open("#p/" + string sys->pctl(0, nil) + "/ctl", Sys->OWRITE), "killgrp");
}
'''


def test_many_processes_are_listed(p):
    equal(p.run(p.limbo(MANY), timeout=40), ('1\n1\n', '', 0))


def test_refused_writes_are_told(p):
    e = p.emu()
    o = e.run('echo nonsense > /prog/1/ctl; echo status $status')
    check('unknown control message' in o and 'status' in o, 'message', o)
    check(e.run('echo nonsense > /prog/1/ctl >[2] /dev/null; echo $status') != '', 'status')


def switches(pid):
    n = 0
    for t in os.listdir('/proc/%d/task' % pid):
        for l in open('/proc/%d/task/%s/status' % (pid, t)):
            if 'ctxt_switches' in l:
                n += int(l.split()[1])
    return n


def ticks(pid):
    w = open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()
    return int(w[11]) + int(w[12])


def test_idle(p):
    """Blocked processes cost nothing: readers of pipes, of the console, sleepers, a listener, a mounted server."""
    e = p.emu()
    e.quiet('memfs /mnt; cd /mnt')
    e.quiet("load std; for(i in 1 2 3 4 5 6 7 8 9 10){sleep 1000 | cat &}; listen -A 'tcp!127.0.0.1!19187' {cat &} >[2]/dev/null &")
    e.run('sleep 1')
    s, t = switches(e.p.pid), ticks(e.p.pid)
    time.sleep(2)
    s, t = switches(e.p.pid) - s, ticks(e.p.pid) - t
    check(s < 40, 'wakes up when idle', s)
    check(t <= 2, 'uses the processor when idle', t)


def test_files_stay(p):
    equal(p.run('sh', '-c', 'echo x >/tmp/t; echo y >$home/f; cat /tmp/t $home/f')[0], 'x\ny\n')
    equal(p.run('sh', '-c', 'cat $home/f')[0], 'y\n', 'at the next start')


def test_nothing_is_left(p):
    tmp = p.home('tmp')
    env = environment('/nonexistent')
    del env['HOME']
    env['TMPDIR'] = tmp
    for i in range(5):
        q = subprocess.run([EMU, 'echo', 'x'], stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=30 * SCALE)
        equal((q.stdout, q.stderr, q.returncode), (b'x\n', b'', 0))
    equal(os.listdir(tmp), [])


def test_allocator_is_the_hosts(p):
    q = subprocess.run(['nm', '-D', '--defined-only', EMU], capture_output=True)
    names = {l.split()[-1].split('@')[0] for l in q.stdout.decode().split('\n') if l}
    equal(names & {'malloc', 'free', 'realloc', 'calloc', 'memalign', 'posix_memalign'}, set())
