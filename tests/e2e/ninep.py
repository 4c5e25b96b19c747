"""9P2000 by the byte: messages as they should be and as they should not, for tests of both ends of a connection."""
import socket
import struct

NOTAG, NOFID = 0xFFFF, 0xFFFFFFFF
TYPES = {n: 100 + 2 * i for i, n in enumerate(
    'version auth attach error flush walk open create read write clunk remove stat wstat'.split())}
NAMES = {v + d: 'TR'[d] + k for k, v in TYPES.items() for d in (0, 1)}


def s(text):
    b = text if isinstance(text, bytes) else text.encode()
    return struct.pack('<H', len(b)) + b


def packet(type_, tag, body=b'', size=None):
    return struct.pack('<IBH', 7 + len(body) if size is None else size, type_, tag) + body


def version(msize=8192, v='9P2000', tag=NOTAG):
    return packet(100, tag, struct.pack('<I', msize) + s(v))


def auth(tag, afid, user='glenda', aname=''):
    return packet(102, tag, struct.pack('<I', afid) + s(user) + s(aname))


def attach(tag, fid, afid=NOFID, user='glenda', aname=''):
    return packet(104, tag, struct.pack('<II', fid, afid) + s(user) + s(aname))


def flush(tag, old):
    return packet(108, tag, struct.pack('<H', old))


def walk(tag, fid, newfid, *names, n=None):
    return packet(110, tag, struct.pack('<IIH', fid, newfid, len(names) if n is None else n) + b''.join(map(s, names)))


def open_(tag, fid, mode=0):
    return packet(112, tag, struct.pack('<IB', fid, mode))


def create(tag, fid, name, perm=0o666, mode=1):
    return packet(114, tag, struct.pack('<I', fid) + s(name) + struct.pack('<IB', perm, mode))


def read(tag, fid, offset, count):
    return packet(116, tag, struct.pack('<IQI', fid, offset, count))


def write(tag, fid, offset, data, count=None):
    return packet(118, tag, struct.pack('<IQI', fid, offset, len(data) if count is None else count) + data)


def clunk(tag, fid):
    return packet(120, tag, struct.pack('<I', fid))


def remove(tag, fid):
    return packet(122, tag, struct.pack('<I', fid))


def stat(tag, fid):
    return packet(124, tag, struct.pack('<I', fid))


def wstat(tag, fid, st):
    return packet(126, tag, struct.pack('<I', fid) + s(st))


def entry(name, qid=b'\0' * 13, mode=0o644, length=0, uid='u', gid='u', muid='u'):
    """An encoded stat."""
    b = struct.pack('<HI', 0, 0) + qid + struct.pack('<IIIQ', mode, 0, 0, length) + s(name) + s(uid) + s(gid) + s(muid)
    return struct.pack('<H', len(b)) + b


def qid(type_=0, vers=0, path=1):
    return struct.pack('<BIQ', type_, vers, path)


class Conn:
    """A client's connection. Answers are (type, tag, body); None is the end of the stream."""

    def __init__(self, addr, timeout=20):
        self.sock = socket.create_connection(addr, timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf = b''

    def send(self, *messages):
        self.sock.sendall(b''.join(messages))

    def recv(self):
        while len(self.buf) < 4 or len(self.buf) < struct.unpack('<I', self.buf[:4])[0]:
            try:
                d = self.sock.recv(65536)
            except ConnectionError:
                return None
            if not d:
                return None
            self.buf += d
        n = struct.unpack('<I', self.buf[:4])[0]
        m, self.buf = self.buf[:n], self.buf[n:]
        return m[4], struct.unpack('<H', m[5:7])[0], m[7:]

    def ask(self, message):
        """The answer to the only request under way."""
        self.send(message)
        return self.recv()

    def error(self, message):
        """The text of the Rerror that message must give."""
        r = self.ask(message)
        if r is None or r[0] != 107:
            raise AssertionError('%s answered by %r' % (NAMES.get(message[4], message[4]), r))
        return r[2][2:].decode()

    def ok(self, message):
        """The body of the answer, which must be no error."""
        r = self.ask(message)
        if r is None or r[0] != message[4] + 1:
            raise AssertionError('%s answered by %r' % (NAMES.get(message[4], message[4]), r))
        return r[2]

    def start(self, fid=0, msize=8192):
        self.ok(version(msize))
        self.ok(attach(1, fid))
        return self

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.close()
