"""Sharing resources as a user's account of daily use tells it, with loopback names for its host names."""
import hashlib
import http.server
import os
import random
import threading
import time

from emulib import SCALE, check, equal, owner_of_port

MB = 1 << 20


def test_bind_directory(p):
    e = p.emu()
    e.quiet('mkdir /tmp/myappl')
    e.quiet('bind /appl /tmp/myappl')
    equal(e.run('ls -p /tmp/myappl'), e.run('ls -p /appl'))
    check('cmd' in e.run('ls -p /tmp/myappl').split('\n'), 'cmd')
    # Another shell's name space is its own.
    other = p.emu()
    equal(other.run('ls /tmp/myappl'), '')
    e.quiet('unmount /tmp/myappl')
    equal(e.run('ls /tmp/myappl'), '')


def test_bind_union_of_commands(p):
    e = p.emu()
    user = e.run('cat /dev/user')
    e.quiet('mkdir -p /usr/%s/dis' % user)
    e.quiet('cp /dis/echo.dis /usr/%s/dis/basename.dis' % user)
    e.quiet('cp /dis/echo.dis /usr/%s/dis/mine.dis' % user)
    equal(e.run('basename a/b/c'), 'c')
    e.quiet('bind -a /usr/%s/dis /dis' % user)
    equal(e.run('basename a/b/c'), 'c', 'the global one first')
    equal(e.run('mine a/b/c'), 'a/b/c')
    e.quiet('bind -b /usr/%s/dis /dis' % user)
    equal(e.run('basename a/b/c'), 'a/b/c', "the user's first")
    e.quiet('unmount /usr/%s/dis /dis' % user)
    equal(e.run('mine again'), 'again', 'the second binding is still there')
    e.quiet('unmount /usr/%s/dis /dis' % user)
    equal(e.run('basename a/b/c'), 'c')


def test_bind_host(p):
    e = p.emu()
    e.quiet('mkdir /tmp/z')
    e.quiet("bind '#U*' /tmp/z")
    check('etc' in e.run('ls -p /tmp/z').split('\n'), 'etc')
    p.file('home/greeting', 'hello\n')
    e.quiet("bind -c '#U*%s' /tmp/z" % p.home('home'))
    equal(e.run('cat /tmp/z/greeting'), 'hello')
    e.quiet('echo back > /tmp/z/answer')
    equal(open(p.home('home') + '/answer').read(), 'back\n')
    e.quiet("bind '#U*/home' /usr")
    equal(sorted(e.run('ls -p /usr').split()), sorted(os.listdir('/home')))


def sum_(path):
    h = hashlib.md5()
    with open(path, 'rb') as f:
        for b in iter(lambda: f.read(MB), b''):
            h.update(b)
    return h.hexdigest()


def test_listen_and_mount(p):
    shared = p.home('shared')
    p.file('shared/a file', 'one\n')
    rnd = random.Random(1)
    p.file('shared/big', rnd.randbytes(100 * MB))
    a = p.emu('a')
    a.run('ndb/cs')
    a.run('ndb/dns')
    a.quiet("listen -A 'tcp!*!8000' { export '#U*%s' & }" % shared)
    b = p.emu('b')
    b.run('ndb/cs')
    b.run('ndb/dns')
    b.quiet('mkdir /tmp/myuser')
    b.quiet("mount -A 'tcp!127.0.0.1!8000' /tmp/myuser")
    b.quiet('cd /tmp/myuser')
    equal(b.run('ls'), "a file\nbig")
    equal(b.run("cat 'a file'"), 'one')
    b.quiet('cp /tmp/myuser/big /tmp/big', 120)
    local = p.home('b') + '/.local/share/emu/tmp/big'
    equal(sum_(local), sum_(shared + '/big'), 'fetched')
    b.quiet('cp /tmp/big /tmp/myuser/big2', 120)
    equal(sum_(shared + '/big2'), sum_(local), 'stored')
    b.quiet('mkdir d; echo new > d/f; mv d/f d/g')
    equal(open(shared + '/d/g').read(), 'new\n')
    check("does not exist" in b.run('cat d/f'), 'renamed')
    b.quiet('rm -r d')
    check(not os.path.exists(shared + '/d'), 'removed')
    check("does not exist" in b.run('cat nosuch'), 'missing')
    b.quiet('cd /')
    b.quiet('unmount /tmp/myuser')
    equal(b.run('ls /tmp/myuser'), '')
    # The server goes on.
    b.quiet("mount -A 'tcp!127.0.0.1!8000' /tmp/myuser")
    equal(b.run('ls -p /tmp/myuser'), "a file\nbig\nbig2")


