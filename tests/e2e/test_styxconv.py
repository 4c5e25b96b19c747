"""Styxconv between clients and servers of both protocols, which are our own; see oldstyx.py and ninep.py."""
import os
import random
import socket
import struct
import threading
import time

import ninep as n
import oldstyx as o
from emulib import Listener, check, equal

FUZZTIME = float(os.environ.get('FUZZTIME', '1'))
SEED = int(os.environ.get('SEED', '1'))
PORT = 7831
ADDR = ('127.0.0.1', PORT)
NEW = ('-c0',), ('-c1',)


def converter(p, how, port, *options):
    """An emu that converts for those who call PORT."""
    e = p.emu('conv', *options)
    e.run("cd '#U*%s'" % os.path.dirname(p.limbo('conv.b')))
    equal(e.run("conv %s 'tcp!127.0.0.1!%d' 'tcp!127.0.0.1!%d'" % (how, PORT, port)), 'listening')
    return e


def hear(e, cmd=''):
    """What cmd prints, without what conv says of the ends of relays, which is kept."""
    lines = e.run(cmd).split('\n')
    e.heard = getattr(e, 'heard', []) + [l for l in lines if l.startswith('end: ')]
    return [l for l in lines if not l.startswith('end: ')]


def ends(e, why):
    """The next relay has ended, for that reason."""
    end = time.monotonic() + 10
    while not getattr(e, 'heard', None):
        hear(e)
        check(time.monotonic() < end, 'a relay does not end', why)
        time.sleep(0.01)
    equal(e.heard.pop(0), 'end: %s.' % why)


def gone(e):
    """No process of a relay is left; there is only the listener."""
    end = time.monotonic() + 10
    while True:
        out = hear(e, "ps | sed -n '/(Styxconv|Conv)/p'")
        if len(out) == 1 and 'Styxconv' not in out[0]:
            return
        check(time.monotonic() < end, 'processes are left', out)
        time.sleep(0.05)


def closed(c):
    """The other end has closed the connection; answers before that do not matter."""
    c.sock.settimeout(10)
    while c.recv() is not None:
        pass


#
# a new client, an old server
#

def oldserver(**kw):
    s = o.Server(**kw)
    d = o.File('d', o.CHDIR | 0o775, s.root)
    o.File('a', 0o644, s.root).data = b'alpha\n'
    o.File('deep', o.CHDIR | 0o755, d)
    o.File('leaf', 0o444, d.files[0]).data = b'leaf\n'
    s.block = o.File('block', 0o666, s.root)
    s.block.blocked = []
    return s


def mounted(p, *options):
    s = oldserver()
    del s.root.files[-1]
    e = p.emu('home', *options)
    e.quiet('mkdir /tmp/m; mount -coA tcp!127.0.0.1!%d /tmp/m tree' % s.port)
    equal(s.attached[1], 'tree')
    equal(e.run('cat /tmp/m/a /tmp/m/d/deep/leaf'), 'alpha\nleaf')
    # Of the entries: mode, device, user, group, length and name, as the server has them.
    out = [l.split() for l in e.run('ls -l /tmp/m').split('\n')]
    equal([l[0] + ' ' + ' '.join(l[3:6]) + ' ' + l[-1] for l in out], ['--rw-r--r-- rob sys 6 /tmp/m/a', 'd-rwxrwxr-x rob sys 0 /tmp/m/d'])
    big = bytes(range(256)) * 1500
    p.file('big', big)
    e.quiet("cp '#U*%s/big' /tmp/m/d/big; cmp '#U*%s/big' /tmp/m/d/big" % (p.dir, p.dir))
    d = s.root.files[0]
    equal(d.files[1].data, big)
    e.quiet('mkdir /tmp/m/e; echo one >/tmp/m/e/f; echo two >>/tmp/m/e/f; mv /tmp/m/e/f /tmp/m/e/g; chmod 600 /tmp/m/e/g')
    f = s.root.files[-1].files[0]
    equal((f.name, f.data, f.mode), ('g', b'one\ntwo\n', 0o600))
    e.quiet('echo three >/tmp/m/e/g; cp -r /tmp/m/d /tmp/m/copy')
    equal(f.data, b'three\n')
    equal(e.run('cat /tmp/m/copy/deep/leaf'), 'leaf')
    equal(e.run('rm /tmp/m/e'), 'rm: /tmp/m/e: directory is not empty')
    e.quiet('rm /tmp/m/e/g /tmp/m/e')
    check('e' not in [g.name for g in s.root.files], 'removed')
    equal(e.run('cat /tmp/m/nothing'), "cat: cannot open /tmp/m/nothing: '/tmp/m/nothing' file does not exist")
    equal(e.run('mkdir /tmp/m/' + 28 * 'x'), "mkdir: can't create /tmp/m/%s: name is too long for the server" % (28 * 'x'))
    e.quiet('mkdir /tmp/m/' + 27 * 'y')
    # More files than go into one message, in the order of the server.
    for i in range(300):
        o.File('file%03d' % i, 0o644, s.root)
    equal(e.run('ls -p /tmp/m').split('\n'), sorted(g.name for g in s.root.files))
    # The root and nothing else is known to the server.
    s.wait(lambda: len(s.fids) == 1)
    e.quiet('unmount /tmp/m')
    check(s.ended.wait(10), 'the server is let go')
    s.wait(lambda: 'Styxconv' not in e.run('ps'))
    # Both converters, one behind the other.
    for i in range(60):
        p.file('src/%s/%s/%d' % ('d' * (i % 3 + 1), 'e' * (i % 7), i), os.urandom(i * i * 10))
    os.mkdir(p.dir + '/dst')
    e.quiet("mount -c {styxconv -o styxconv export '#U*%s'} /tmp/m" % p.dir)
    e.quiet('cp -r /tmp/m/src /tmp/m/dst')
    files = [os.path.relpath(d + '/' + f, p.dir) for d, _, fs in os.walk(p.dir + '/src') for f in fs]
    equal(len(files), 60)
    for f in files:
        check(open(p.dir + '/' + f, 'rb').read() == open(p.dir + '/dst/' + f, 'rb').read(), 'copy', f)
    equal(e.run("du -an /tmp/m/dst | sort"), e.run("du -an '#U*%s/dst' | sed 's/.*dst/\\/tmp\\/m\\/dst/' | sort" % p.dir))
    e.quiet('rm -r /tmp/m/dst/src; unmount /tmp/m')
    equal(os.listdir(p.dir + '/dst'), [])


def test_mount_old(p):
    mounted(p, '-c0')


def test_mount_old_compiled(p):
    mounted(p, '-c1')


