"""Many processes at once, little memory, and what the machine says of itself."""
import os
import subprocess

from emulib import EMU, SCALE, check, environment, equal

def asan():
    with open(EMU, 'rb') as f:
        return b'__asan_report' in f.read()


HEAD = '''implement T;
include "sys.m"; sys: Sys;
include "draw.m";
T: module { init: fn(nil: ref Draw->Context, argv: list of string); };
wait(s: string)
{
	sys->print("%s\\n", s);
	sys->read(sys->fildes(0), array[1] of byte, 1);
}
'''

CHANNELS = HEAD + '''
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	n := int hd tl argv;
	c := chan of int;
	started := chan of int;
	for(i := 0; i < n; i++){
		spawn child(started, c, i);
		<-started;
	}
	wait("ready");
	s := 0;
	for(i = 0; i < n; i++)
		s += <-c;
	sys->print("sum %d\\n", s);
}
child(started, c: chan of int, i: int)
{
	started <-= 1;
	c <-= i & 16rff;
}
'''

HOSTCALLS = HEAD + '''
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	n := int hd tl argv;
	p := array[2] of ref Sys->FD;
	q := array[2] of ref Sys->FD;
	sys->pipe(p);
	sys->pipe(q);
	c := chan of int;
	pids := array[n] of int;
	started := chan of int;
	for(i := 0; i < n; i++){
		if(i % 3 == 0)
			spawn reader(p[1], started, c);
		else if(i % 3 == 1)
			spawn sleeper(started, c);
		else
			spawn opener(hd tl tl argv, started, c);
		pids[i] = <-started;
	}
	# blocked: in state release
	for(i = 0; i < n; i++)
		while(!blocked(pids[i]))
			sys->sleep(10);
	wait("ready");
	s := 0;
	for(i = 0; i < n; i += 3)
		sys->fprint(p[0], "x");
	for(i = 0; i < n; i += 3)
		s += <-c;
	# the others are ended
	fd := sys->open(sys->sprint("/prog/%d/ctl", sys->pctl(0, nil)), Sys->OWRITE);
	sys->fprint(fd, "killgrp");
	while(alive(pids))
		sys->sleep(10);
	sys->print("sum %d\\n", s);
}
blocked(pid: int): int
{
	fd := sys->open(sys->sprint("/prog/%d/status", pid), Sys->OREAD);
	buf := array[200] of byte;
	n := sys->read(fd, buf, len buf);
	(nil, l) := sys->tokenize(string buf[0:n], " ");
	for(; l != nil; l = tl l)
		if(hd l == "release")
			return 1;
	return 0;
}
alive(pids: array of int): int
{
	for(i := 0; i < len pids; i++){
		(ok, nil) := sys->stat(sys->sprint("/prog/%d", pids[i]));
		if(ok >= 0)
			return 1;
	}
	return 0;
}
reader(fd: ref Sys->FD, started, c: chan of int)
{
	started <-= sys->pctl(0, nil);
	c <-= sys->read(fd, array[1] of byte, 1);
}
sleeper(started, c: chan of int)
{
	started <-= sys->pctl(0, nil);
	sys->sleep(1000000);
	c <-= 1000000;
}
opener(file: string, started, c: chan of int)
{
	started <-= sys->pctl(0, nil);
	sys->open(file, Sys->OREAD);
	c <-= 1000000;
}
'''

MEMORY = HEAD + '''
L: adt { a: array of byte; next: ref L; };
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	done := chan of string;
	ticks := chan of int;
	spawn other(ticks);
	for(i := 0; i < 5; i++){
		spawn fill(done);
		sys->print("%s\\n", <-done);
	}
	for(i = 0; i < 10; i++)
		<-ticks;
	sys->print("others go on\\n");
	a := array[8*1024*1024] of byte;
	sys->print("%d\\n", len a);
}
other(ticks: chan of int)
{
	for(i := 0; i < 10; i++)
		ticks <-= len string array[1000] of byte;
}
fill(done: chan of string)
{
	l: ref L;
	{
		for(;;)
			l = ref L(array[10000] of byte, l);
	} exception e {
	"out of memory*" =>
		l = nil;
		done <-= e;
	}
}
'''


def program(p, text):
    src = p.file('prog.b', text)
    out = os.path.join(p.dir, 'prog.dis')
    limbo = os.path.join(os.path.dirname(EMU), 'limbo')
    module = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../module')
    subprocess.run([limbo, '-I' + module, '-o', out, src], check=True)
    return '#U*' + out


def status(pid, name):
    with open('/proc/%d/status' % pid) as f:
        for line in f:
            if line.startswith(name + ':'):
                return int(line.split()[1])


class Waiting:
    """A program that says when it is ready and then waits for a line."""

    def __init__(self, p, text, *args):
        self.p = subprocess.Popen([EMU, program(p, text)] + [str(a) for a in args], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, env=environment(p.home('home')), start_new_session=True)
        p.emus.append(self)
        equal(self.p.stdout.readline(), b'ready\n', 'start')

    def go(self):
        out, _ = self.p.communicate(b'x\n', 100 * SCALE)
        return out.decode()

    def end(self):
        if self.p.poll() is None:
            self.p.kill()
            self.p.communicate()


def test_processes_on_channels(p):
    w = Waiting(p, CHANNELS, 100000)
    kb = status(w.p.pid, 'VmRSS')
    # The address sanitizer has its own share of each block.
    check(kb < (200 if asan() else 100) * 1024, 'memory of 100000 processes, kB', kb)
    check(status(w.p.pid, 'Threads') < 20, 'threads')
    equal(w.go(), 'sum %d\n' % sum(i & 0xff for i in range(100000)))


def test_processes_in_host_calls(p):
    fifo = os.path.join(p.dir, 'fifo')
    os.mkfifo(fifo)
    w = Waiting(p, HOSTCALLS, 9999, '#U*' + fifo)
    check(status(w.p.pid, 'Threads') > 9999, 'threads', status(w.p.pid, 'Threads'))
    equal(w.go(), 'sum 3333\n')


def test_memory_runs_out(p):
    out, err, st = p.run('-pheap=16m', program(p, MEMORY), timeout=60)
    lines = out.splitlines()
    equal([x for x in lines if not x.startswith('arena ')], ['out of memory: heap'] * 5 + ['others go on', '8388608'])
    equal(st, 0)
    check(len(lines) < 20, 'messages', lines)


def test_compilers_at_once(p):
    """Field report 28: compiled code is made while others run."""
    stages = ['{for j in 1 2 3 {limbo -o /tmp/%d.dis /appl/cmd/ls.b}}' % i for i in range(8)]
    o, e, st = p.run('-c1', 'sh', '-c', 'load std; %s; ls /tmp' % ' | '.join(stages), timeout=120)
    equal((o.count('.dis'), e, st), (8, '', 0))