def test_remote_processes(p):
    a = p.emu('a')
    a.run('ndb/cs')
    a.quiet("listen -A 'tcp!*!8000' { export /prog & }")
    a.run('sleep 1000 &')
    pid = a.run('echo $apid')
    check(pid.isdigit(), 'pid', pid)
    b = p.emu('b')
    b.run('ndb/cs')
    b.quiet('mkdir /tmp/debug')
    b.quiet("mount -A 'tcp!127.0.0.1!8000' /tmp/debug")
    check(pid in b.run('ls -p /tmp/debug').split('\n'), 'listed')
    check('Sleep' in b.run('cat /tmp/debug/%s/status' % pid), 'status', b.run('cat /tmp/debug/%s/status' % pid))
    b.quiet('echo kill > /tmp/debug/%s/ctl' % pid)
    # It is in a call of the host, which it has to leave first.
    end = time.monotonic() + 5 * SCALE
    while pid in a.run('ls -p /prog').split('\n'):
        check(time.monotonic() < end, 'killed')
    b.quiet('unmount /tmp/debug')


class Web(http.server.BaseHTTPRequestHandler):
    """Answers with the process that asks."""

    def do_GET(self):
        body = (' '.join(str(x) for x in owner_of_port(self.client_address[1], False) - {os.getpid()}) + '\n').encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *a):
        pass


def test_remote_network(p):
    web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Web)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    url = 'http://127.0.0.1:%d/n09230945.asp' % web.server_address[1]
    try:
        a = p.emu('a')
        a.run('ndb/cs')
        a.run('ndb/dns')
        a.quiet("listen -A 'tcp!*!8000' { export /net & }")
        b = p.emu('b')
        b.run('ndb/cs')
        b.run('ndb/dns')
        b.run('webgrab ' + url)
        equal(b.run('cat n09230945.asp'), str(b.p.pid), 'its own network')
        b.quiet("mount -A 'tcp!127.0.0.1!8000' /net")
        b.run('webgrab ' + url)
        equal(b.run('cat n09230945.asp'), str(a.p.pid), 'the network of the other')
        b.quiet("listen -A 'tcp!*!8001' { export / & }")
        equal(owner_of_port(8001, True), {a.p.pid}, 'announced on the other side')
        c = p.emu('c')
        c.run('ndb/cs')
        c.quiet('mkdir /tmp/client')
        c.quiet("mount -A 'tcp!127.0.0.1!8001' /tmp/client")
        b.quiet('echo from b > /tmp/mark')
        equal(c.run('cat /tmp/client/tmp/mark'), 'from b')
        check('dis' in c.run('ls -p /tmp/client').split('\n'), 'root of b')
    finally:
        web.shutdown()
        web.server_close()


def test_server_dies(p):
    a = p.emu('a')
    a.quiet("listen -A 'tcp!*!8002' { export /dev & }")
    b = p.emu('b')
    b.quiet('mkdir /tmp/r')
    b.quiet("mount -A 'tcp!127.0.0.1!8002' /tmp/r")
    b.run('cat /tmp/r/user')
    a.p.kill()
    check(b.run('cat /tmp/r/user') != '', 'an error')
    equal(b.run('echo still here'), 'still here')