def test_version(p):
    s = oldserver()
    e = converter(p, 'new2old', s.port)
    with n.Conn(ADDR) as c:
        equal(c.error(n.attach(1, 0)), 'Tversion not seen')
        equal(c.error(n.version(255)), 'message size too small')
        equal(c.ok(n.version(1000, '9P1000'))[4:], n.s('unknown'))
        equal(c.error(n.attach(1, 0)), 'Tversion not seen')
        equal(c.ok(n.version(1 << 20, '9P2000.L')), struct.pack('<I', 8216) + n.s('9P2000'))
        equal(c.error(n.auth(1, 9)), 'authentication not required')
        equal(c.error(n.attach(1, 0, 9)), 'authentication not required')
        equal(c.error(n.attach(1, 0, user=28 * 'u')), 'name is too long for the server')
        equal(c.error(n.attach(1, 0, aname='none')), 'no such tree')
        c.ok(n.attach(1, 0, user='rob', aname='tree'))
        equal(s.attached, ('rob', 'tree'))
        equal(c.error(n.attach(1, 0)), 'fid already in use')
        # A second session: the files of the first are closed, what is under way is given up.
        c.ok(n.walk(1, 0, 5, 'block'))
        c.ok(n.open_(1, 5))
        c.send(n.read(7, 5, 0, 10))
        s.wait(lambda: s.block.blocked)
        tag = s.block.blocked[0][1]
        c.ok(n.version(4096))
        equal((s.fids, s.block.blocked, s.flushed), ({}, [], [tag]))
        equal(c.error(n.stat(1, 5)), 'fid unknown or out of range')
        c.ok(n.attach(7, 5))
        r = c.ok(n.walk(1, 5, 6, 'a')) + c.ok(n.open_(1, 6))
        equal(struct.unpack('<I', r[-4:]), (4072,))
        s.root.files[1].data = bytes(20000)
        equal(len(c.ok(n.read(1, 6, 0, 10000))), 4 + 4072)
    ends(e, '')
    gone(e)


def test_walk(p):
    s = oldserver()
    e = converter(p, 'new2old', s.port)
    d = s.root.files[0]

    def qid(f):
        return n.qid(0x80 if f.isdir() else 0, f.vers, f.path)
    with n.Conn(ADDR) as c:
        c.start(0xFFFFFFF0)
        r = 0xFFFFFFF0
        equal(c.ok(n.walk(1, r, 1, 'd', 'deep', 'leaf')), struct.pack('<H', 3) + qid(d) + qid(d.files[0]) + qid(d.files[0].files[0]))
        equal(c.ok(n.walk(1, r, 2)), b'\0\0')
        equal(c.error(n.walk(1, r, 2, 'd')), 'fid already in use')
        equal(c.error(n.walk(1, 77, 78)), 'fid unknown or out of range')
        equal(c.error(n.walk(1, r, n.NOFID)), 'fid unknown or out of range')
        before = len(s.fids)
        # Some of it: neither fid has changed, and the new one is not there.
        equal(c.ok(n.walk(1, r, 3, 'd', 'deep', 'none', 'x')), struct.pack('<H', 2) + qid(d) + qid(d.files[0]))
        equal(c.ok(n.walk(1, r, r, 'd', 'none')), struct.pack('<H', 1) + qid(d))
        equal(c.error(n.walk(1, r, 3, 'none', 'd')), 'file does not exist')
        equal(c.error(n.walk(1, r, 3, 'x/y')), 'bad character in file name')
        equal(c.error(n.walk(1, r, 3, 'a\0b')), 'bad character in file name')
        equal(c.error(n.walk(1, r, 3, '')), 'bad character in file name')
        check('file does not exist' in c.error(n.walk(1, r, 3, 28 * 'x')), 'a long name')
        check('file does not exist' in c.error(n.walk(1, r, 3, 14 * 'é')), 'a long name, by its bytes')
        equal(c.ok(n.walk(1, r, 3, 'd', 28 * 'x')), struct.pack('<H', 1) + qid(d))
        equal(c.error(n.stat(1, 3)), 'fid unknown or out of range')
        equal(len(s.fids), before)
        # A fid that moves itself, to the root and not beyond.
        equal(c.ok(n.walk(1, 2, 2, 'd', 'deep')), struct.pack('<H', 2) + qid(d) + qid(d.files[0]))
        equal(c.ok(n.walk(1, 2, 2, '..', '..', '..', '..')), struct.pack('<H', 4) + qid(d) + 3 * qid(s.root))
        equal(c.ok(n.walk(1, 2, 3, *(8 * ['d', '..'])))[:2], b'\x10\0')
        equal(len(s.fids), before + 1)
        c.ok(n.open_(1, 3))
        equal(c.error(n.walk(1, 3, 4)), 'cannot walk from an open fid')
        equal(c.error(n.open_(1, 3)), 'fid is open')
        equal(c.error(n.walk(1, 1, 4, 'x')), 'not a directory')
        # Numbers are used again. Those of the server have 16 bits.
        for i in range(3):
            c.send(*[n.walk(t, 2, 1 << 16 | t, 'a') for t in range(200)])
            for _ in range(200):
                equal(c.recv()[0], 111)
            c.send(*[n.clunk(t, 1 << 16 | t) for t in range(200)])
            for _ in range(200):
                equal(c.recv()[0], 121)
        equal(len(s.fids), before + 1)
        check(max(s.fids) < 300, 'numbers', s.fids)
        # A file that is created takes the place of its directory.
        c.ok(n.walk(1, r, 8, 'd'))
        equal(c.error(n.create(1, 8, '..')), 'file name syntax')
        equal(c.error(n.create(1, 8, 28 * 'x')), 'name is too long for the server')
        equal(c.error(n.create(1, 8, 'deep')), 'file already exists')
        q = c.ok(n.create(1, 8, 'new', 0x84000000 | 0o755, 0))
        equal((q, d.files[1].mode), (qid(d.files[1]) + struct.pack('<I', 8192 - 24), o.CHDIR | 0o755))
        equal(c.ok(n.read(1, 8, 0, 100)), b'\0\0\0\0')
        c.ok(n.remove(1, 8))
        equal([f.name for f in d.files], ['deep'])
        equal(c.error(n.clunk(1, 8)), 'fid unknown or out of range')
        # Gone in any case.
        c.ok(n.walk(1, r, 8, 'd'))
        equal(c.error(n.remove(1, 8)), 'directory is not empty')
        equal(c.error(n.remove(1, 8)), 'fid unknown or out of range')
        c.ok(n.walk(1, r, 8, 'd', 'deep', 'leaf'))
        equal(c.error(n.open_(1, 8, 1)), 'permission denied')
        equal(c.error(n.write(1, 8, 0, b'x')), 'not open for writing')
    ends(e, '')
    gone(e)


