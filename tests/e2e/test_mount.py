"""The mount driver against servers that are not ours: old ones, slow ones, and such that die."""
import hashlib
import socket
import struct
import threading
import time

from emulib import Failure, check, equal

MSIZE = 8216


def s_(b):
    b = b.encode() if isinstance(b, str) else b
    return struct.pack('<H', len(b)) + b


class Server:
    """One connection of 9P2000, one request after the other. files: name to bytearray. A name in `silent' is never answered;
    the answer to a clunk comes after `late' seconds."""

    def __init__(self, msize=MSIZE, files=None, silent=(), late=0):
        self.msize = msize
        self.files = files or {}
        self.silent = silent
        self.crowded = []   # pairs: a request, and what came before its answer
        self.flushed = []
        self.late = late
        self.clunked = 0
        self.unanswered = 0
        self.asked = threading.Event()
        self.l = socket.create_server(('127.0.0.1', 0))
        self.port = self.l.getsockname()[1]
        self.conn = None
        threading.Thread(target=self.run, daemon=True).start()

    def qid(self, name):
        if name == '/':
            return struct.pack('<BIQ', 0x80, 0, 0)
        return struct.pack('<BIQ', 0, 1, 1 + list(self.files).index(name))

    def stat(self, name):
        size = 0 if name == '/' else len(self.files[name])
        mode = 0x800001ED if name == '/' else 0o666
        d = struct.pack('<HI', 0, 0) + self.qid(name) + struct.pack('<IIIQ', mode, 0, 0, size) + s_(name) + s_('u') + s_('g') + s_('')
        return struct.pack('<H', len(d)) + d

    def run(self):
        c, _ = self.l.accept()
        self.conn = c
        buf = b''
        fids = {}
        while True:
            while len(buf) < 4 or len(buf) < struct.unpack('<I', buf[:4])[0]:
                try:
                    d = c.recv(1 << 20)
                except OSError:
                    return
                if not d:
                    return
                buf += d
            n = struct.unpack('<I', buf[:4])[0]
            m, buf = buf[:n], buf[n:]
            t, tag = struct.unpack('<BH', m[4:7])
            if buf:
                self.crowded.append((t, buf[4] if len(buf) > 4 else 0))
            r = self.answer(t, m[7:], fids)
            if r is None:
                continue
            rt, body = (107, s_(r)) if isinstance(r, str) else (t + 1, r)
            try:
                c.sendall(struct.pack('<IBH', 7 + len(body), rt, tag) + body)
            except OSError:
                return

    def answer(self, t, b, fids):
        if t == 100:
            return struct.pack('<I', min(self.msize, struct.unpack('<I', b[:4])[0])) + s_('9P2000')
        if t == 108:
            self.flushed.append(struct.unpack('<H', b[:2])[0])
            return b''
        fid, = struct.unpack('<I', b[:4])
        if t == 104:
            fids[fid] = '/'
            return self.qid('/')
        if fid not in fids:
            return 'fid unknown or out of range'
        name = fids[fid]
        if t == 110:
            new, n = struct.unpack('<IH', b[4:10])
            if n == 0:
                fids[new] = name
                return struct.pack('<H', 0)
            k, = struct.unpack('<H', b[10:12])
            want = b[12:12 + k].decode()
            if n > 1 or want not in self.files:
                return 'no such thing here, says the server'
            fids[new] = want
            return struct.pack('<H', 1) + self.qid(want)
        if t == 112:
            return self.qid(name) + struct.pack('<I', 0)
        if t == 116:
            off, count = struct.unpack('<QI', b[4:16])
            if name in self.silent:
                self.unanswered += 1
                self.asked.set()
                return None
            if name == '/':
                data = b''.join(self.stat(f) for f in self.files) if off == 0 else b''
            else:
                data = bytes(self.files[name][off:off + count])
            return struct.pack('<I', len(data)) + data
        if t == 118:
            off, count = struct.unpack('<QI', b[4:16])
            f = self.files[name]
            if len(f) < off + count:
                f.extend(bytes(off + count - len(f)))
            f[off:off + count] = b[16:16 + count]
            return struct.pack('<I', count)
        if t == 120:
            del fids[fid]
            time.sleep(self.late)
            self.clunked += 1
            return b''
        if t == 124:
            d = self.stat(name)
            return struct.pack('<H', len(d)) + d
        return 'permission denied'

    def mount(self, e, where, flags=''):
        e.quiet('mkdir %s; mount -A%s tcp!127.0.0.1!%d %s' % (where, flags, self.port, where))


