"""Peers that break the protocol, by plan and at random: a client of an export, a server that is mounted.

Whatever they do, the others are served, and in the end nothing of them is left. FUZZTIME seconds of random sessions (1) from SEED.
"""
import os
import random
import socket
import struct
import threading
import time

import ninep as n
from emulib import Listener, check, equal

FUZZTIME = float(os.environ.get('FUZZTIME', '1'))
SEED = int(os.environ.get('SEED', '1'))
SECRET = 'the secret outside\n'


class Victim:
    """An emu that exports a directory, and what it holds when only that is going on."""

    def __init__(self, p, port):
        self.addr = ('127.0.0.1', port)
        self.dir = p.dir
        p.file('pub/file', 'content\n')
        p.file('pub/dir/inner', 'inner\n')
        p.file('secret', SECRET)
        self.e = p.emu('victim')
        self.e.quiet("bind '#|' /mnt")  # one file that blocks
        self.e.quiet("listen -A 'tcp!127.0.0.1!%d' {export '#U*%s/pub' &}" % (port, p.dir))
        self.e.quiet("listen -A 'tcp!127.0.0.1!%d' {export /mnt &}" % (port + 1))
        self.served()
        self.before = self.held()

    def restore(self):
        """The files may have been played with; what counts is that the directory is still served."""
        f = self.dir + '/pub/file'
        if os.path.isdir(f):
            os.rename(f, self.dir + '/pub/was%d' % len(os.listdir(self.dir + '/pub')))
        elif os.path.lexists(f):
            os.unlink(f)
        with open(f, 'w') as o:
            o.write('content\n')

    def served(self):
        """A client that behaves gets what it wants."""
        with n.Conn(self.addr) as c:
            c.start()
            c.ok(n.walk(1, 0, 1, 'file'))
            c.ok(n.open_(1, 1))
            equal(c.ok(n.read(1, 1, 0, 100))[4:], b'content\n')
            c.ok(n.walk(1, 0, 2))
            c.ok(n.open_(1, 2))
            check(len(c.ok(n.read(1, 2, 0, 8000))) > 100, 'directory')

    def held(self):
        proc = '/proc/%d/' % self.e.p.pid
        with open(proc + 'status') as f:
            rss = [int(line.split()[1]) for line in f if line.startswith('VmRSS')][0]
        return len(self.descriptors()), len(os.listdir(proc + 'task')), rss

    def descriptors(self):
        """What they lead to, but for those that only keep the modes of files that are append-only or exclusive."""
        d = '/proc/%d/' % self.e.p.pid
        found = []
        for f in os.listdir(d + 'fd'):
            try:
                flags = [l.split()[1] for l in open(d + 'fdinfo/' + f) if l.startswith('flags')]
                if not int(flags[0], 8) & os.O_PATH:
                    found.append(os.readlink(d + 'fd/' + f))
            except OSError:
                pass
        return found

    def unharmed(self):
        """Other clients are served; descriptors and threads of the hostile ones are gone; memory is what some clients need."""
        self.served()
        equal(self.e.run('echo still here'), 'still here')
        end = time.monotonic() + 20
        while True:
            fds, threads, rss = self.held()
            if fds <= self.before[0] and threads <= self.before[1] + 8:
                break
            check(time.monotonic() < end, 'descriptors, threads', (self.before, (fds, threads, rss), self.descriptors()))
            time.sleep(0.05)
        check(rss < self.before[2] + 64 * 1024, 'memory', (self.before, rss))


def ended(c):
    """The server has broken the connection off."""
    c.sock.settimeout(20)
    while True:
        r = c.recv()
        if r is None:
            return
        check(r[0] == 107, 'an answer to nonsense', r)


