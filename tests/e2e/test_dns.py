"""ndb/dns against name servers of our own, which say what the test wants them to."""
import itertools
import socket
import struct
import threading

from emulib import Skip, check, equal

A, NS, CNAME, SOA, PTR, MX, AAAA = 1, 2, 5, 6, 12, 15, 28


def name(s):
    return b''.join(bytes([len(l)]) + l.encode() for l in s.split('.') if l) + b'\0'


def rr(n, t, data, ttl=60):
    return name(n) + struct.pack('>HHIH', t, 1, ttl, len(data)) + data


def a(n, addr, ttl=60):
    return rr(n, A, socket.inet_aton(addr), ttl)


numbers = itertools.count(2)


class Dns:
    """Answers by (name, type): a list of records, or a function of the query packet that returns a reply or None."""

    def __init__(self):
        # Each has an address of its own, so that none meets what another has left.
        self.addr = addr = '127.0.0.%d' % next(numbers)
        self.table = {}
        self.seen = []
        try:
            self.u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.u.bind((addr, 53))
            self.t = socket.create_server((addr, 53))
        except OSError as e:
            raise Skip('no port 53: %s' % e)
        self.over = False
        self.threads = [threading.Thread(target=f, daemon=True) for f in (self.udp, self.tcp)]
        for t in self.threads:
            t.start()

    def close(self):
        """The threads are woken by a question each."""
        self.over = True
        self.u.sendto(b'', self.u.getsockname())
        socket.create_connection(self.t.getsockname()).close()
        for t in self.threads:
            t.join()
        self.u.close()
        self.t.close()

    def answer(self, q, tcp):
        labels, i = [], 12
        while q[i]:
            labels.append(q[i + 1:i + 1 + q[i]].decode('latin1'))
            i += 1 + q[i]
        t, = struct.unpack('>H', q[i + 1:i + 3])
        n = '.'.join(labels).lower()
        self.seen.append((n, t, 'tcp' if tcp else 'udp'))
        question = q[12:i + 5]
        r = self.table.get((n, t))
        if callable(r):
            return r(q, question, tcp)
        if r is None:
            # The name is there with other types, or it is not there at all.
            known = any(k[0] == n for k in self.table)
            soa = rr('test', SOA, name('ns.test') + name('me.test') + struct.pack('>IIIII', 1, 60, 60, 60, 60))
            return q[:2] + struct.pack('>HHHHH', 0x8180 | (0 if known else 3), 1, 0, 1, 0) + question + soa
        return q[:2] + struct.pack('>HHHHH', 0x8180, 1, len(r), 0, 0) + question + b''.join(r)

    def udp(self):
        while True:
            q, peer = self.u.recvfrom(4096)
            if self.over:
                return
            r = self.answer(q, False)
            if r is not None:
                self.u.sendto(r, peer)

    def tcp(self):
        while True:
            c, _ = self.t.accept()
            with c:
                if self.over:
                    return
                f = c.makefile('rb')
                n, = struct.unpack('>H', f.read(2))
                r = self.answer(f.read(n), True)
                if r is not None:
                    c.sendall(struct.pack('>H', len(r)) + r)


def dns(test):
    """Runs a test with a server d and an emu e that asks it."""
    def run(p):
        d = Dns()
        try:
            test(d, start(p, d.addr))
        finally:
            run.__name__ = test.__name__
    return run


def start(p, addr):
    p.file('home/ndb', 'database=\n\tfile=/tmp/ndb\ninfernosite=\n\tdns=%s\nsys=me dom=me.test ip=127.0.0.1\n' % addr)
    e = p.emu()
    e.quiet("cp '#U*%s/ndb' /tmp/ndb" % p.home('home'))
    e.quiet('ndb/dns -f /tmp/ndb')
    return e


