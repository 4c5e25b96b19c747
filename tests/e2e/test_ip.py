"""The commands of ip/ against clients and servers of our own."""
import contextlib
import os
import socket
import struct
import threading

from emulib import check, equal

EPOCH = 2208988800


@contextlib.contextmanager
def answering(reply):
    """A server on a port of UDP: reply(question) gives its answers."""
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.bind(('127.0.0.1', 0))
    over = False

    def serve():
        while True:
            m, who = u.recvfrom(2048)
            if over:
                return
            for r in reply(m):
                u.sendto(r, who)

    t = threading.Thread(target=serve, daemon=True)
    t.start()
    try:
        yield u.getsockname()[1]
    finally:
        over = True
        u.sendto(b'', u.getsockname())
        t.join()
        u.close()


def sntp(q, seconds, first=0x24, stratum=2, name=b'\0\0\0\0', origin=None):
    at = struct.pack('>II', (seconds + EPOCH) & 0xffffffff, 1 << 31)
    return struct.pack('>BBBb', first, stratum, 6, -20) + b'\0' * 8 + name + at + (origin or q[40:48]) + at + at


def test_sntp(p):
    e = p.emu()

    def ask(port):
        return e.run('ip/sntp -i udp!127.0.0.1!%d' % port)

    with answering(lambda q: [sntp(q, 1000000000)]) as port:
        out = ask(port)
        check('Sun Sep' in out and '2001' in out and 'offset -' in out, 'a time of the past', out)
    with answering(lambda q: [sntp(q, 2200000000)]) as port:
        out = ask(port)
        check('offset ' in out and 'offset -' not in out, 'a time behind the end of the first era', out)
    # What is no answer to the question is passed over.
    with answering(lambda q: [b'x', sntp(q, 5, origin=b'12345678'), sntp(q, 5, first=0x23), sntp(q, 1000000000)]) as port:
        check('2001' in ask(port), 'the last of four')
    for reply, why in (((lambda q: [sntp(q, 5, stratum=0, name=b'DENY')]), 'refused: DENY'), ((lambda q: [sntp(q, 5, first=0xe4)]), 'not synchronised'),
                       ((lambda q: []), 'no reply')):
        with answering(reply) as port:
            out = e.run('ip/sntp -i udp!127.0.0.1!%d; echo $status' % port)
            check(why in out and out.endswith('\nno time'), why, out)
    out = e.run('ip/sntp -x')
    check(out.startswith('usage: ip/sntp [-di] [server]'), 'usage', out)


class Tftp:
    """A client, block by block."""

    def __init__(self, port):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.settimeout(30)
        self.server = ('127.0.0.1', port)

    def request(self, op, name, mode='octet'):
        self.s.sendto(struct.pack('>H', op) + name.encode() + b'\0' + mode.encode() + b'\0', self.server)

    def recv(self):
        m, self.peer = self.s.recvfrom(2048)
        return struct.unpack('>HH', m[:4]) + (m[4:],)

    def send(self, op, n, data=b''):
        self.s.sendto(struct.pack('>HH', op, n) + data, self.peer)

    def get(self, name, mode='octet'):
        self.request(1, name, mode)
        data, n = b'', 1
        while True:
            op, k, d = self.recv()
            if op == 5:
                return k, d.rstrip(b'\0').decode()
            if (op, k) != (3, n & 0xffff):
                continue
            data += d
            self.send(4, k)
            if len(d) < 512:
                return data
            n += 1

    def put(self, name, data, mode='octet'):
        self.request(2, name, mode)
        n = 0
        while True:
            op, k, d = self.recv()
            if op == 5:
                return k, d.rstrip(b'\0').decode()
            if (op, k) != (4, n & 0xffff):
                continue
            if n * 512 > len(data):
                return None
            self.send(3, n + 1 & 0xffff, data[n * 512:n * 512 + 512])
            n += 1


def tftpd(p, options=''):
    """An emu that serves /tmp/t, and a client of it."""
    e = p.emu()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    port = s.getsockname()[1]
    s.close()
    e.quiet('memfs /tmp; mkdir /tmp/t /tmp/t/sub')
    e.quiet('ip/tftpd -h /tmp/t %s -a udp!127.0.0.1!%d' % (options, port))
    return e, Tftp(port)


def test_tftp_read(p):
    e, t = tftpd(p)
    for n in (0, 1, 511, 512, 513, 1024, 100000):
        data = os.urandom(n)
        p.file('home/data', data)
        e.quiet("cp '#U*%s/data' /tmp/t/data" % p.home('home'))
        equal(t.get('data'), data, '%d bytes' % n)
    e.quiet('echo one >/tmp/t/text; echo two >>/tmp/t/text; echo no >/tmp/secret')
    equal(t.get('text', 'NetASCII'), b'one\r\ntwo\r\n', 'lines')
    equal(t.get('/text'), b'one\ntwo\n', 'a name with a slash')
    equal(t.get('../secret'), (1, 'file not found'), 'a name that leads out')
    equal(t.get('sub'), (2, 'is a directory'), 'a directory')
    equal(t.get('text', 'mail'), (4, 'unknown mode mail'), 'mode')
    t.s.sendto(b'\0\1text', t.server)
    equal(t.recv()[:2], (5, 4), 'a request without ends')
    t.s.sendto(b'\0\7text\0octet\0', t.server)
    equal(t.recv()[:2], (5, 4), 'no operation')
    t.s.sendto(b'\0', t.server)
    # A block that is lost is sent again.
    t.request(1, 'text')
    equal(t.recv()[:2], (3, 1), 'first')
    equal(t.recv()[:2], (3, 1), 'again')
    t.send(4, 1)


def test_tftp_write(p):
    e, t = tftpd(p)
    equal(t.put('new', b'x'), (1, 'file not found'), 'a file that is not there')
    e.quiet('>/tmp/t/old')
    for n in (0, 1, 512, 100000):
        data = os.urandom(n)
        equal(t.put('old', data), None, 'written')
        equal(t.get('old'), data, '%d bytes' % n)
    equal(t.put('old', b'one\r\ntwo\r\0x\r', 'netascii'), None, 'written')
    equal(t.get('old'), b'one\ntwo\rx\r', 'lines')
    e, t = tftpd(p, '-c')
    equal(t.put('new', b'x'), None, 'made')
    equal(e.run('cat /tmp/t/new'), 'x', 'made')
    e, t = tftpd(p, '-r')
    e.quiet('>/tmp/t/old')
    equal(t.put('old', b'x'), (2, 'permission denied'), 'not with -r')


def test_virgil(p):
    e = p.emu()
    p.file('home/ndb', 'infernosite=\n\tSIGNER=signer.test\nsys=box ip=192.0.2.7\n')
    e.quiet("cp '#U*%s/ndb' /tmp/ndb" % p.home('home'))
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    s.settimeout(20)
    port = s.getsockname()[1] ^ 1
    e.quiet('ip/virgild -f /tmp/ndb -a udp!127.0.0.1!%d' % port)

    def ask(q):
        s.sendto(q.encode(), ('127.0.0.1', port))
        return s.recv(1000).decode()

    equal(ask('SIGNER'), 'SIGNER=signer.test', 'of the site')
    equal(ask('box'), 'box=192.0.2.7', 'of a system')
    s.sendto(b'nobody', ('127.0.0.1', port))
    equal(ask('box'), 'box=192.0.2.7', 'what is not known has no answer')
    out = e.run('ip/virgild -f /nowhere')
    check(out.startswith("virgild: can't open /nowhere:"), 'no file', out)