def test_client_bad_sizes(p):
    v = Victim(p, 7821)
    for size in (0, 1, 4, 6, 8193, 65536, 1 << 24, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
        with n.Conn(v.addr) as c:
            c.start()
            c.send(n.packet(124, 1, struct.pack('<I', 0), size=size))
            c.sock.shutdown(socket.SHUT_WR)
            ended(c)
    for cut in range(1, 30):
        with n.Conn(v.addr) as c:
            c.start()
            c.send(n.walk(1, 0, 1, 'dir', 'inner', 'more')[:cut])
            c.sock.shutdown(socket.SHUT_WR)
            ended(c)
    for _ in range(50):
        with n.Conn(v.addr) as c:
            c.send(os.urandom(100))
    v.unharmed()


def test_client_bad_fields(p):
    v = Victim(p, 7821)
    # Well framed, but the fields do not fill the message: whatever follows, an error or the end.
    for bad in (n.packet(110, 1, struct.pack('<IIH', 0, 1, 3) + n.s('dir')), n.packet(110, 1, b''), n.packet(116, 1, b'\0' * 40),
                n.packet(118, 1, struct.pack('<IQI', 0, 0, 1000) + b'xx'), n.packet(114, 1, struct.pack('<IH', 0, 60000)),
                n.packet(126, 1, struct.pack('<IH', 0, 5) + b'\0' * 5), n.packet(106, 1, b''), n.packet(99, 1), n.packet(255, 1),
                n.packet(117, 1, struct.pack('<I', 0)), n.wstat(1, 0, b'\xff\xff' + b'\xff' * 47), n.walk(1, 0, 1, *['x'] * 17)):
        with n.Conn(v.addr) as c:
            c.start()
            c.send(bad, n.stat(2, 0))
            c.sock.shutdown(socket.SHUT_WR)
            r = c.recv()
            check(r is None or r[0] == 107, 'answer', r)
    v.unharmed()


def test_client_cannot_leave(p):
    v = Victim(p, 7821)
    with n.Conn(v.addr) as c:
        c.start()
        top = c.ok(n.stat(1, 0))[10:]  # without type and device, which differ for each connection
        for path in (['..'], ['..'] * 16, ['dir', '..', '..', '..'], ['dir', '..', '..', 'secret'], ['..', 'secret'],
                     ['..', 'pub', '..', 'secret']):
            r = c.ask(n.walk(1, 0, 1, *path))
            if r[0] != 107 and struct.unpack('<H', r[2][:2])[0] == len(path):
                equal(c.ok(n.stat(1, 1))[10:], top, repr(path))
                c.ok(n.clunk(1, 1))
        for name in ('../secret', '/etc/passwd', p.dir + '/secret', 'dir/inner', '.', '', 'dir/../../secret', '#U*/etc', 'a\0b', 'x' * 60000):
            with n.Conn(v.addr) as d:
                d.start(msize=65536 + 24)
                r = d.ask(n.walk(1, 0, 1, name))
                if name in ('.', '') and r is not None and r[0] != 107:
                    equal(d.ok(n.stat(1, 1))[10:], top, repr(name))
                else:
                    check(r is None or r[0] == 107, 'walk to ' + repr(name[:30]), r)
            with n.Conn(v.addr) as d:
                d.start(msize=65536 + 24)
                r = d.ask(n.create(1, 0, name))
                check(r is None or r[0] == 107, 'create ' + repr(name[:30]), r)
        c.ok(n.walk(1, 0, 3, 'file'))
        for name in ('../moved', '/tmp/moved', 'dir/moved', '..', '.'):
            null = n.entry(name, b'\xff' * 13, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF, '', '', '')
            null = null[:2] + b'\xff' * 6 + null[8:25] + b'\xff' * 8 + null[33:]
            check(c.ask(n.wstat(1, 3, null))[0] == 107, 'rename to ' + name)
    equal(open(p.dir + '/secret').read(), SECRET)
    equal(sorted(os.listdir(p.dir + '/pub')), ['dir', 'file'])
    v.unharmed()


def test_client_fids_and_tags(p):
    v = Victim(p, 7821)
    with n.Conn(v.addr) as c:
        c.start()
        equal(c.error(n.walk(1, 7, 8)), 'fid unknown or out of range')
        equal(c.error(n.walk(1, 0, 0xFFFFFFFF)) != '', True)
        c.ok(n.walk(1, 0, 1, 'file'))
        equal(c.error(n.walk(1, 0, 1, 'dir')), 'fid already in use')
        equal(c.error(n.attach(1, 0)), 'fid already in use')
        check(c.error(n.read(1, 1, 0, 10)) != '', 'read of a closed file')
        check(c.error(n.open_(1, 1, 0x83)) != '', 'mode')
        c.ok(n.open_(1, 1))
        check(c.error(n.open_(1, 1)) != '', 'opened twice')
        check(c.error(n.walk(1, 1, 2, '..')) != '', 'walk of an open fid')
        check(c.error(n.write(1, 1, 0, b'x')) != '', 'write without the right')
        check(c.error(n.read(1, 1, 1 << 63, 10)) != '', 'offset')
        check(c.error(n.read(1, 1, 0, 0xFFFFFFFF)) != '', 'count')
        c.ok(n.clunk(1, 1))
        equal(c.error(n.clunk(1, 1)), 'fid unknown or out of range')
        check(c.error(n.auth(1, 9)) != '', 'auth')
        # A version in the middle ends the session: all fids are gone.
        c.ok(n.version())
        equal(c.error(n.stat(1, 0)), 'fid unknown or out of range')
        c.ok(n.attach(1, 0))
    v.unharmed()


def test_client_many_fids(p):
    v = Victim(p, 7821)
    with n.Conn(v.addr, 60) as c:
        c.start()
        refused = 0
        for base in range(1, 70000, 500):
            c.send(*[n.walk(1 + i, 0, base + i) for i in range(500)])
            for _ in range(500):
                refused += c.recv()[0] == 107
        check(refused > 0, 'no limit')
        v.served()
    v.unharmed()


def test_client_tags_in_flight(p):
    v = Victim(p, 7821)
    with n.Conn(('127.0.0.1', 7822)) as c:
        c.start()
        c.ok(n.walk(1, 0, 1, 'data'))
        c.ok(n.open_(1, 1, 2))
        c.ok(n.walk(1, 0, 2, 'data1'))
        c.ok(n.open_(1, 2, 2))
        # Reads that wait: with tags of their own, one tag twice, flushes of them, of nothing, of themselves and each other.
        c.send(*[n.read(10 + i, 1, 0, 100) for i in range(50)])
        c.send(n.read(10, 1, 0, 100), n.flush(200, 200), n.flush(201, 999), n.flush(202, 10), n.flush(203, 202), n.flush(204, 11))
        for _ in range(6):
            r = c.recv()
            check(r is not None, 'connection')
            check(r[0] == (107 if r[1] == 10 else 109), 'answer', r)
        c.ok(n.version())
        equal(c.error(n.stat(1, 1)), 'fid unknown or out of range')
    # Flushed at random while data comes.
    rnd = random.Random(SEED)
    with n.Conn(('127.0.0.1', 7822)) as c:
        c.start()
        c.ok(n.walk(1, 0, 1, 'data'))
        c.ok(n.open_(1, 1, 2))
        c.ok(n.walk(1, 0, 2, 'data1'))
        c.ok(n.open_(1, 2, 2))
        for i in range(300):
            tags = rnd.sample(range(1, 1000), 4)
            c.send(n.read(tags[0], 1, 0, 100), n.flush(tags[1], tags[0]), n.write(tags[2], 2, 0, b'x'), n.flush(tags[3], tags[2]))
            want = {tags[1], tags[3]}
            while want:
                r = c.recv()
                check(r is not None, 'connection')
                if r[1] in want and r[0] == 109:
                    want.remove(r[1])
        c.send(n.read(5, 1, 0, 100))
    v.unharmed()


def test_client_does_not_read(p):
    v = Victim(p, 7821)
    p.file('pub/big', b'x' * (1 << 20))
    conns = []
    for _ in range(8):
        c = n.Conn(v.addr, 5)
        c.start(msize=65560)
        c.ok(n.walk(1, 0, 1, 'big'))
        c.ok(n.open_(1, 1))
        c.sock.setblocking(False)
        try:
            for i in range(20000):
                c.sock.send(n.read(i % 60000, 1, 0, 65536))
        except BlockingIOError:
            pass
        conns.append(c)
    v.served()
    fds, threads, rss = v.held()
    check(rss < v.before[2] + 8 * 80 * 1024, 'memory while eight clients take no answers', rss)
    for c in conns:
        c.close()
    v.unharmed()


def test_client_half_open(p):
    v = Victim(p, 7821)
    idle = [n.Conn(v.addr) for _ in range(100)]
    for i, c in enumerate(idle):
        c.send(n.version()[:i % 20])
    v.served()
    for c in idle:
        # A reset, not an end.
        c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        c.close()
    v.unharmed()


def session(rnd):
    """Mostly right messages in random order, some of them then damaged."""
    fid = lambda: rnd.choice([0, 1, 2, 3, 3, 4, 5, n.NOFID, rnd.getrandbits(32)])
    tag = lambda: rnd.choice([1, 2, 3, n.NOTAG, rnd.getrandbits(16)])
    name = lambda: rnd.choice(['file', 'dir', 'inner', '..', '.', '', 'new', 'x/y', '\xff', 'x' * rnd.randrange(300)])
    make = [
        lambda: n.version(rnd.choice([0, 1, 100, 256, 8192, 1 << 31]), rnd.choice(['9P2000', '9P2000.u', '9P', '', 'x'])),
        lambda: n.auth(tag(), fid()), lambda: n.attach(tag(), fid(), rnd.choice([n.NOFID, 1])), lambda: n.flush(tag(), tag()),
        lambda: n.walk(tag(), fid(), fid(), *[name() for _ in range(rnd.randrange(5))]),
        lambda: n.walk(tag(), 0, fid(), rnd.choice(['file', 'dir'])), lambda: n.open_(tag(), fid(), rnd.getrandbits(8)),
        lambda: n.create(tag(), fid(), name(), rnd.getrandbits(32) & ~0x08000000, rnd.getrandbits(8) & ~0x40),
        lambda: n.read(tag(), fid(), rnd.choice([0, 10, 1 << 62, rnd.getrandbits(64)]), rnd.choice([0, 100, 8000, rnd.getrandbits(32)])),
        lambda: n.write(tag(), fid(), rnd.choice([0, rnd.getrandbits(20)]), os.urandom(rnd.randrange(100))),
        lambda: n.clunk(tag(), fid()), lambda: n.stat(tag(), fid()), lambda: n.wstat(tag(), fid(), n.entry(name())),
        lambda: n.packet(rnd.randrange(90, 140), tag(), bytes(rnd.getrandbits(8) for _ in range(rnd.randrange(40)))),
    ]
    out = [n.version(), n.attach(1, 0)]
    for _ in range(rnd.randrange(60)):
        m = bytearray(rnd.choice(make)())
        if rnd.random() < 0.05:
            m[rnd.randrange(len(m))] ^= 1 << rnd.randrange(8)
        if rnd.random() < 0.02:
            del m[rnd.randrange(len(m)):]
        out.append(bytes(m))
    return b''.join(out)


def drain(c):
    c.sock.settimeout(0.2)
    try:
        while c.sock.recv(65536):
            pass
    except OSError:
        pass


def test_client_at_random(p):
    v = Victim(p, 7821)
    seed = SEED
    end = time.monotonic() + FUZZTIME
    while time.monotonic() < end:
        rnd = random.Random(seed)
        try:
            with n.Conn(v.addr) as c:
                c.send(session(rnd))
                if rnd.random() < 0.5:
                    c.sock.shutdown(socket.SHUT_WR)
                    drain(c)
        except OSError:
            pass
        if seed % 50 == 0:
            v.restore()
            v.served()
        check(v.e.p.poll() is None, 'emu has ended at seed %d' % seed)
        seed += 1
    v.restore()
    equal(open(p.dir + '/secret').read(), SECRET)
    v.unharmed()


class Server:
    """A server that answers each request by what reply(type, tag, body) gives: bytes, or None to hang up."""

    def __init__(self, reply):
        self.reply = reply
        self.sock = Listener(self.serve)
        self.port = self.sock.port

    def serve(self, s):
        c = n.Conn.__new__(n.Conn)
        c.sock, c.buf = s, b''
        try:
            while True:
                r = c.recv()
                a = None if r is None else self.reply(*r)
                if a is None:
                    break
                s.sendall(a)
        except OSError:
            pass
        s.close()

    def close(self):
        self.sock.close()


def good(type_, tag, body):
    """The answers of a server with one directory and one file, `file'."""
    r = type_ + 1
    if type_ == 100:
        return n.packet(r, tag, struct.pack('<I', 8192) + n.s('9P2000'))
    if type_ == 104:
        return n.packet(r, tag, n.qid(0x80))
    if type_ == 110:
        names = struct.unpack('<H', body[8:10])[0]
        return n.packet(r, tag, struct.pack('<H', names) + n.qid(0, 0, 2) * names)
    if type_ in (112, 114):
        return n.packet(r, tag, n.qid(0, 0, 2) + struct.pack('<I', 0))
    if type_ == 116:
        off = struct.unpack('<Q', body[4:12])[0]
        data = n.entry('file', n.qid(0, 0, 2)) if off == 0 else b''
        return n.packet(r, tag, struct.pack('<I', len(data)) + data)
    if type_ == 118:
        return n.packet(r, tag, body[12:16])
    if type_ == 124:
        st = n.entry('/', n.qid(0x80, 0, 1), 0x800001ED) if body[:4] == b'\0' * 4 else n.entry('file', n.qid(0, 0, 2))
        return n.packet(r, tag, struct.pack('<H', len(st)) + st)
    return n.packet(r, tag)


def use(e, port):
    """What somebody does with a mount; each command ends."""
    e.run('mount -A tcp!127.0.0.1!%d /n/remote' % port)
    for cmd in ('ls -l /n/remote', 'cat /n/remote/file', 'echo x > /n/remote/file', 'rm /n/remote/file', 'unmount /n/remote'):
        e.run(cmd)


def test_server_wrong_answers(p):
    e = p.emu()
    wrong = [
        lambda t, tag, b: n.packet(t + 1, tag ^ 1, b),                                   # nobody's tag
        lambda t, tag, b: n.packet(t + 1, tag, b'\xff' * 50),
        lambda t, tag, b: n.packet(t + 1, tag),
        lambda t, tag, b: n.packet(t, tag, b),                                           # a request
        lambda t, tag, b: n.packet(119, tag, b'\0' * 4),                                 # another answer
        lambda t, tag, b: n.packet(t + 1, tag, b, size=0xFFFFFFFF),
        lambda t, tag, b: n.packet(t + 1, tag, b, size=3),
        lambda t, tag, b: n.packet(107, tag, n.s('x' * 8000)),
        lambda t, tag, b: n.packet(107, tag, n.s(b'\xff\0\n\xfe')),
        lambda t, tag, b: n.packet(107, tag, n.s('')),
        lambda t, tag, b: n.packet(107, tag, struct.pack('<H', 60000)),
        lambda t, tag, b: good(t, tag, b) * 2,                                           # twice
        lambda t, tag, b: good(t, tag, b)[:-1],                                          # all but the last byte, and silence
        lambda t, tag, b: None,
        lambda t, tag, b: n.packet(101, tag, struct.pack('<I', 0xFFFFFFFF) + n.s('9P2000')),
        lambda t, tag, b: n.packet(101, tag, struct.pack('<I', 1) + n.s('9P2000')),
        lambda t, tag, b: n.packet(111, tag, struct.pack('<H', 60000) + b'\0' * 13),
        lambda t, tag, b: n.packet(111, tag, struct.pack('<H', 9) + n.qid() * 9),
        lambda t, tag, b: n.packet(117, tag, struct.pack('<I', 9000) + b'x' * 9000),     # more than was agreed
        lambda t, tag, b: n.packet(117, tag, struct.pack('<I', 100) + b'\xff' * 100),    # no directory entries
        lambda t, tag, b: n.packet(117, tag, struct.pack('<I', 55) + n.entry('..')[:55]),
        lambda t, tag, b: n.packet(117, tag, struct.pack('<I', len(n.entry('a/b'))) + n.entry('a/b')),
        lambda t, tag, b: n.packet(119, tag, struct.pack('<I', 0xFFFFFFFF)),             # more written than sent
        lambda t, tag, b: n.packet(125, tag, struct.pack('<H', 3) + b'abc'),
        lambda t, tag, b: n.packet(125, tag, n.s(n.entry('x' * 4000))),
    ]
    silent = {0, 12}  # nothing, or nothing for whoever asked, comes
    for i, w in enumerate(wrong):
        for type_ in n.TYPES.values():
            if i in silent and type_ != 100:
                continue
            done = threading.Event()

            def reply(t, tag, body):
                # A file has an end, or cat would be right to go on for ever.
                if t != type_ or (t == 116 and body[4:12] != b'\0' * 8):
                    return good(t, tag, body)
                if i in silent:
                    done.set()
                return w(t, tag, body)
            s = Server(reply)
            if i in silent:
                # The mount waits, and is killed without harm.
                e.quiet('mount -A tcp!127.0.0.1!%d /n/remote & pid=$apid' % s.port)
                check(done.wait(20), 'asked')
                e.run('kill $pid >[2=1]')
            else:
                use(e, s.port)
            s.close()
    equal(e.run('echo alive'), 'alive')
    check(e.p.poll() is None, 'emu lives')


def test_server_at_random(p):
    e = p.emu()
    end = time.monotonic() + FUZZTIME
    seed = SEED
    while time.monotonic() < end:
        rnd = random.Random(seed)

        def reply(t, tag, body):
            m = bytearray(good(t, tag, body))
            if rnd.random() < 0.15:
                for _ in range(rnd.randrange(1, 4)):
                    m[rnd.randrange(4, len(m))] ^= 1 << rnd.randrange(8)
                # A tag that is lost would leave the asker waiting, rightly.
                m[5:7] = struct.pack('<H', tag)
            return bytes(m)
        s = Server(reply)
        use(e, s.port)
        s.close()
        seed += 1
    equal(e.run('echo alive'), 'alive')
    fds = len(os.listdir('/proc/%d/fd' % e.p.pid))
    check(fds < 30, 'descriptors left', fds)
