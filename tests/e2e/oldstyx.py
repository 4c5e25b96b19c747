"""The old protocol, that of the first three editions, by the byte; and a server of it that keeps a tree in memory."""
import socket
import struct
import threading
import time

from emulib import Listener

NAMELEN, ERRLEN, DIRLEN, MAXFDATA = 28, 64, 116, 8192
CHDIR, APPEND, EXCL = 0x80000000, 0x40000000, 0x20000000
TYPES = {'nop': 0, 'error': 2, 'flush': 4, 'clone': 6, 'walk': 8, 'open': 10, 'create': 12, 'read': 14, 'write': 16, 'clunk': 18,
         'remove': 20, 'stat': 22, 'wstat': 24, 'attach': 28}
NAMES = {v + d: 'TR'[d] + k for k, v in TYPES.items() for d in (0, 1)}
# Bytes behind type and tag; those of data come on top.
SIZES = {'Tnop': 0, 'Rnop': 0, 'Rerror': 64, 'Tflush': 2, 'Rflush': 0, 'Tclone': 4, 'Rclone': 2, 'Twalk': 30, 'Rwalk': 10, 'Topen': 3,
         'Ropen': 10, 'Tcreate': 35, 'Rcreate': 10, 'Tread': 12, 'Rread': 5, 'Twrite': 13, 'Rwrite': 4, 'Tclunk': 2, 'Rclunk': 2,
         'Tremove': 2, 'Rremove': 2, 'Tstat': 2, 'Rstat': 118, 'Twstat': 118, 'Rwstat': 2, 'Tattach': 58, 'Rattach': 10}


def name(s, n=NAMELEN):
    b = s if isinstance(s, bytes) else s.encode()
    assert len(b) < n
    return b + b'\0' * (n - len(b))


def text(b):
    return b.split(b'\0')[0].decode()


def packet(type_, tag, body=b''):
    return struct.pack('<BH', type_, tag) + body


def message(type_, tag, fid, fmt='', *args):
    return packet(type_, tag, struct.pack('<H' + fmt, fid, *args))


def attach(tag, fid, uname='glenda', aname=''):
    return message(28, tag, fid) + name(uname) + name(aname)


def flush(tag, old):
    return message(4, tag, old)


def clone(tag, fid, newfid):
    return message(6, tag, fid, 'H', newfid)


def walk(tag, fid, n):
    return message(8, tag, fid) + name(n)


def open_(tag, fid, mode=0):
    return message(10, tag, fid, 'B', mode)


def create(tag, fid, n, perm=0o666, mode=1):
    return message(12, tag, fid) + name(n) + struct.pack('<IB', perm, mode)


def read(tag, fid, offset, count):
    return message(14, tag, fid, 'QH', offset, count)


def write(tag, fid, offset, data):
    return message(16, tag, fid, 'QHB', offset, len(data), 0) + data


def clunk(tag, fid):
    return message(18, tag, fid)


def remove(tag, fid):
    return message(20, tag, fid)


def stat(tag, fid):
    return message(22, tag, fid)


def wstat(tag, fid, st):
    return message(24, tag, fid) + st


STAT = '<28s28s28sIIIIIQHH'


class Stat:
    FIELDS = 'name uid gid path vers mode atime mtime length type dev'.split()

    def __init__(self, b):
        assert len(b) == DIRLEN
        for f, v in zip(self.FIELDS, struct.unpack(STAT, b)):
            setattr(self, f, text(v) if isinstance(v, bytes) else v)

    def pack(self):
        v = [getattr(self, f) for f in self.FIELDS]
        return struct.pack(STAT, *[x.encode() if isinstance(x, str) else x for x in v])