def entries(b):
    """Of a directory: (name, qid, length, uid)."""
    r = []
    while b:
        size, = struct.unpack('<H', b[:2])
        e, b = b[2:2 + size], b[2 + size:]
        name, rest = e[41:41 + e[39]], e[41 + e[39]:]
        r.append((name.decode(), e[6:19], struct.unpack('<Q', e[31:39])[0], rest[2:2 + rest[0]].decode()))
    return r


def listing(c, fid, count):
    off, got = 0, []
    while True:
        r = c.ok(n.read(1, fid, off, count))[4:]
        if not r:
            return got
        off += len(r)
        got += entries(r)


def test_directory_new(p):
    s = oldserver()
    e = converter(p, 'new2old', s.port)
    del s.root.files[:]
    for i in range(200):
        o.File(('%d' % i) * (1 + i % 9), 0o644, s.root).data = bytes(i)
    o.File('ü' * 13, 0o644, s.root).uid = 'é' * 13
    want = [(f.name, n.qid(0, 0, f.path), len(f.data), f.uid) for f in s.root.files]
    with n.Conn(ADDR) as c:
        c.start()
        c.ok(n.open_(1, 0))
        for count in (130, 200, 513, 8000, 1 << 31):
            equal(listing(c, 0, count), want, 'count %d' % count)
        r = c.ok(n.read(1, 0, 0, 500))[4:]
        more = c.ok(n.read(1, 0, len(r), 500))[4:]
        equal(entries(r + more), want[:len(entries(r + more))])
        for off in (1, len(r), len(r + more) + 1, 1 << 40):
            equal(c.error(n.read(1, 0, off, 500)), 'bad offset in directory read')
        equal(c.error(n.read(1, 0, 1 << 63, 500)), 'negative i/o offset')
        equal(c.error(n.read(1, 0, 0, 40)), 'count is too small for an entry')
        equal(listing(c, 0, 8000), want)


def dont(**kw):
    """A stat that changes only what is said."""
    d = dict(name='', uid='', gid='', muid='', qid=13 * b'\xff', mode=0xFFFFFFFF, mtime=0xFFFFFFFF, length=(1 << 64) - 1, type=0xFFFF)
    d.update(kw)
    b = struct.pack('<HI', d['type'], 0xFFFFFFFF) + d['qid'] + struct.pack('<IIIQ', d['mode'], 0xFFFFFFFF, d['mtime'], d['length'])
    b += b''.join(n.s(d[k]) for k in ('name', 'uid', 'gid', 'muid'))
    return struct.pack('<H', len(b)) + b


def test_stat_new(p):
    s = oldserver()
    e = converter(p, 'new2old', s.port)
    f = s.root.files[1]
    f.mode = o.APPEND | o.EXCL | 0o640
    f.data = b'x' * 99
    with n.Conn(ADDR) as c:
        c.start()
        c.ok(n.walk(1, 0, 1, 'a'))
        want = struct.pack('<HI', ord('M'), 7) + n.qid(0x60, 0, f.path) + struct.pack('<IIIQ', 0x60000000 | 0o640, 5, 1000000000, 99)
        want += n.s('a') + n.s('rob') + n.s('sys') + n.s('')
        equal(c.ok(n.stat(1, 1)), struct.pack('<HH', len(want) + 2, len(want)) + want)

        def change(**kw):
            was = o.Stat(f.stat())
            c.ok(n.wstat(1, 1, dont(**kw)))
            differ = {k: getattr(s.wstat, k) for k in o.Stat.FIELDS if getattr(s.wstat, k) != getattr(was, k)}
            equal(differ, {k: v for k, v in kw.items() if k not in ('qid', 'uid', 'type')})
        change(name='b')
        change(mode=0o600)
        change(length=3)
        change(mtime=77, gid='adm')
        change(name=27 * 'n', uid='rob', qid=n.qid(0, 0, f.path), type=ord('M'))
        count = s.log.count('Twstat')
        c.ok(n.wstat(1, 1, dont()))
        equal(s.log.count('Twstat'), count)
        for kw in (dict(qid=n.qid(0, 0, 5)), dict(type=7), dict(muid='x'), dict(mode=0x04000000)):
            equal(c.error(n.wstat(1, 1, dont(**kw))), 'wstat prohibited')
        equal(c.error(n.wstat(1, 1, dont(name=28 * 'n'))), 'name is too long for the server')
        equal(c.error(n.wstat(1, 1, dont(gid=28 * 'g'))), 'name is too long for the server')
        equal(c.error(n.wstat(1, 1, dont(name='x/y'))), 'bad character in file name')
        equal(c.error(n.wstat(1, 1, dont(name='d'))), 'file already exists')
        equal((f.name, f.data), (27 * 'n', b'xxx'))


def blocking(c):
    c.start()
    c.ok(n.walk(1, 0, 1, 'block'))
    c.ok(n.open_(1, 1))


def test_flush_new(p):
    hold = []

    def twist(type_, tag, a):
        if type_ == 4 and twist.hold:
            hold.append(a)
            return None
        return a
    twist.hold = False
    s = oldserver(twist=twist)
    e = converter(p, 'new2old', s.port)
    with n.Conn(ADDR) as c:
        blocking(c)
        # Others go on.
        c.send(n.read(5, 1, 0, 10))
        s.wait(lambda: s.block.blocked)
        equal(c.ok(n.walk(6, 0, 2, 'a')), b'\1\0' + n.qid(0, 0, s.root.files[1].path))
        equal(c.ask(n.stat(5, 0)), (107, 5, n.s('duplicate tag')))
        equal(c.ask(n.flush(7, 5)), (109, 7, b''))
        equal(s.block.blocked, [])
        # Of no request, of itself, of one that is answered.
        equal(c.ask(n.flush(7, 99)), (109, 7, b''))
        equal(c.ask(n.flush(7, 7)), (109, 7, b''))
        equal(c.ask(n.flush(7, 6)), (109, 7, b''))
        equal(len(s.flushed), 1)
        # The tag is free, and nothing was lost.
        c.send(n.read(5, 1, 0, 10))
        s.wait(lambda: s.block.blocked)
        s.release(s.block, b'data')
        equal(c.recv(), (117, 5, b'\4\0\0\0data'))
        # The answer overtakes the flush: it comes first. Two flushes are both answered.
        twist.hold = True
        c.send(n.read(5, 1, 0, 10))
        s.wait(lambda: s.block.blocked)
        blocked = list(s.block.blocked)
        c.send(n.flush(8, 5))
        s.wait(lambda: hold)
        c.send(n.flush(9, 5))
        s.block.blocked = blocked
        s.release(s.block, b'late')
        equal([c.recv() for _ in range(3)], [(117, 5, b'\4\0\0\0late'), (109, 8, b''), (109, 9, b'')])
        # The tag at the server is not used again before its flush is answered.
        used = blocked[0][1]
        c.send(n.read(5, 1, 0, 10))
        s.wait(lambda: s.block.blocked)
        check(s.block.blocked[0][1] != used, 'tag', used)
        s.conn.sendall(hold.pop())
        twist.hold = False
        equal(c.ask(n.flush(7, 5)), (109, 7, b''))
        # A walk is given up in the middle: the fid at the server goes.
        fids = len(s.fids)
        s.twist = lambda type_, tag, a: None if type_ == 8 else a
        c.send(n.walk(5, 0, 4, 'd', 'deep'))
        s.wait(lambda: s.log[-1] == 'Twalk')
        equal(c.ask(n.flush(7, 5)), (109, 7, b''))
        s.wait(lambda: len(s.fids) == fids)
        s.twist = twist
        equal(c.error(n.stat(1, 4)), 'fid unknown or out of range')
        # 4000 of them, and the end of the client.
        c.send(*[n.read(t, 1, 0, 10) for t in range(4000)])
        s.wait(lambda: len(s.block.blocked) == 4000)
        c.ok(n.stat(4001, 0))
        c.send(*[n.read(t, 1, 0, 10) for t in range(5000, 5200)])
        equal(c.recv()[2], n.s('too many requests'))
    check(s.ended.wait(10), 'the server is let go')
    gone(e)


