"""Sharing between machines that cannot all reach one another: each is a network namespace, with wires (veth) between some."""
import os
import shutil
import subprocess
import sys
import time

from emulib import Skip, check, equal
from test_share import MB, sum_

WEB = '''
import http.server
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (self.client_address[0] + chr(10)).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(('', 80), H)
print('ready', flush=True)
s.serve_forever()
'''

# What ssh -L does: local port, host and port to forward to.
FORWARD = '''
import socket, sys, threading
port, host, to = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
l = socket.create_server(('127.0.0.1', port))
print('ready', flush=True)
def pump(a, b):
    while True:
        d = a.recv(65536)
        if not d:
            break
        b.sendall(d)
    b.shutdown(socket.SHUT_WR)
while True:
    c, _ = l.accept()
    r = socket.create_connection((host, to))
    for x, y in ((c, r), (r, c)):
        threading.Thread(target=pump, args=(x, y), daemon=True).start()
'''


class World:
    """Machines and the wires between them; the machine named first on a wire has address 1 there, the other 2."""

    def __init__(self, place, *wires):
        self.place = place
        self.procs = []
        self.ns = {}
        if not shutil.which('ip') or not shutil.which('nsenter'):
            raise Skip('no ip or nsenter command')
        for n, (a, b) in enumerate(wires, 1):
            for m in (a, b):
                if m not in self.ns:
                    self.machine(m)
            wire = 'wire%d' % n
            cmd = ['ip', 'link', 'add', 'name', wire, 'netns', str(self.ns[a]), 'type', 'veth', 'peer', 'name', wire, 'netns', str(self.ns[b])]
            if subprocess.run(cmd, stderr=subprocess.DEVNULL).returncode != 0:
                self.end()
                raise Skip('no virtual wires')
            for m, host in ((a, 1), (b, 2)):
                self.do(m, 'ip', 'addr', 'add', '10.77.%d.%d/24' % (n, host), 'dev', wire)
                self.do(m, 'ip', 'link', 'set', wire, 'up')

    def machine(self, name):
        p = subprocess.Popen(['unshare', '-n', 'sh', '-c', 'echo; exec sleep 3600'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.procs.append(p)
        if p.stdout.readline() == b'':
            self.end()
            raise Skip('no network namespaces')
        self.ns[name] = p.pid
        self.do(name, 'ip', 'link', 'set', 'lo', 'up')

    def within(self, name):
        return ['nsenter', '-t', str(self.ns[name]), '-n']

    def do(self, name, *cmd):
        subprocess.run(self.within(name) + list(cmd), check=True)

    def python(self, name, program, *args):
        """A program on a machine, which says a line when it is ready."""
        p = subprocess.Popen(self.within(name) + [sys.executable, '-c', program] + [str(a) for a in args], stdout=subprocess.PIPE)
        self.procs.append(p)
        equal(p.stdout.readline(), b'ready\n')

    def emu(self, name):
        e = self.place.emu(name, within=self.within(name))
        e.run('ndb/cs')
        return e

    def end(self):
        for p in self.procs:
            p.kill()
            p.wait()
            if p.stdout:
                p.stdout.close()


def world(*wires):
    """Runs a test in such a world."""
    def decorate(test):
        def run(p):
            w = World(p, *wires)
            try:
                test(p, w)
            finally:
                w.end()
        run.__name__ = test.__name__
        return run
    return decorate


@world(('a', 'b'))
def test_files(p, w):
    shared = p.home('shared')
    huge = int(os.environ.get('E2E_HUGE', '1024'))  # megabytes
    with open(shared + '/huge', 'wb') as f:
        block = os.urandom(MB)
        for i in range(huge):
            f.write(block[i:] + block[:i])
    a, b = w.emu('a'), w.emu('b')
    a.quiet("listen -A 'tcp!*!8000' { export '#U*%s' & }" % shared)
    b.quiet('mkdir /tmp/x; mount -A tcp!10.77.1.1!8000 /tmp/x')
    equal(b.run('ls -p /tmp/x'), 'huge')
    b.quiet('cp /tmp/x/huge /tmp/huge', 600)
    local = p.home('b') + '/.local/share/emu/tmp/huge'
    want = sum_(shared + '/huge')
    equal(sum_(local), want, 'fetched')
    os.remove(shared + '/huge')
    b.quiet('cp /tmp/huge /tmp/x/back', 600)
    equal(sum_(shared + '/back'), want, 'stored')
    b.quiet('mkdir /tmp/x/d; echo one > /tmp/x/d/f; echo two >> /tmp/x/d/f; mv /tmp/x/d/f /tmp/x/d/g')
    equal(open(shared + '/d/g').read(), 'one\ntwo\n')
    check('Directory not empty' in b.run('rm /tmp/x/d'), 'not empty')
    b.quiet('rm -r /tmp/x/d /tmp/x/back')
    equal(os.listdir(shared), [])


@world(('a', 'b'))
def test_processes(p, w):
    a, b = w.emu('a'), w.emu('b')
    a.quiet("listen -A 'tcp!*!8000' { export /prog & }")
    a.run('sleep 1000 &')
    pid = a.run('echo $apid')
    b.quiet('mkdir /tmp/d; mount -A tcp!10.77.1.1!8000 /tmp/d')
    check(pid in b.run('ls -p /tmp/d').split('\n'), 'listed')
    check('Sleep' in b.run('cat /tmp/d/%s/status' % pid), 'status')
    check('/dis/sleep.dis' in b.run('cat /tmp/d/%s/stack' % pid), 'stack', b.run('cat /tmp/d/%s/stack' % pid))
    b.quiet('echo kill > /tmp/d/%s/ctl' % pid)
    check(pid not in a.run('ls -p /prog').split('\n'), 'killed')


@world(('a', 'b'), ('a', 'c'), ('a', 'd'))
def test_network(p, w):
    w.python('d', WEB)
    a, b, c = w.emu('a'), w.emu('b'), w.emu('c')
    a.quiet("listen -A 'tcp!*!8000' { export /net & }")
    check("can't dial" in b.run('webgrab -o - http://10.77.3.2/'), 'b cannot reach d')
    b.quiet('mount -A tcp!10.77.1.1!8000 /net')
    equal(b.run('webgrab -o - http://10.77.3.2/'), '10.77.3.1', 'but a can, and is who d sees')
    b.quiet("listen -A 'tcp!*!8001' { export / & }")
    b.quiet('echo of b > /tmp/mark')
    c.quiet('mkdir /tmp/x')
    check("can't dial" in c.run('mount -A tcp!10.77.1.2!8001 /tmp/x'), 'c cannot reach b')
    c.quiet('mount -A tcp!10.77.2.1!8001 /tmp/x')
    equal(c.run('cat /tmp/x/tmp/mark'), 'of b')
    # Both directions through the middle, at once.
    c.quiet('{cp /tmp/x/dis/sh.dis /tmp/1 &; cp /tmp/x/dis/mk.dis /tmp/2; cp /tmp/1 /tmp/x/tmp/3}', 60)
    equal(c.run('cmp /tmp/2 /dis/mk.dis'), '')


@world(('a', 'phone'), ('a', 'desk'))
def test_phone(p, w):
    a, phone, desk = w.emu('a'), w.emu('phone'), w.emu('desk')
    a.quiet("listen -A 'tcp!127.0.0.1!8000' { export /net & }")
    # Nobody can call the telephone; a tunnel that it has made leads to a's own port.
    w.python('a', FORWARD.replace("'127.0.0.1', port", "'', port"), 2222, '127.0.0.1', 8000)
    w.python('phone', FORWARD, 8000, '10.77.1.1', 2222)
    phone.quiet('phone')
    phone.quiet('mount -A tcp!127.0.0.1!8000 /net')
    phone.quiet("listen -A 'tcp!*!8001' { export /phone & }")
    desk.quiet('mkdir /tmp/phone; mount -A tcp!10.77.2.1!8001 /tmp/phone')
    equal(desk.run('ls -p /tmp/phone'), 'ctl\nphone\nsms')
    desk.quiet("echo send 6412345678 'hello' > /tmp/phone/sms")
    equal(phone.run('cat /phone/sms'), '1 sent 6412345678 hello')
    phone.quiet('echo receive 6498765432 who is there > /phone/ctl')
    equal(desk.run('cat /tmp/phone/sms'), '1 sent 6412345678 hello\n2 received 6498765432 who is there')
    check('not a telephone number' in desk.run('echo send me money > /tmp/phone/sms'), 'an error comes through')
    # A call: the event is waited for.
    desk.quiet('read < /tmp/phone/ctl > /tmp/event &')
    deadline = time.monotonic() + 20
    equal(desk.run('cat /tmp/phone/phone'), 'idle')
    while desk.run('cat /tmp/event') == '' and time.monotonic() < deadline:
        phone.quiet('echo ring 123 > /phone/ctl')
        equal(desk.run('cat /tmp/phone/phone'), 'ringing 123')
        desk.quiet('echo answer > /tmp/phone/phone')
        equal(phone.run('cat /phone/phone'), 'connected 123')
        desk.quiet('echo hangup > /tmp/phone/phone')
        equal(phone.run('cat /phone/phone'), 'idle')
    check(desk.run('cat /tmp/event') != '', 'an event')


@world(('a', 'b'))
def test_union(p, w):
    shared = p.home('shared')
    p.file('shared/both', 'remote\n')
    p.file('shared/far', 'far\n')
    a, b = w.emu('a'), w.emu('b')
    a.quiet("listen -A 'tcp!*!8000' { export '#U*%s' & }" % shared)
    b.quiet('mkdir /tmp/u /tmp/l /tmp/r; mount -cA tcp!10.77.1.1!8000 /tmp/r')
    b.quiet('echo local > /tmp/l/both; echo near > /tmp/l/near')
    b.quiet('bind /tmp/l /tmp/u; bind -a /tmp/r /tmp/u')
    equal(b.run('cat /tmp/u/both /tmp/u/near /tmp/u/far'), 'local\nnear\nfar')
    equal(b.run('ls -p /tmp/u'), 'both\nboth\nfar\nnear')
    check('mounted directory forbids creation' in b.run('echo x > /tmp/u/new'), 'no creation without -c')
    b.quiet('bind -b /tmp/r /tmp/u')
    equal(b.run('cat /tmp/u/both'), 'remote')
    b.quiet('unmount /tmp/r /tmp/u; unmount /tmp/r /tmp/u; bind -ac /tmp/r /tmp/u')
    b.quiet('echo new > /tmp/u/new')
    equal(open(shared + '/new').read(), 'new\n')
    b.quiet('rm /tmp/u/both')
    equal(b.run('cat /tmp/u/both'), 'remote', 'the one behind is left')
    # Commands of one's own, kept elsewhere.
    b.quiet('mkdir /tmp/r/dis; cp /dis/echo.dis /tmp/r/dis/mine.dis; cp /dis/echo.dis /tmp/r/dis/basename.dis')
    b.quiet('bind -a /tmp/r/dis /dis')
    equal(b.run('mine a; basename a/b'), 'a\nb')
    b.quiet('unmount /tmp/r/dis /dis; bind -b /tmp/r/dis /dis')
    equal(b.run('basename a/b'), 'a/b')


HOSTILE = '''implement Hostile;
include "sys.m";
	sys: Sys;
include "draw.m";
Hostile: module { init: fn(nil: ref Draw->Context, argv: list of string); };

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->FORKNS|Sys->NEWFD, 0 :: 1 :: 2 :: nil);
	sys->chdir("/tmp/jail");
	sys->pctl(Sys->NEWNS|Sys->NODEVS, nil);
	sys->print("granted %s\\n", text("/granted"));
	names := list of {
		"/../../etc/passwd", "/../granted/../../etc", "../../../../etc/passwd", "/tmp", "/net/tcp/clone", "/dev/user", "/prog/1/ctl",
		"/env/x", "/n/x", "/dis/sh.dis", "#I/tcp/clone", "#U*/etc/passwd", "#U/dis", "#C/cmd/clone", "#c/user", "#p/1/ctl", "#M/x",
		"#a/clone", "#//dis", "#s/x", "#/../net", "#IO", "#U*", "/granted/../../x", "/./..//../etc/passwd"
	};
	for(l := names; l != nil; l = tl l){
		if(sys->open(hd l, Sys->OREAD) != nil || sys->stat(hd l).t0 >= 0)
			sys->print("reached %s\\n", hd l);
		if(sys->bind(hd l, "/", Sys->MBEFORE) >= 0)
			sys->print("bound %s\\n", hd l);
		if(sys->chdir(hd l) >= 0)
			sys->print("entered %s\\n", hd l);
	}
	if(sys->dial("tcp!127.0.0.1!80", nil).t0 >= 0)
		sys->print("dialled\\n");
	if(sys->announce("tcp!*!9999").t0 >= 0)
		sys->print("announced\\n");
	# pipes are its own; a server on one that hands out names does not help either
	fds := array[2] of ref Sys->FD;
	if(sys->pipe(fds) >= 0){
		spawn export(fds[1]);
		if(sys->mount(fds[0], nil, "/mnt", Sys->MREPL, "#U*") >= 0){
			sys->print("mounted %s\\n", text("/mnt/granted"));
			if(sys->open("/mnt/../../etc/passwd", Sys->OREAD) != nil || sys->open("/mnt/mnt/../../../etc/passwd", Sys->OREAD) != nil)
				sys->print("reached through itself\\n");
		}
	}
	for(i := 3; i < 50; i++)
		if(sys->fildes(i) != nil && sys->fstat(sys->fildes(i)).t0 >= 0 && i != fds[0].fd && i != fds[1].fd)
			sys->print("descriptor %d\\n", i);
	sys->print("done\\n");
}

export(fd: ref Sys->FD)
{
	sys->export(fd, "/", Sys->EXPWAIT);
}

text(name: string): string
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil)
		return sys->sprint("%r");
	buf := array[100] of byte;
	n := sys->read(fd, buf, len buf);
	if(n < 0)
		return sys->sprint("%r");
	return string buf[0:n];
}
'''


def test_restricted(p):
    p.file('home/hostile.b', HOSTILE)
    e = p.emu()
    e.quiet("limbo -o /tmp/hostile.dis '#U*%s/hostile.b'" % p.home('home'))
    e.quiet('mkdir /tmp/jail /tmp/jail/mnt; echo -n yes > /tmp/jail/granted')
    equal(e.run('/tmp/hostile'), 'granted yes\nmounted yes\ndone')