class Stream:
    def __init__(self, sock):
        self.sock, self.buf = sock, b''

    def take(self, n):
        while len(self.buf) < n:
            try:
                d = self.sock.recv(65536)
            except ConnectionError:
                return None
            if not d:
                return None
            self.buf += d
        b, self.buf = self.buf[:n], self.buf[n:]
        return b

    def recv(self):
        """(type, tag, body), or None at the end."""
        h = self.take(3)
        if h is None:
            return None
        kind = NAMES[h[0]]
        body = self.take(SIZES[kind])
        if body is None:
            return None
        if kind in ('Rread', 'Twrite'):
            data = self.take(struct.unpack('<H', body[-3:-1])[0])
            if data is None:
                return None
            body += data
        return h[0], struct.unpack('<H', h[1:])[0], body


class Conn(Stream):
    """A client's connection, as that of ninep."""

    def __init__(self, addr, timeout=20):
        s = socket.create_connection(addr, timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(s)

    def send(self, *messages):
        self.sock.sendall(b''.join(messages))

    def ask(self, m):
        self.send(m)
        return self.recv()

    def error(self, m):
        r = self.ask(m)
        if r is None or r[0] != 3:
            raise AssertionError('%s answered by %r' % (NAMES.get(m[0], m[0]), r))
        return text(r[2])

    def ok(self, m):
        """The body of the answer behind the fid, which must be that of the request."""
        r = self.ask(m)
        if r is None or r[0] != m[0] + 1 or r[2][:2] != m[3:5]:
            raise AssertionError('%s answered by %r' % (NAMES.get(m[0], m[0]), r))
        return r[2][2:]

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.close()


class File:
    last = 100

    def __init__(self, name_, mode, parent=None):
        File.last += 1
        self.path, self.name, self.mode, self.parent = File.last, name_, mode, parent or self
        self.data, self.files, self.vers, self.uid, self.gid, self.mtime = b'', [], 0, 'rob', 'sys', 1000000000
        self.blocked = None  # requests that wait for data, if it is a list
        if parent:
            parent.files.append(self)

    def isdir(self):
        return self.mode & CHDIR != 0

    def qid(self):
        return struct.pack('<II', self.path | self.mode & CHDIR, self.vers)

    def stat(self):
        return (name(self.name) + name(self.uid) + name(self.gid) + self.qid() +
                struct.pack('<IIIQHH', self.mode, 5, self.mtime, len(self.data), ord('M'), 7))


class Refused(Exception):
    pass


class Server:
    """Serves one tree to all that connect. twist(type, tag, answer) may change what is sent."""

    def __init__(self, twist=None):
        self.root = File('/', CHDIR | 0o777)
        self.twist = twist or (lambda type_, tag, a: a)
        self.log = []      # names of the requests
        self.fids = {}     # of the connection that came last
        self.flushed = []
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.sock = Listener(self.serve)
        self.port = self.sock.port

    def serve(self, s):
        self.conn, self.fids = s, {}
        fids = self.fids
        st = Stream(s)
        try:
            while True:
                m = st.recv()
                if m is None:
                    break
                self.log.append(NAMES[m[0]])
                try:
                    a = self.answer(s, fids, *m)
                except Refused as e:
                    a = packet(3, m[1], name(str(e), ERRLEN))
                if a is not None:
                    a = self.twist(m[0], m[1], a)
                if a is not None:
                    s.sendall(a)
        except Exception as e:  # the client sends nonsense, or has gone
            self.failed = e
        s.close()
        self.ended.set()

    def release(self, file, data):
        """What waits for file gets the data, as much as one wants each."""
        with self.lock:
            for s, tag, fid, count in file.blocked:
                s.sendall(message(15, tag, fid, 'HB', len(data), 0) + data)
            file.blocked = []

    def answer(self, s, fids, type_, tag, body):
        kind = NAMES[type_]
        if kind == 'Tnop':
            return packet(1, tag)
        fid, = struct.unpack('<H', body[:2])
        body = body[2:]

        def ok(fmt='', *args):
            return message(type_ + 1, tag, fid, fmt, *args)
        if kind == 'Tflush':
            self.flushed.append(fid)
            with self.lock:
                for f in self.all(self.root):
                    if f.blocked:
                        f.blocked = [b for b in f.blocked if b[0] != s or b[1] != fid]
            return packet(5, tag)
        if kind == 'Tattach':
            if fid in fids:
                raise Refused('fid in use')
            self.attached = text(body[:28]), text(body[28:])
            if self.attached[1] == 'none':
                raise Refused('no such tree')
            fids[fid] = [self.root, None]
            return ok() + self.root.qid()
        if fid not in fids:
            raise Refused('no such fid')
        f, mode = fids[fid]
        if kind == 'Tclone':
            new, = struct.unpack('<H', body)
            if new in fids:
                raise Refused('fid in use')
            if mode is not None:
                raise Refused('clone of an open fid')
            fids[new] = [f, None]
            return ok()
        if kind == 'Twalk':
            n = text(body)
            if mode is not None:
                raise Refused('walk of an open fid')
            if not f.isdir():
                raise Refused('not a directory')
            if n == '..':
                fids[fid][0] = f.parent
            else:
                found = [g for g in f.files if g.name == n]
                if not found:
                    raise Refused('file does not exist')
                fids[fid][0] = found[0]
            return ok() + fids[fid][0].qid()
        if kind == 'Topen':
            if body[0] & 3 in (1, 2) and f.isdir():
                raise Refused('is a directory')
            if body[0] & 3 in (1, 2) and not f.mode & 0o222 or body[0] & 3 == 0 and not f.mode & 0o444:
                raise Refused('permission denied')
            fids[fid][1] = body[0]
            if body[0] & 16:
                f.data = b''
            return ok() + f.qid()
        if kind == 'Tcreate':
            n = text(body[:28])
            perm, m = struct.unpack('<IB', body[28:])
            if not f.isdir() or [g for g in f.files if g.name == n]:
                raise Refused('file already exists')
            fids[fid] = [File(n, perm, f), m]
            return ok() + fids[fid][0].qid()
        if kind == 'Tread':
            off, count = struct.unpack('<QH', body)
            assert count <= MAXFDATA
            if mode is None or mode & 3 == 1:
                raise Refused('not open for reading')
            if f.blocked is not None:
                with self.lock:
                    f.blocked.append((s, tag, fid, count))
                return None
            data = f.data
            if f.isdir():
                if off % DIRLEN or count % DIRLEN:
                    raise Refused('bad directory offset')
                data = b''.join(g.stat() for g in f.files)
            data = data[off:off + count]
            return ok('HB', len(data), 0) + data
        if kind == 'Twrite':
            off, = struct.unpack('<Q', body[:8])
            data = body[11:]
            assert len(data) <= MAXFDATA
            if mode is None or mode & 3 not in (1, 2):
                raise Refused('not open for writing')
            f.data = f.data[:off].ljust(off, b'\0') + data + f.data[off + len(data):]
            f.vers += 1
            return ok('H', len(data))
        if kind == 'Tstat':
            return ok() + f.stat()
        if kind == 'Twstat':
            st = self.wstat = Stat(body)
            if [g for g in f.parent.files if g != f and g.name == st.name]:
                raise Refused('file already exists')
            f.name, f.mode, f.mtime, f.gid = st.name, st.mode, st.mtime, st.gid
            f.data = f.data[:st.length].ljust(st.length, b'\0')
            return ok()
        del fids[fid]
        if kind == 'Tremove':
            if f.files:
                raise Refused('directory is not empty')
            f.parent.files.remove(f)
        elif mode is not None and mode & 0x40:
            f.parent.files.remove(f)
        return ok()

    def all(self, f):
        return [f] + [h for g in f.files for h in self.all(g)]

    def wait(self, cond, timeout=10):
        end = time.monotonic() + timeout
        while not cond():
            if time.monotonic() > end:
                raise AssertionError('the server waits in vain: %r' % self.log[-5:])
            time.sleep(0.01)

    def close(self):
        self.sock.close()