def test_pipelined_new(p):
    """Requests are served in their order; neither end waits for the other to take something before it takes more itself."""
    s = oldserver()
    e = converter(p, 'new2old', s.port)
    f = s.root.files[1]
    with n.Conn(ADDR) as c:
        c.start(msize=8216)
        c.send(n.walk(1, 0, 1, 'a'), n.open_(2, 1, 2), n.write(3, 1, 0, b'0123456789'), n.read(4, 1, 3, 4), n.clunk(5, 1), n.clunk(6, 0))
        # The walk takes two steps at the server: what is about its fid waits.
        got = {}
        for _ in range(6):
            type_, tag, body = c.recv()
            got[tag] = type_, body
        equal([got[t][0] for t in range(1, 7)], [111, 113, 119, 117, 121, 121])
        equal((got[4][1], f.data), (b'\4\0\0\0' + b'3456', b'0123456789'))
        equal(s.fids, {})
    with n.Conn(ADDR) as c:
        c.start(msize=8216)
        c.ok(n.walk(1, 0, 1, 'a'))
        c.ok(n.open_(1, 1, 2))
        f.data = os.urandom(8192)
        k = 1000
        threading.Thread(target=lambda: [c.send(n.read(t, 1, 0, 8192)) for t in range(k)], daemon=True).start()
        time.sleep(0.5)
        for t in range(k):
            r = c.recv()
            check(r[0] == 117 and r[2][4:] == f.data, 'read %d' % t)
        data = f.data
        threading.Thread(target=lambda: [c.send(n.write(t, 1, 0, data)) for t in range(k)], daemon=True).start()
        for t in range(k):
            equal(c.recv(), (119, t, struct.pack('<I', 8192)))
        check(f.data == data, 'written')
    gone(e)


def test_client_does_not_read(p):
    s = oldserver()
    s.root.files[1].data = bytes(8192)
    e = converter(p, 'new2old', s.port)
    rss = lambda: int([l for l in open('/proc/%d/status' % e.p.pid) if l.startswith('VmRSS')][0].split()[1])
    before = rss()
    with n.Conn(ADDR) as c, n.Conn(ADDR) as other:
        c.start()
        other.start()
        c.ok(n.walk(1, 0, 1, 'a'))
        c.ok(n.open_(1, 1))
        c.sock.setblocking(False)
        try:
            for t in range(60000):
                c.sock.send(n.read(t, 1, 0, 8000))
        except BlockingIOError:
            pass
        other.ok(n.stat(1, 0))
        check(rss() < before + 32 * 1024, 'memory', (before, rss()))
    gone(e)


def test_bad_client_new(p):
    s = oldserver()
    e = converter(p, 'new2old', s.port)
    for m, why in ((n.packet(0, 1), 'bad 9P T-message format'), (n.packet(107, 1, n.s('x')), 'bad 9P T-message format'),
                   (n.packet(124, 1, size=4), 'invalid 9P message size'), (n.packet(124, 1, size=1 << 31), '9P message longer than agreed'),
                   (n.walk(1, 0, 1, *(17 * ['a'])), 'bad 9P T-message format'), (n.packet(124, 1, b'\0' * 5), 'bad 9P T-message format')):
        with n.Conn(ADDR) as c:
            c.start()
            c.send(m)
            closed(c)
            ends(e, 'client: ' + why)
            check(s.ended.wait(10), 'the server is let go')
            s.ended.clear()
    with n.Conn(ADDR) as c:
        c.start()
        c.send(n.stat(1, 0)[:-1])
    ends(e, 'client: 9P message truncated')
    gone(e)


def test_bad_server_old(p):
    cut = lambda f: lambda type_, tag, a: f(type_, tag, a) if type_ in (14, 22) else a
    s = oldserver()
    e = converter(p, 'new2old', s.port)

    def conn():
        c = n.Conn(ADDR)
        c.start()
        c.ok(n.walk(1, 0, 1, 'a'))
        c.ok(n.open_(1, 1))
        return c
    # Nonsense that ends it.
    for why, twist in (('bad type 2 in message of the old protocol', lambda type_, tag, a: o.packet(2, tag)),
                       ('bad type 22 in message of the old protocol', lambda type_, tag, a: o.stat(tag, 0)),
                       ('bad type 27 in message of the old protocol', lambda type_, tag, a: b'\x1b\0\0'),
                       ('bad type 255 in message of the old protocol', lambda type_, tag, a: b'\xff\0\0')):
        s.twist = lambda type_, tag, a: a
        with conn() as c:
            s.twist = twist
            c.send(n.stat(1, 1))
            closed(c)
        ends(e, 'server: ' + why)
    for m, why in ((b'', 'has hung up'), (b'\x17\0', 'message of the old protocol truncated'), (b'\x17\0\0', 'message of the old protocol truncated'),
                   (o.stat(0, 0)[:-1].replace(b'\x16', b'\x17'), 'message of the old protocol truncated'),
                   (o.message(15, 0, 0, 'HB', 100, 0) + b'x' * 99, 'message of the old protocol truncated')):
        s.twist = lambda type_, tag, a: a
        with conn() as c:
            s.conn.sendall(m)
            s.conn.shutdown(socket.SHUT_RDWR)
            closed(c)
        ends(e, 'server: ' + why)
    # And what only one request suffers from.
    with conn() as c:
        for type_, twist in ((22, lambda type_, tag, a: o.message(23, tag, 9) + bytes(116)),
                             (22, lambda type_, tag, a: o.packet(1, tag)),
                             (22, lambda type_, tag, a: o.message(19, tag, 1)),
                             (14, lambda type_, tag, a: o.message(15, tag, struct.unpack('<H', a[3:5])[0], 'HB', 99, 0) + bytes(99)),
                             (16, lambda type_, tag, a: o.message(17, tag, struct.unpack('<H', a[3:5])[0], 'H', 99))):
            s.twist = lambda t, tag, a: twist(t, tag, a) if t == type_ and a[0] != 3 else a
            c.ok(n.walk(1, 0, 2, 'a'))
            c.ok(n.open_(1, 2, 2))
            equal(c.error({22: n.stat(1, 2), 14: n.read(1, 2, 0, 10), 16: n.write(1, 2, 0, b'hi')}[type_]), 'bad answer from the server')
            c.ok(n.clunk(1, 2))
        # A directory that is none.
        s.twist = lambda t, tag, a: o.message(15, tag, struct.unpack('<H', a[3:5])[0], 'HB', 99, 0) + bytes(99) if t == 14 else a
        c.ok(n.open_(1, 0))
        equal(c.error(n.read(1, 0, 0, 1000)), 'bad answer from the server')
        # Entries of nonsense are entries.
        s.twist = lambda t, tag, a: o.message(15, tag, struct.unpack('<H', a[3:5])[0], 'HB', 116, 0) + b'\xff' * 116 if t == 14 else a
        equal(len(entries_raw(c.ok(n.read(1, 0, 0, 8000))[4:])), 1)
        # Nobody's tag.
        s.twist = lambda t, tag, a: o.message(19, 999, 0) + a
        c.ok(n.stat(1, 0))
        # An error of 64 bytes without an end, one that is no text, one that is none.
        for b, want in ((b'x' * 64, 'x' * 64), (b'\xff' * 10, ''), (b'', 'error without a text')):
            s.twist = lambda t, tag, a: o.packet(3, tag, b.ljust(64, b'\0'))
            equal(c.error(n.stat(1, 0)).strip('\ufffd'), want)
        s.twist = lambda t, tag, a: a
        c.ok(n.stat(1, 0))
    gone(e)


