"""What others see and say: the wire as tshark reads it, versions of the protocol, diod and its clients."""
import os
import shutil
import subprocess
import time

import ninep as n
from emulib import EMU, Skip, check, equal

DIALECTS = [('9P2000', b'9P2000'), ('9P2000.u', b'9P2000'), ('9P2000.L', b'9P2000'), ('9P2000.x.y', b'9P2000'), ('9P1', b'unknown'),
            ('', b'unknown'), ('styx', b'unknown')]


def run(*cmd, **kw):
    return subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, **kw)


class Capture:
    """What passes the loopback device while the block runs, in a file."""

    def __init__(self, p, filter_):
        if not shutil.which('tshark'):
            raise Skip('no tshark')
        self.file = p.dir + '/capture.pcapng'
        self.q = subprocess.Popen(['tshark', '-q', '-i', 'lo', '-f', filter_, '-w', self.file], stderr=subprocess.PIPE)
        while True:
            line = self.q.stderr.readline()
            if b'Capturing on' in line:
                break
            if not line:
                self.q.wait()
                raise Skip('tshark cannot capture')
        end = time.monotonic() + 20
        while not os.path.exists(self.file) or os.path.getsize(self.file) == 0:
            check(time.monotonic() < end, 'capture begins')
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *a):
        time.sleep(1)  # what tshark has not fetched from the kernel yet
        self.q.terminate()
        self.q.wait(20)
        self.q.stderr.close()

    def fields(self, ports, filter_, *names):
        cmd = ['tshark', '-r', self.file, '-Y', filter_, '-T', 'fields']
        for port in ports:
            cmd += ['-d', 'tcp.port==%d,9p' % port]
        for f in names:
            cmd += ['-e', f]
        return [line.split('\t') for line in run(*cmd).stdout.decode().splitlines()]


def test_wire(p):
    p.file('pub/a', 'hello\n')
    p.file('pub/big', os.urandom(3 << 20))
    ports = [7841, 7842, 7843]
    with Capture(p, 'tcp portrange 7841-7843') as cap:
        a, b = p.emu('a'), p.emu('b')
        a.quiet("listen -A 'tcp!127.0.0.1!7841' {export '#U*%s/pub' &}" % p.dir)
        a.quiet("listen -A 'tcp!127.0.0.1!7842' {export /prog &}")
        a.quiet("listen -A 'tcp!127.0.0.1!7843' {export /net &}")
        b.quiet('mount -A tcp!127.0.0.1!7841 /n/remote')
        b.run('ls -l /n/remote; cat /n/remote/a; cat /n/remote/nosuch')
        b.quiet('echo new > /n/remote/new; echo more >> /n/remote/new; mkdir /n/remote/dir; cp /n/remote/new /n/remote/dir/copy')
        b.quiet('mv /n/remote/new /n/remote/old; chmod 600 /n/remote/old; touch /n/remote/old; rm -r /n/remote/dir /n/remote/old')
        equal(b.run('md5sum </n/remote/big').split()[0], run('md5sum', p.dir + '/pub/big').stdout.decode().split()[0])
        b.quiet('cp /n/remote/big /n/remote/big2')
        b.quiet('mount -A tcp!127.0.0.1!7842 /n/ftp; cat /n/ftp/1/status > /dev/null')
        a.quiet('sleep 100 & pid=$apid')
        b.quiet('echo kill > /n/ftp/%s/ctl' % a.run('echo $pid'))
        b.quiet('mount -A tcp!127.0.0.1!7843 /net')
        b.run('cat /net/tcp/clone')
        b.quiet('unmount /net; unmount /n/ftp; unmount /n/remote')
    types = [t for row in cap.fields(ports, '9p', '9p.msgtype') for t in row[0].split(',')]
    check(len(types) > 100, 'messages', len(types))
    # A segment that starts inside a long message is no message to the dissector; only what it takes for one is looked at.
    bad = cap.fields(ports, '9p && (_ws.malformed || _ws.expert.severity == error)', 'frame.number', '_ws.expert.message')
    equal(bad, [])
    for t in n.TYPES.values():
        if t not in (102, 106, 108):  # nobody authenticates here, nobody is interrupted, and there is no Terror
            check(str(t) in types and str(t + 1) in types, 'seen type %d' % t, sorted(set(types)))


def test_versions(p):
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!7844' {export /tmp &}")
    for asked, answer in DIALECTS:
        with n.Conn(('127.0.0.1', 7844)) as c:
            body = c.ok(n.version(8192, asked))
            equal(body[6:], answer, asked)
            if answer != b'unknown':
                c.ok(n.attach(1, 0))
            # Who is told `unknown' may ask for less.
            equal(c.ok(n.version(8192))[6:], b'9P2000')
            c.ok(n.attach(1, 0))
        with n.Conn(('127.0.0.1', 7844)) as c:
            for msize in (8216, 8192, 4096, 512):
                equal(c.ok(n.version(msize))[:4], msize.to_bytes(4, 'little'), 'msize')


def test_remove_what_was_created(p):
    """The fid of a Tcreate stands for the new file: it is that which a Tremove takes, not the directory."""
    e = p.emu()
    p.file('pub/d/x', '')
    os.unlink(p.dir + '/pub/d/x')
    e.quiet("listen -A 'tcp!127.0.0.1!7846' {export '#U*%s/pub' &}" % p.dir)
    with n.Conn(('127.0.0.1', 7846)) as c:
        c.start()
        for perm in 0o644, 0x80000000 | 0o755:
            c.ok(n.walk(1, 0, 1, 'd'))
            c.ok(n.create(1, 1, 'new', perm, 0))
            c.ok(n.remove(1, 1))
            equal(os.listdir(p.dir + '/pub/d'), [])


def test_diod_client(p):
    """Its clients speak 9P2000.L only, and say so when they are offered 9P2000."""
    if not shutil.which('diodcat'):
        raise Skip('no diod')
    p.file('pub/a', 'hello\n')
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!7845' {export '#U*%s/pub' &}" % p.dir)
    r = run('diodcat', '-s', '127.0.0.1:7845', '-a', '/', 'a')
    check(r.returncode != 0 and b'negotiating protocol' in r.stderr, 'message', r)
    equal(e.run('echo still here'), 'still here')


def test_diod_server(p):
    """So does its server: mounting it fails with a message, and at once."""
    if not shutil.which('diod'):
        raise Skip('no diod')
    q = subprocess.Popen(['diod', '-f', '-n', '-e', p.dir, '-l', '127.0.0.1:7846'], stderr=subprocess.PIPE)
    try:
        e = p.emu()
        end = time.monotonic() + 20
        while True:
            out = e.run('mount -A tcp!127.0.0.1!7846 /n/remote')
            if 'refused' not in out:
                break
            check(time.monotonic() < end, 'diod runs', out)
            time.sleep(0.05)
        check('mount' in out and 'fversion' in out, 'message', out)
        equal(e.run('ls /n/remote'), '')
    finally:
        q.terminate()
        q.wait(10)
        q.stderr.close()
