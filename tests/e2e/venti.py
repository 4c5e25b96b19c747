"""A Venti server, and a reader and a writer of vac archives, that share nothing with those in Limbo."""
import hashlib
import struct

from emulib import Listener

ROOT, DIR, POINTER, DATA = 1, 2, 3, 13
EMPTY = hashlib.sha1(b'').digest()
MODEDIR = 1 << 15


class Server:
    """Blocks by score and type. reply(kind, score, data): what is answered to a read instead of the data, for servers with bad intent."""

    def __init__(self, versions=('02', '04'), reply=None, greeting=None):
        self.blocks, self.writes, self.reads = {}, 0, 0
        self.synced = False
        self.versions, self.reply, self.greeting = versions, reply, greeting
        self.bad = []
        self.s = Listener(self.serve)
        self.addr = 'tcp!127.0.0.1!%d' % self.s.port

    def close(self):
        self.s.close()
        if self.bad:
            raise AssertionError('the client: %s' % self.bad)

    def __enter__(self):
        return self

    def __exit__(self, kind, *a):
        if kind is None:
            self.close()
        else:
            self.s.close()

    def put(self, kind, data):
        score = hashlib.sha1(data).digest()
        self.blocks[score, kind] = data
        return score

    def serve(self, c):
        f = c.makefile('rb')
        try:
            c.sendall(self.greeting or b'venti-%s-test\n' % ':'.join(self.versions).encode())
            line = f.readline()
            theirs = line.decode().split('-')[1].split(':')
            common = [v for v in sorted(self.versions, reverse=True) if v in theirs]
            if not common:
                c.close()
                return
            wide = common[0] >= '04'
            while True:
                h = f.read(4 if wide else 2)
                if len(h) == 0:
                    return
                m = f.read(int.from_bytes(h, 'big'))
                a = self.answer(m[0], m[2:], wide, common[0])
                if a is None:
                    c.close()
                    return
                if isinstance(a, bytes):    # raw: all of it, then the end
                    c.sendall(a)
                    c.close()
                    return
                t, d = a
                d = bytes([t, m[1]]) + d
                c.sendall(len(d).to_bytes(4 if wide else 2, 'big') + d)
        except (OSError, IndexError, ValueError):
            pass
        finally:
            c.close()

    def answer(self, t, m, wide, version):
        if t == 2:
            return 3, b''
        if t == 4:
            n = int.from_bytes(m[:2], 'big')
            if m[2:2 + n].decode() != version:
                self.bad.append('hello %r' % m)
            return 5, b'\0\4test\0\0'
        if t == 6:
            return None
        if t == 12:
            self.reads += 1
            score, kind, count = m[:20], m[20], int.from_bytes(m[22:], 'big')
            if len(m) != (26 if wide else 24):
                self.bad.append('read of %d bytes' % len(m))
            d = self.blocks.get((score, kind))
            if self.reply is not None:
                r = self.reply(kind, score, d)
                if r is not None:
                    return r
            if d is None:
                return 1, b'\0\x08no block'
            if len(d) > count:
                return 1, b'\0\x09too large'
            return 13, d
        if t == 14:
            self.writes += 1
            kind, d = m[0], m[4:]
            if m[1:4] != b'\0\0\0' or not valid(kind, d):
                self.bad.append('write of type %d, %d bytes' % (kind, len(d)))
            return 15, self.put(kind, d)
        if t == 16:
            self.synced = True
            return 17, b''
        self.bad.append('message %d' % t)
        return 1, b'\0\3bad'


def valid(kind, d):
    """A block as the protocol wants it: nothing superfluous at its end."""
    if kind == ROOT:
        return len(d) == 300
    if kind in (DIR, DATA):
        return d[-1:] != b'\0' and len(d) > 0
    return POINTER <= kind < DATA and len(d) > 0 and len(d) % 20 == 0 and d[-20:] != EMPTY


# ---------------------------------------------------------------- reading

class Entry:
    def __init__(self, a):
        self.gen, self.psize, self.dsize, flags = struct.unpack('>IHHB', a[:9])
        self.active, self.dir, self.depth = flags & 1, flags >> 1 & 1, flags >> 2 & 7
        self.size, self.score = int.from_bytes(a[14:20], 'big'), a[20:40]