def entries_raw(b):
    r = []
    while b:
        size, = struct.unpack('<H', b[:2])
        r.append(b[2:2 + size])
        b = b[2 + size:]
    return r


#
# an old client, a new server
#

class Nine:
    """A server of 9P2000 with one directory; dir: its entries. Names lead to what they say, else there are errors of that text."""

    def __init__(self, msize=8216, version='9P2000', entries=(), twist=None):
        self.msize, self.version, self.entries, self.twist = msize, version, list(entries), twist or (lambda type_, tag, a: a)
        self.log, self.fids, self.written, self.sizes, self.offs = [], {}, b'', [], []
        self.wstat = None
        self.held, self.flushed = [], []
        self.ended = threading.Event()
        self.sock = Listener(self.serve)
        self.port = self.sock.port

    def serve(self, s):
        c = n.Conn.__new__(n.Conn)
        c.sock, c.buf = s, b''
        self.conn = s
        self.fids = {}
        try:
            while True:
                r = c.recv()
                if r is None:
                    break
                self.log.append(n.NAMES[r[0]])
                a = self.reply(*r)
                if a is not None:
                    a = self.twist(r[0], r[1], a)
                if a is not None:
                    s.sendall(a)
        except Exception as e:  # the client sends nonsense, or has gone
            self.failed = e
        s.close()
        self.ended.set()

    def stats(self):
        return [n.entry(*e) for e in self.entries]

    def reply(self, type_, tag, body):
        r = type_ + 1
        error = lambda t: n.packet(107, tag, n.s(t))
        if type_ == 100:
            self.asked = struct.unpack('<I', body[:4])[0], body[6:].decode()
            return n.packet(r, tag, struct.pack('<I', self.msize) + n.s(self.version))
        if type_ == 108:
            self.flushed.append(struct.unpack('<H', body)[0])
            return n.packet(r, tag)
        fid, = struct.unpack('<I', body[:4])
        if type_ == 104:
            self.fids[fid] = ''
            self.attached = body[8:]
            return n.packet(r, tag, n.qid(0x80, 1, 7))
        if type_ == 110:
            new, k = struct.unpack('<IH', body[4:10])
            if k == 0:
                self.fids[new] = self.fids[fid]
                return n.packet(r, tag, b'\0\0')
            name = body[12:].decode()
            self.walked = name
            found = [e for e in self.entries if e[0] == name]
            if not found and name not in ('..', 'block', 'partial'):
                return error(name if ' ' in name else 'file does not exist')
            if name == 'partial':
                return n.packet(r, tag, b'\0\0')
            self.fids[new] = '' if name == '..' else name
            return n.packet(r, tag, b'\1\0' + (found[0][1] if found else n.qid(0x80, 1, 7) if name == '..' else n.qid(0, 0, 8)))
        if fid not in self.fids:
            return error('unknown fid')
        name = self.fids[fid]
        if type_ == 112:
            self.mode = body[4]
            found = [e for e in self.entries if e[0] == name]
            return n.packet(r, tag, (found[0][1] if found else n.qid(0 if name else 0x80, 1, 7)) + struct.pack('<I', 0))
        if type_ == 114:
            k, = struct.unpack('<H', body[4:6])
            self.created = body[6:6 + k].decode(), *struct.unpack('<IB', body[6 + k:])
            return n.packet(r, tag, n.qid(0, 0, 9) + struct.pack('<I', 0))
        if type_ == 116:
            off, count = struct.unpack('<QI', body[4:])
            assert count <= self.msize - 24
            self.offs.append(off)
            if name == 'block':
                self.held.append(tag)
                return None
            if name:
                data = b'z' * min(count, 20000 - off)
            else:
                if off != 0 and off != self.next:
                    return error('bad offset in directory read')
                data = b''
                pos = 0
                for e in self.stats():
                    if pos >= off and len(data) + len(e) <= count:
                        data += e
                    elif pos >= off:
                        break
                    pos += len(e)
                self.next = off + len(data)
            return n.packet(r, tag, struct.pack('<I', len(data)) + data)
        if type_ == 118:
            off, count = struct.unpack('<QI', body[4:16])
            assert len(body) + 7 <= self.msize
            self.written = self.written[:off] + body[16:]
            self.sizes.append(count)
            return n.packet(r, tag, struct.pack('<I', count))
        if type_ == 124:
            found = [e for e in self.entries if e[0] == name]
            st = n.entry(*found[0]) if found else n.entry('/', n.qid(0x80, 1, 7), 0x800001ED)
            return n.packet(r, tag, struct.pack('<H', len(st)) + st)
        if type_ == 126:
            self.wstat = body[6:]
            return n.packet(r, tag)
        del self.fids[fid]
        return n.packet(r, tag)


def old(s=None):
    c = o.Conn(ADDR)
    c.qid = c.ok(o.attach(1, 0, 'rob', 'tree'))
    return c