@dns
def test_records(d, e):
    d.table[('www.test', A)] = [a('www.test', '192.0.2.1'), a('www.test', '192.0.2.2')]
    d.table[('six.test', AAAA)] = [rr('six.test', AAAA, socket.inet_pton(socket.AF_INET6, '2001:db8::7'))]
    d.table[('six.test', A)] = []
    d.table[('alias.test', A)] = [rr('alias.test', CNAME, name('www.test')), a('www.test', '192.0.2.1')]
    d.table[('1.2.0.192.in-addr.arpa', PTR)] = [rr('1.2.0.192.in-addr.arpa', PTR, name('www.test'))]
    d.table[('test', MX)] = [rr('test', MX, struct.pack('>H', 10) + name('mail.test'))]
    out = e.run('ndb/dnsquery www.test')
    check('192.0.2.1' in out and '192.0.2.2' in out, 'both addresses', out)
    check('2001:db8::7' in e.run('ndb/dnsquery six.test'), 'version 6', e.run('ndb/dnsquery six.test'))
    check('192.0.2.1' in e.run('ndb/dnsquery alias.test'), 'an alias', e.run('ndb/dnsquery alias.test'))
    check('www.test' in e.run('ndb/dnsquery 192.0.2.1'), 'a pointer', e.run('ndb/dnsquery 192.0.2.1'))
    check('mail.test' in e.run("ndb/dnsquery 'test mx'"), 'mail', e.run("ndb/dnsquery 'test mx'"))


@dns
def test_caching(d, e):
    d.table[('www.test', A)] = [a('www.test', '192.0.2.1')]
    for i in range(3):
        check('192.0.2.1' in e.run('ndb/dnsquery www.test'), 'found')
    n = len([s for s in d.seen if s[:2] == ('www.test', A)])
    equal(n, 1, 'asked once')
    for i in range(3):
        out = e.run('ndb/dnsquery nowhere.test')
        check('does not exist' in out, 'not there', out)
    n = len([s for s in d.seen if s[:2] == ('nowhere.test', A)])
    equal(n, 1, 'that it is not there is remembered too')


@dns
def test_truncated(d, e):
    many = [a('many.test', '192.0.2.%d' % i) for i in range(1, 100)]

    def reply(q, question, tcp):
        if not tcp:
            return q[:2] + struct.pack('>HHHHH', 0x8380, 1, 0, 0, 0) + question
        return q[:2] + struct.pack('>HHHHH', 0x8180, 1, len(many), 0, 0) + question + b''.join(many)

    d.table[('many.test', A)] = reply
    out = e.run('ndb/dnsquery many.test')
    check('192.0.2.99' in out, 'asked again over tcp', out[-300:])


@dns
def test_lost_once(d, e):
    lost = []

    def reply(q, question, tcp):
        if not lost:
            lost.append(1)
            return None
        return q[:2] + struct.pack('>HHHHH', 0x8180, 1, 1, 0, 0) + question + a('lossy.test', '192.0.2.5')

    d.table[('lossy.test', A)] = reply
    check('192.0.2.5' in e.run('ndb/dnsquery lossy.test', 40), 'asked again')


@dns
def test_hostile(d, e):
    d.table[('loop.test', A)] = [rr('loop.test', CNAME, name('pool.test'))]
    d.table[('pool.test', A)] = [rr('pool.test', CNAME, name('loop.test'))]

    def pointers(q, question, tcp):
        # A compressed name that points at itself.
        at = 12 + len(question)
        return q[:2] + struct.pack('>HHHHH', 0x8180, 1, 1, 0, 0) + question + struct.pack('>H', 0xC000 | at) + struct.pack('>HHIH', A, 1, 60, 4) + b'1234'

    def short(q, question, tcp):
        return q[:2] + struct.pack('>HHHHH', 0x8180, 1, 60000, 60000, 60000) + question + b'\5abc'

    def others(q, question, tcp):
        # What was not asked must not be believed.
        return q[:2] + struct.pack('>HHHHH', 0x8180, 1, 2, 0, 0) + question + a('odd.test', '192.0.2.8') + a('www.test', '192.0.2.66')

    def wrongid(q, question, tcp):
        return bytes([q[0] ^ 0xFF, q[1]]) + struct.pack('>HHHHH', 0x8180, 1, 1, 0, 0) + question + a('wrong.test', '192.0.2.66')

    d.table[('pointer.test', A)] = pointers
    d.table[('short.test', A)] = short
    d.table[('odd.test', A)] = others
    d.table[('wrong.test', A)] = wrongid
    d.table[('www.test', A)] = [a('www.test', '192.0.2.1')]
    out = e.run('ndb/dnsquery loop.test', 60)
    check('192.' not in out and out != '', 'aliases in a circle', out)
    for n in ('pointer', 'short', 'wrong'):
        out = e.run('ndb/dnsquery %s.test' % n, 90)
        check('192.0.2' not in out and out != '', n, out)
    check('192.0.2.8' in e.run('ndb/dnsquery odd.test'), 'what was asked')
    check('192.0.2.1' in e.run('ndb/dnsquery www.test'), 'still served, and right', e.run('ndb/dnsquery www.test'))