def pattern(n):
    return bytearray(hashlib.md5(b'seed').hexdigest().encode() * (n // 32 + 1))[:n]


def test_old_peer(p):
    big = pattern(300000)
    s = Server(files={'big': big, 'out': bytearray()})
    e = p.emu()
    s.mount(e, '/tmp/m')
    equal(e.run('ls -p /tmp/m'), 'big\nout')
    equal(e.run('md5sum < /tmp/m/big').split()[0], hashlib.md5(big).hexdigest())
    e.quiet('cp /tmp/m/big /tmp/m/out')
    check(s.files['out'] == big, 'copied')
    equal(e.run('cat /tmp/m/nothing'), "cat: cannot open /tmp/m/nothing: '/tmp/m/nothing' no such thing here, says the server",
          "the server's words")
    e.quiet('for i in 1 2 3 {ls -l /tmp/m/big}>/dev/null')
    # But for a descriptor that the shell closes behind a command, when the next is at work already.
    equal([c for c in s.crowded if 120 not in c], [], 'one request after the other')


def test_dies_with_requests(p):
    s = Server(msize=65560, files={'f': pattern(100), 'stuck': bytearray()}, silent=('stuck',))
    e = p.emu()
    s.mount(e, '/tmp/m')
    equal(e.run('wc -c /tmp/m/f').split()[0], '100')
    e.run('cat /tmp/m/stuck > /tmp/1 >[2=1] & p1=$apid')
    e.run('cat /tmp/m/stuck > /tmp/2 >[2=1] & p2=$apid')
    check(s.asked.wait(20), 'a read is there')
    for _ in range(200):
        if s.unanswered == 2:
            break
        time.sleep(0.1)
    equal(s.unanswered, 2, 'both reads')
    s.conn.shutdown(socket.SHUT_RDWR)
    # Both end, with an error; and so does whatever comes later, at once.
    e.run('while {ftest -d /prog/$p1} {sleep 0}; while {ftest -d /prog/$p2} {sleep 0}')
    for f in ('/tmp/1', '/tmp/2'):
        equal(e.run('cat ' + f), 'cat: error reading /tmp/m/stuck: mount rpc error')
    equal(e.run('cat /tmp/m/f'), "cat: cannot open /tmp/m/f: '/tmp/m/f' mount rpc error")
    equal(e.run('ls /tmp/m'), 'ls: /tmp/m: mount rpc error')
    e.quiet('unmount /tmp/m')
    equal(e.run('ls /tmp/m'), '')


def test_closed_when_told(p):
    """Who is told that a command has ended may rely on its files being closed, also where the server takes its time."""
    s = Server(files={'f': bytearray()}, late=0.2)
    e = p.emu()
    s.mount(e, '/tmp/m')
    before = s.clunked
    for n, command in enumerate(('echo hello > /tmp/m/f', 'cat /tmp/m/f > /dev/null', '{sleep 0} > /tmp/m/f', 'cat /tmp/m/f | wc > /dev/null')):
        e.quiet(command)
        check(s.clunked > before + n, command, (before, s.clunked))
        before = s.clunked - n - 1


def test_killed_reader_is_flushed(p):
    s = Server(msize=65560, files={'f': pattern(100), 'stuck': bytearray()}, silent=('stuck',))
    e = p.emu()
    s.mount(e, '/tmp/m')
    e.run('cat /tmp/m/stuck &')
    pid = e.run('echo $apid')
    check(s.asked.wait(20), 'the read is there')
    # Others are served meanwhile, and after.
    equal(e.run('wc -c /tmp/m/f').split()[0], '100')
    e.run('echo kill > /prog/%s/ctl' % pid)
    e.run('while {ftest -d /prog/%s} {sleep 0}' % pid)
    equal(len(s.flushed), 1, 'a flush')
    equal(e.run('wc -c /tmp/m/f').split()[0], '100')


def test_cached_reads(p):
    big = pattern(3000000)
    s = Server(msize=65560, files={'big': big})
    e = p.emu()
    s.mount(e, '/tmp/m', 'q')
    want = hashlib.md5(big).hexdigest()
    p.file('home/ahead.b', '''implement Ahead;
include "sys.m";
	sys: Sys;
include "draw.m";
include "keyring.m";
Ahead: module { init: fn(nil: ref Draw->Context, argv: list of string); };

# reads a file in a tree mounted with MCACHE: from end to end in odd pieces, then here and there
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	keyring := load Keyring Keyring->PATH;
	(ok, c) := sys->dial(hd tl argv, nil);
	if(ok < 0 || sys->mount(c.dfd, nil, "/tmp/c", Sys->MREPL|Sys->MCACHE, nil) < 0)
		raise sys->sprint("fail:mount %r");
	fd := sys->open("/tmp/c/big", Sys->OREAD);
	buf := array[7777] of byte;
	state: ref Keyring->DigestState;
	while((n := sys->read(fd, buf, len buf)) > 0)
		state = keyring->md5(buf, n, nil, state);
	digest := array[Keyring->MD5dlen] of byte;
	keyring->md5(nil, 0, digest, state);
	for(i := 0; i < len digest; i++)
		sys->print("%.2x", int digest[i]);
	sys->print("\\n");
	b := array[32] of byte;
	first := array[32] of byte;
	sys->pread(fd, first, 32, big 0);
	for(off := big 64000; off < big 2900000; off += big 320000){
		if(sys->pread(fd, b, 32, off) != 32 || string b != string first)
			sys->print("wrong at %bd\\n", off);
	}
	sys->seek(fd, big 2999999, 0);
	sys->print("%d %d\\n", sys->read(fd, buf, 100), sys->read(fd, buf, 100));
}
''')
    s2 = Server(msize=65560, files={'big': big})
    e.quiet("limbo -o /tmp/ahead.dis '#U*%s/ahead.b'; mkdir /tmp/c" % p.home('home'))
    equal(e.run('/tmp/ahead tcp!127.0.0.1!%d' % s2.port), '%s\n1 0' % want)