def oldlist(c, fid, count=8120, off=0):
    got = []
    while True:
        r = c.ok(o.read(1, fid, off, count))[3:]
        check(len(r) % 116 == 0, 'whole entries', len(r))
        if not r:
            return got
        got += [o.Stat(r[i:i + 116]) for i in range(0, len(r), 116)]
        off += len(r)


def test_old_client(p):
    """The tree of an export."""
    p.file('pub/a', 'alpha\n')
    p.file('pub/d/e/f', 'deep\n')
    e = p.emu('export')
    e.quiet("listen -A 'tcp!127.0.0.1!%d' {styxconv export '#U*%s/pub'}" % (PORT, p.dir))
    with o.Conn(ADDR) as c:
        equal(c.ask(o.packet(0, 0xFFFF)), (1, 0xFFFF, b''))
        root = c.ok(o.attach(1, 0))
        check(root[3] & 0x80, 'a directory', root)
        c.error(o.attach(1, 0))
        c.ok(o.clone(1, 0, 1))
        check('does not exist' in c.error(o.walk(1, 1, 'none')), 'no file')
        # It has not moved.
        d = c.ok(o.walk(1, 1, 'd'))
        c.ok(o.walk(1, 1, 'e'))
        c.ok(o.walk(1, 1, '..'))
        equal(o.Stat(c.ok(o.stat(1, 1))).name, 'd')
        equal(struct.unpack('<II', d), (o.Stat(c.ok(o.stat(1, 1))).path | 1 << 31, struct.unpack('<II', d)[1]))
        c.ok(o.walk(1, 1, '..'))
        equal(c.ok(o.walk(1, 1, '..')), root)
        c.ok(o.walk(1, 1, 'a'))
        st = o.Stat(c.ok(o.stat(1, 1)))
        equal((st.name, st.length, st.mode & ~0o22), ('a', 6, 0o644))
        c.ok(o.open_(1, 1, 2))
        equal(c.ok(o.read(1, 1, 2, 100)), b'\4\0\0pha\n')
        equal(c.ok(o.write(1, 1, 6, b'beta\n')), b'\5\0')
        equal(open(p.dir + '/pub/a').read(), 'alpha\nbeta\n')
        st.length, st.name, st.mode = 3, 'b', 0o600
        c.ok(o.wstat(1, 1, st.pack()))
        equal((open(p.dir + '/pub/b').read(), os.stat(p.dir + '/pub/b').st_mode & 0o777), ('alp', 0o600))
        c.ok(o.clunk(1, 1))
        c.error(o.clunk(1, 1))
        c.ok(o.clone(1, 0, 1))
        c.ok(o.create(1, 1, 'new', o.CHDIR | 0o755, 0))
        equal(oldlist(c, 1), [])
        c.ok(o.remove(1, 1))
        equal(sorted(os.listdir(p.dir + '/pub')), ['b', 'd'])
        c.ok(o.clone(1, 0, 1))
        c.ok(o.create(1, 1, 'file', 0o644, 0x20 | 1))
        c.ok(o.write(1, 1, 0, b'x' * 8192))
        equal(c.ok(o.clunk(1, 1)), b'')
        equal(os.path.getsize(p.dir + '/pub/file'), 8192)
        # Offsets: again, back and forth, and bad ones.
        for i in range(200):
            p.file('pub/many/%d' % i * (1 + i % 5), '')
        names = sorted(os.listdir(p.dir + '/pub/many'))
        c.ok(o.clone(1, 0, 9))
        c.ok(o.open_(1, 9))
        first = c.ok(o.read(1, 9, 0, 116))[3:]
        c.ok(o.clone(1, 0, 1))
        c.ok(o.walk(1, 1, 'many'))
        c.ok(o.open_(1, 1))
        all_ = oldlist(c, 1)
        equal(sorted(f.name for f in all_), names)
        for count in (116, 200, 8192, 65535):
            equal([f.name for f in oldlist(c, 1, count)], [f.name for f in all_])
        for i in (70, 3, 150, 1, 0, 199, 200, 1000, 5):
            r = c.ok(o.read(1, 1, i * 116, 2 * 116))[3:]
            equal([o.Stat(r[k:k + 116]).name for k in range(0, len(r), 116)], [f.name for f in all_[i:i + 2]], 'entry %d' % i)
        for off, count in ((1, 116), (117, 116), (0, 115)):
            equal(c.error(o.read(1, 1, off, count)), 'bad offset or count in directory read')
        equal(c.ok(o.read(1, 1, 0, 0)), b'\0\0\0')
        c.send(o.clone(1, 0, 2), o.open_(2, 2), o.read(3, 2, 0, 116))
        equal([c.recv()[0] for _ in range(2)], [7, 11])
        equal(c.recv(), (15, 3, struct.pack('<HHB', 2, 116, 0) + first))
        # Two at a time.
        c.send(*[o.read(t, 1, (t % 3) * 116 * 60, 116) for t in range(30)])
        for _ in range(30):
            type_, tag, body = c.recv()
            equal((type_, o.Stat(body[5:]).name), (15, all_[tag % 3 * 60].name))