def load(server, score, kind, size):
    d = b'' if score == EMPTY else server.blocks[score, kind]
    assert len(d) <= size
    if POINTER <= kind < DATA:
        return d + EMPTY * ((size - len(d)) // 20)
    return d.ljust(size, b'\0')


def stream(server, e):
    """All bytes of an entry."""
    assert e.active
    blocks = [e.score]
    for h in range(e.depth, 0, -1):
        below = []
        for s in blocks:
            d = load(server, s, POINTER + h - 1, e.psize // 20 * 20)
            below += [d[i:i + 20] for i in range(0, len(d), 20)]
        blocks = below
    want = (e.size + e.dsize - 1) // e.dsize
    out = b''.join(load(server, s, DIR if e.dir else DATA, e.dsize) for s in blocks[:want])
    assert len(out) >= e.size
    return out[:e.size]


def entries(server, e):
    d = stream(server, e)
    out = []
    for b in range(0, len(d), e.dsize):
        block = d[b:b + e.dsize]
        out += [block[i:i + 40] for i in range(0, len(block) // 40 * 40, 40)]
    return out


def take(a, fmt):
    n = struct.calcsize(fmt)
    return struct.unpack(fmt, a[:n]) + (a[n:],)


def text(a):
    n, a = take(a, '>H')
    return a[:n].decode(), a[n:]


def records(server, e):
    d = stream(server, e)
    out = []
    for b in range(0, len(d), e.dsize):
        block = d[b:b + e.dsize]
        magic, size, free, most, n = struct.unpack('>IHHHH', block[:12])
        assert magic == 0x5656fc7a and n <= most and size <= len(block)
        names = []
        for i in range(n):
            o, m = struct.unpack('>HH', block[12 + 4 * i:16 + 4 * i])
            assert 12 + 4 * most <= o and o + m <= size
            r = block[o:o + m]
            magic, version, r = take(r, '>IH')
            assert (magic, version) == (0x1c4d9072, 8)
            elem, r = text(r)
            names.append(elem.encode())
            entry, qid, r = take(r, '>IQ')
            uid, r = text(r)
            gid, r = text(r)
            mid, r = text(r)
            mtime, mcount, ctime, atime, mode, r = take(r, '>IIIII')
            assert r == b''
            out.append((elem, entry, mode, mtime, uid, gid))
        assert names == sorted(names), names
    return out


def tree(server, score):
    """{path: (mode, mtime, contents; None of a directory)}"""
    root = server.blocks[score, ROOT]
    version, = struct.unpack('>H', root[:2])
    assert version == 2 and root[130:258].rstrip(b'\0') == b'vac'
    size, = struct.unpack('>H', root[278:280])
    top = load(server, root[258:278], DIR, size)
    e = [Entry(top[i:i + 40]) for i in (0, 40, 80)]
    assert len(records(server, e[2])) == 1
    out = {}

    def walk(path, source, meta):
        es = entries(server, source)
        for elem, entry, mode, mtime, uid, gid in records(server, meta):
            p = path + elem
            assert p not in out
            if mode & MODEDIR:
                out[p] = (mode, mtime, None)
                walk(p + '/', Entry(es[entry]), Entry(es[entry + 1]))
            else:
                out[p] = (mode, mtime, stream(server, Entry(es[entry])))

    walk('', e[0], e[1])
    return out


# ---------------------------------------------------------------- writing

class Writer:
    """Archives with small blocks, thus deep ones, records of several versions, and sections that nobody knows. harm(what, data): changes a record,
    a block of metadata ('record', 'meta', 'entry', 'root'), for those of bad intent."""

    def __init__(self, server, size=512, version=9, magic=0x5656fc7a, harm=None):
        self.server, self.size, self.version, self.magic = server, size, version, magic
        self.harm = harm or (lambda what, d: d)

    def put(self, kind, d):
        if POINTER <= kind < DATA:
            while d.endswith(EMPTY):
                d = d[:-20]
        elif kind != ROOT:
            d = d.rstrip(b'\0')
        return self.server.put(kind, d)

    def entry(self, data, isdir=False):
        leaf = DIR if isdir else DATA
        scores = [self.put(leaf, data[i:i + self.size]) for i in range(0, len(data), self.size)] or [EMPTY]
        depth, per = 0, self.size // 20
        while len(scores) > 1:
            scores = [self.put(POINTER + depth, b''.join(scores[i:i + per])) for i in range(0, len(scores), per)]
            depth += 1
        flags = 1 | isdir << 1 | depth << 2
        return self.harm('entry', struct.pack('>IHHB5x', 7, self.size, self.size, flags) + len(data).to_bytes(6, 'big') + scores[0])

    def source(self, es):
        per = self.size // 40
        blocks = [b''.join(es[i:i + per]) for i in range(0, len(es), per)]
        return self.entry(b''.join(b.ljust(self.size, b'\0') for b in blocks[:-1]) + (blocks[-1] if blocks else b''), True)

    def record(self, name, entry, mode, mtime):
        def s(t):
            t = t.encode('utf-8', 'surrogateescape')
            return struct.pack('>H', len(t)) + t
        r = struct.pack('>IH', 0x1c4d9072, self.version) + s(name) + struct.pack('>I', entry)
        if self.version >= 9:
            r += struct.pack('>III', 7, entry + 1, 7)
        r += struct.pack('>Q', entry + 100)
        if self.version == 7:
            r += EMPTY
        r += s('glenda') + s('sys') + s('mel') + struct.pack('>IIIII', mtime, 1, mtime, mtime, mode)
        if self.version >= 9:
            r += struct.pack('>BH', 9, 5) + b'hello'
        return self.harm('record', r)

    def meta(self, rs):
        blocks, now = [], []
        for r in rs:
            if 12 + sum(len(x) + 4 for x in now) + len(r) + 4 > self.size:
                blocks.append(now)
                now = []
            now.append(r)
        blocks.append(now)
        out = b''
        for b in blocks:
            o = 12 + 4 * len(b)
            index = b''
            for r in b:
                index += struct.pack('>HH', o, len(r))
                o += len(r)
            d = struct.pack('>IHHHH', self.magic, o, 0, len(b), len(b)) + index + b''.join(b)
            out += self.harm('meta', d).ljust(self.size, b'\0')
        return self.entry(out)

    def directory(self, files):
        """files: {name: bytes or a dictionary}"""
        es, rs = [], []
        for name, f in sorted(files.items()):
            if isinstance(f, dict):
                rs.append(self.record(name, len(es), MODEDIR | 0o755, 1000000000))
                es += self.directory(f)
            else:
                rs.append(self.record(name, len(es), 0o644, 1000000001))
                es.append(self.entry(f))
        return self.source(es), self.meta(rs)

    def archive(self, files):
        src, meta = self.directory(files)
        m = self.meta([self.record('root', 0, MODEDIR | 0o755, 1)])
        score = self.put(DIR, src + meta + m)
        root = struct.pack('>H', 2) + b'root'.ljust(128, b'\0') + b'vac'.ljust(128, b'\0') + score + struct.pack('>H', self.size) + bytes(20)
        return self.put(ROOT, self.harm('root', root))