def test_large_things(p):
    """What the old protocol has no room for."""
    long = ['x' * 27, 'x' * 28, 'x' * 29, 'ü' * 100, 'x' * 18 + '~01234567', 'y~abcdef01']
    qids = [n.qid(0, 0, 5), n.qid(0, 1, 1 << 31), n.qid(0x80, 2, 1 << 40), n.qid(0, 3, 1 << 40 | 5), n.qid(0, 4, (1 << 64) - 1), n.qid(0, 5, 1 << 30)]
    s = Nine(entries=[(m, q, 0x84000000 | 0o755 if q[0] else 0o644, 1 << 40, 'é' * 30, 'g') for m, q in zip(long, qids)])
    s.entries += [('more%d' % i, n.qid(0, 0, i << 33 | 1)) for i in range(1, 1000)]
    e = converter(p, 'old2new', s.port)
    with old() as c:
        equal((s.asked, s.attached), ((8216, '9P2000'), n.s('rob') + n.s('tree')))
        c.ok(o.clone(1, 0, 1))
        c.ok(o.open_(1, 1))
        l = oldlist(c, 1)
        equal([f.name for f in l], [f.name for f in oldlist(c, 1, 116 * 7)])
        equal(len(l), len(s.entries))
        equal(len({f.name for f in l}), len(l))
        equal(len({f.path & 0x7FFFFFFF for f in l}), len(l))
        equal((l[0].name, l[0].path, l[0].length, l[0].uid, l[0].gid), ('x' * 27, 5, 1 << 40, 'é' * 13, 'g'))
        equal([f.path >> 31 for f in l[:6]], [0, 0, 1, 0, 0, 0])
        equal((l[2].mode, l[2].vers), (o.CHDIR | 0o755, 2))
        check(l[1].name.startswith('x' * 18 + '~') and l[3].name.startswith('ü' * 9 + '~'), 'short names', [f.name for f in l[:6]])
        equal([f.name for f in l[4:6]], long[4:])
        # The names lead to the files, which have the same qid everywhere.
        for i, f in enumerate(l[:6]):
            c.ok(o.clone(1, 0, 2))
            q = c.ok(o.walk(1, 2, f.name))
            equal(s.walked, long[i])
            st = o.Stat(c.ok(o.stat(1, 2)))
            equal((q[:4], st.name, st.path), (struct.pack('<I', f.path), f.name, f.path))
            equal(c.ok(o.open_(1, 2))[:4], q[:4])
            # Only what changes goes to the server.
            st.mtime, st.mode = 77, st.mode & ~0o1
            c.ok(o.wstat(1, 2, st.pack()))
            tmp = 0x04000000 if i == 2 else 0
            equal(s.wstat, dont(mtime=77, mode=st.mode | tmp) if st.mode != l[i].mode else dont(mtime=77))
            st = o.Stat(c.ok(o.stat(1, 2)))
            st.name, st.gid = 'other', 'h'
            c.ok(o.wstat(1, 2, st.pack()))
            equal(s.wstat, dont(name='other', gid='h'))
            st.name = ''
            equal(c.error(o.wstat(1, 2, st.pack())), 'name, user or group is empty')
            c.ok(o.clunk(1, 2))
        s.wstat = None
        c.ok(o.wstat(1, 0, c.ok(o.stat(1, 0))))
        equal(s.wstat, None)
        # Errors are cut between characters.
        equal(c.error(o.walk(1, 0, 'an error')), 'an error')
        s.twist = lambda type_, tag, a: n.packet(107, tag, n.s('e' + 'ü' * 100))
        equal(c.error(o.stat(1, 0)), 'e' + 'ü' * 31)
        s.twist = lambda type_, tag, a: a
        equal(c.error(o.walk(1, 0, 'partial')), 'file does not exist')
        equal(c.error(o.read(1, 0, 1 << 63, 10)), 'negative i/o offset')
    ends(e, '')
    # Another connection has the same short names.
    with old() as c:
        c.ok(o.open_(1, 0))
        equal([f.name for f in oldlist(c, 0)], [f.name for f in l])
    gone(e)


def test_small_server(p):
    s = Nine(msize=1000, entries=[('f%d' % i, n.qid(0, 0, i)) for i in range(100)])
    e = converter(p, 'old2new', s.port)
    with old() as c:
        c.ok(o.clone(1, 0, 1))
        c.ok(o.walk(1, 1, 'f3'))
        c.ok(o.open_(1, 1, 2))
        equal(c.ok(o.read(1, 1, 0, 8192)), struct.pack('<HB', 976, 0) + b'z' * 976)
        data = os.urandom(8192)
        equal(c.ok(o.write(1, 1, 0, data)), struct.pack('<H', 8192))
        equal((s.sizes, s.written), ([976] * 8 + [384], data))
        equal(c.ok(o.write(1, 1, 0, os.urandom(60000))), struct.pack('<H', 60000))
        equal(c.ok(o.write(1, 1, 0, b'')), b'\0\0')
        c.ok(o.open_(1, 0))
        equal([f.name for f in oldlist(c, 0)], ['f%d' % i for i in range(100)])


def test_versions(p):
    s = Nine()
    e = converter(p, 'old2new', s.port)
    for kw, why in ((dict(version='unknown'), "server: unknown version 'unknown'"), (dict(msize=100), 'server: bad message size 100'),
                    (dict(msize=1 << 20), 'server: bad message size 1048576'), (dict(version='9P'), "server: unknown version '9P'"),
                    (dict(twist=lambda type_, tag, a: n.packet(107, tag, n.s('go away'))), 'server: go away'),
                    (dict(twist=lambda type_, tag, a: n.packet(105, tag, n.qid())), 'server: bad answer from the server'),
                    (dict(twist=lambda type_, tag, a: b'\0' * 20), 'server: invalid 9P message size')):
        s.version, s.msize, s.twist = '9P2000', 8216, lambda type_, tag, a: a
        s.__dict__.update(kw)
        with o.Conn(ADDR) as c:
            c.send(o.attach(1, 0))
            closed(c)
        ends(e, why)
        check(s.ended.wait(10), 'the server is let go')
        s.ended.clear()
    # While the server is silent the client may still give up, and go.
    s.twist = lambda type_, tag, a: None
    with o.Conn(ADDR) as c:
        c.send(o.attach(1, 0))
        equal(c.ask(o.flush(2, 1)), (5, 2, b''))
        c.send(o.attach(1, 0))
        equal(c.ask(o.packet(0, 2)), (1, 2, b''))
    ends(e, '')
    gone(e)


def test_flush_old(p):
    s = Nine()
    e = converter(p, 'old2new', s.port)
    with old() as c:
        c.ok(o.clone(1, 0, 1))
        c.ok(o.walk(1, 1, 'block'))
        c.ok(o.open_(1, 1))
        c.send(o.read(5, 1, 0, 10))
        c.ok(o.stat(6, 0))
        equal(c.ask(o.flush(7, 5)), (5, 7, b''))
        equal(s.flushed, s.held)
        equal(c.ask(o.flush(7, 5)), (5, 7, b''))
        c.send(o.read(5, 1, 0, 10))
        c.ok(o.stat(6, 0))
        s.conn.sendall(n.packet(117, s.held[-1], b'\2\0\0\0hi'))
        equal(c.recv(), (15, 5, b'\1\0\2\0\0hi'))
        # In a directory one waits for the other.
        c.ok(o.open_(1, 0))
        s.twist = lambda type_, tag, a: None if type_ == 116 else a
        c.send(o.read(5, 0, 0, 116), o.read(6, 0, 0, 116))
        c.ok(o.stat(8, 0))
        equal(c.ask(o.flush(7, 6)), (5, 7, b''))
        s.twist = lambda type_, tag, a: a
        equal(c.ask(o.flush(7, 5)), (5, 7, b''))
        equal(oldlist(c, 0), [])
    ends(e, '')
    gone(e)


def test_bad_peers_of_old2new(p):
    s = Nine(entries=[('f', n.qid(0, 0, 3))])
    e = converter(p, 'old2new', s.port)
    for m, why in ((b'\x02\0\0', 'bad type 2 in message of the old protocol'), (b'\x01\0\0', 'bad type 1 in message of the old protocol'),
                   (b'\x1a\0\0', 'bad type 26 in message of the old protocol'), (b'\x64\0\0', 'bad type 100 in message of the old protocol'),
                   (n.version(), 'bad type 19 in message of the old protocol')):
        with old() as c:
            c.send(m)
            closed(c)
        ends(e, 'client: ' + why)
    for m in (o.stat(1, 0)[:-1], b'\x16', o.write(1, 0, 0, b'abc')[:-1], o.write(1, 0, 0, b'abc')[:-3], o.attach(1, 5)[:40]):
        with old() as c:
            c.send(m)
        ends(e, 'client: message of the old protocol truncated')
    for m, why in ((b'', 'has hung up'), (b'\x09', '9P message truncated'), (n.packet(99, 1), 'bad 9P R-message format'),
                   (n.stat(0, 0), 'bad 9P R-message format'), (n.packet(117, 0, b'\xff' * 4), 'bad 9P R-message format'),
                   (n.packet(125, 0, size=9000), '9P message longer than agreed')):
        with old() as c:
            s.conn.sendall(m)
            s.conn.shutdown(socket.SHUT_RDWR)
            closed(c)
        ends(e, 'server: ' + why)
    with old() as c:
        c.ok(o.open_(1, 0))
        for m, twist in ((o.stat(1, 0), lambda tag: n.packet(121, tag)), (o.read(1, 0, 0, 116), lambda tag: n.packet(117, tag, n.s(b'x' * 20)[:2] + b'\0\0' + b'x' * 20)),
                         (o.read(1, 0, 0, 116), lambda tag: n.packet(117, tag, struct.pack('<I', 8193 - 24) + bytes(8193 - 24)))):
            s.twist = lambda type_, tag, a: twist(tag)
            equal(c.error(m), 'bad answer from the server')
        s.twist = lambda type_, tag, a: n.packet(107, tag, n.s('')) + n.packet(107, 777, n.s('x'))
        equal(c.error(o.stat(1, 0)), 'error without a text')
        s.twist = lambda type_, tag, a: a
        equal(len(oldlist(c, 0)), 1)
    gone(e)


#
# at random
#

def damaged(rnd, m, k=0.1):
    m = bytearray(m)
    if rnd.random() < k:
        m[rnd.randrange(len(m))] ^= 1 << rnd.randrange(8)
    if rnd.random() < k / 3:
        del m[rnd.randrange(len(m)):]
    return bytes(m)


def oldsession(rnd):
    fid = lambda: rnd.choice([0, 1, 1, 2, 3, 65535])
    tag = lambda: rnd.choice([1, 2, 3, 65535, rnd.getrandbits(16)])
    nm = lambda: rnd.choice(['a', 'd', '..', '.', '', 'new', 'x/y', 'x' * 27])
    make = [lambda: o.packet(0, tag()), lambda: o.attach(tag(), fid()), lambda: o.flush(tag(), tag()), lambda: o.clone(tag(), fid(), fid()),
            lambda: o.walk(tag(), fid(), nm()), lambda: o.open_(tag(), fid(), rnd.getrandbits(8)),
            lambda: o.create(tag(), fid(), nm(), rnd.getrandbits(32), rnd.getrandbits(8)), lambda: o.read(tag(), fid(), rnd.choice([0, 116, 1 << 62]), rnd.getrandbits(16)),
            lambda: o.write(tag(), fid(), rnd.getrandbits(16), bytes(rnd.randrange(9000))), lambda: o.clunk(tag(), fid()), lambda: o.remove(tag(), fid()),
            lambda: o.stat(tag(), fid()), lambda: o.wstat(tag(), fid(), bytes(rnd.getrandbits(8) for _ in range(116)))]
    return [o.attach(1, 0), o.clone(2, 0, 1)] + [rnd.choice(make)() for _ in range(rnd.randrange(60))]


def newsession(rnd):
    fid = lambda: rnd.choice([0, 1, 1, 2, 3, n.NOFID])
    tag = lambda: rnd.choice([1, 2, 3, n.NOTAG, rnd.getrandbits(16)])
    nm = lambda: rnd.choice(['a', 'd', 'deep', '..', '.', '', 'new', 'x/y', 'x' * rnd.randrange(40)])
    make = [lambda: n.version(rnd.choice([0, 256, 8192, 1 << 31]), rnd.choice(['9P2000', 'x'])), lambda: n.attach(tag(), fid()), lambda: n.auth(tag(), fid()),
            lambda: n.flush(tag(), tag()), lambda: n.walk(tag(), fid(), fid(), *[nm() for _ in range(rnd.randrange(5))]),
            lambda: n.open_(tag(), fid(), rnd.getrandbits(8)), lambda: n.create(tag(), fid(), nm(), rnd.getrandbits(32), rnd.getrandbits(8)),
            lambda: n.read(tag(), fid(), rnd.choice([0, 100, 1 << 63]), rnd.getrandbits(32)), lambda: n.write(tag(), fid(), rnd.getrandbits(16), bytes(rnd.randrange(8000))),
            lambda: n.clunk(tag(), fid()), lambda: n.remove(tag(), fid()), lambda: n.stat(tag(), fid()), lambda: n.wstat(tag(), fid(), n.entry(nm()))]
    return [n.version(), n.attach(1, 0), n.walk(2, 0, 1)] + [rnd.choice(make)() for _ in range(rnd.randrange(60))]


def at_random(p, how, server, session, good):
    """Both ends damage what they say. No relay outlives them."""
    e = converter(p, how, server.port)
    seed, end = SEED, time.monotonic() + FUZZTIME
    while time.monotonic() < end:
        rnd, srnd = random.Random(seed), random.Random(seed)
        k = rnd.choice([0, 0.05])
        server.twist = lambda type_, tag, a: a if type_ == 100 else damaged(srnd, a, k)
        try:
            c = socket.create_connection(ADDR, 20)
            c.sendall(b''.join(damaged(rnd, m, 0.05 - k) for m in session(rnd)))
            c.settimeout(rnd.choice([0.001, 0.1]))
            while c.recv(65536):
                pass
        except OSError:
            pass
        c.close()
        server.conn_closed = True
        seed += 1
    server.twist = lambda type_, tag, a: a
    good()
    gone(e)
    for l in e.heard:
        check(l.startswith(('end: client: ', 'end: server: ', 'end: .')), 'how it ends', l)


def test_random_new2old(p):
    s = oldserver()

    def good():
        # The server may have lost its files, the converter nothing.
        with n.Conn(ADDR) as c:
            c.start()
            c.ok(n.stat(1, 0))
    at_random(p, 'new2old', s, newsession, good)


def test_random_old2new(p):
    s = Nine(entries=[('a', n.qid(0, 0, 3)), ('d', n.qid(0x80, 0, 4), 0x800001ED), ('x' * 50, n.qid(0, 0, 1 << 50))])

    def good():
        with old() as c:
            c.ok(o.stat(1, 0))
    at_random(p, 'old2new', s, oldsession, good)
