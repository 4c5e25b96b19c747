"""vacput, vacget and vacfs against a Venti server and archives of our own making."""
import hashlib
import os
import random
import struct
import threading

import venti
from emulib import check, equal


def files(p):
    """A tree on the host: sizes around those of blocks, zeros, more files than a block has entries, names of all kinds."""
    rng = random.Random(3)
    t = {
        'empty': b'', 'one': b'x', 'zeros': bytes(20000), 'whole': rng.randbytes(8192), 'more': rng.randbytes(8193),
        'ends in zeros': b'abc' + bytes(30000), 'begins so': bytes(40000) + b'z', 'large': rng.randbytes(409 * 8192 + 17),
        'ünï/日本': b'names\n', 'a/b/c/d/e/deep': b'deep', 'a/x': b'1', 'a.': b'2', 'a-': b'3', 'ab': b'4', 'x' * 200: b'long',
    }
    for i in range(500):
        t['many/f%03d' % i] = b'%d' % i
    for n, d in t.items():
        p.file('t/' + n, d)
    os.mkdir(p.dir + '/t/none')
    os.chmod(p.dir + '/t/one', 0o400)
    os.utime(p.dir + '/t/one', (1234567890, 1234567890))
    os.utime(p.dir + '/t/many', (1000000000, 1000000000))
    return t


def both(e, cmd, timeout=20):
    """What cmd prints, and its status."""
    out, _, status = e.run(cmd + '; echo $status', timeout).rpartition('\n')
    return out, status


def score(line):
    check(line.startswith('vac:') and len(line) == 44, 'a score', line)
    return bytes.fromhex(line[4:])


def host(p, name):
    return "'#U*%s/%s'" % (p.dir, name)


def test_put(p):
    t = files(p)
    e = p.emu()
    results = set()
    for versions in ('02',), ('04',), ('02', '04'), ('01', '02', '05'):
        with venti.Server(versions) as s:
            s1 = score(e.run("vacput -a %s %s" % (s.addr, host(p, 't/.'))))
            check(s.synced, 'the server is told to write all')
            got = venti.tree(s, s1)
            equal({n: f[2] for n, f in got.items() if f[2] is not None}, t, 'files')
            equal(sorted(n for n, f in got.items() if f[2] is None), ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/b/c/d/e', 'many', 'none', 'ünï'])
            equal((got['one'][0], got['one'][1]), (0o400, 1234567890))
            equal((got['many'][0] & ~0o777, got['many'][1]), (venti.MODEDIR, 1000000000))
            # other blocks, several paths
            s2 = score(e.run("vacput -a %s -b 512 %s %s %s" % (s.addr, host(p, 't/large'), host(p, 't/a'), host(p, 't/zeros'))))
            got = venti.tree(s, s2)
            equal(sorted(n for n in got), ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/b/c/d/e', 'a/b/c/d/e/deep', 'a/x', 'large', 'zeros'])
            equal((got['large'][2], got['zeros'][2]), (t['large'], t['zeros']))
            results.add(hashlib.md5(repr(sorted(venti.tree(s, s1).items())).encode()).digest())
    equal(len(results), 1, 'the same whatever the version')


def test_get(p):
    t = files(p)
    e = p.emu()
    with venti.Server() as s:
        line = e.run("venti=%s; vacput -f %s %s; cat %s" % (s.addr, host(p, 'score'), host(p, 't'), host(p, 'score')))
        score(line)
        listed = e.run('vacget -t %s' % line).split('\n')
        equal(sorted(l for l in listed), sorted(['t'] + ['t/' + n for n in t] + ['t/' + d for d in
              ('a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/b/c/d/e', 'many', 'none', 'ünï')]))
        check("400 %s" % e.run('cat /dev/user') in e.run('vacget -tv %s t/one' % line), 'a long list')
        check(e.run('vacget -tv %s t/one' % line).endswith(' 1 1234567890 t/one'), 'a long list')
        e.quiet("mkdir %s; vacget -d %s %s" % (host(p, 'out'), host(p, 'out'), host(p, 'score')))
        for n, d in t.items():
            with open(p.dir + '/out/t/' + n, 'rb') as f:
                equal(f.read() == d, True, n)
        st = os.stat(p.dir + '/out/t/one')
        equal((st.st_mode & 0o777, st.st_mtime), (0o400, 1234567890))
        equal(os.stat(p.dir + '/out/t/many').st_mtime, 1000000000)
        check(os.path.isdir(p.dir + '/out/t/none'), 'an empty directory')
        # a part; what is there is kept with -k, and written over without
        e.quiet('mkdir /tmp/part; cd /tmp/part; vacget %s t/a/b/ /t/one' % line)
        equal(e.run('ls t t/a/b/c/d/e'), 't/a\nt/one\nt/a/b/c/d/e/deep')
        e.quiet('chmod 600 t/one; echo changed >t/one; vacget -k %s t/one' % line)
        equal(e.run('cat t/one'), 'changed')
        e.quiet('vacget %s t/one' % line)
        equal(e.run('cat t/one; echo'), 'x')
        equal(both(e, 'vacget %s t/nosuch t/ab' % line), ('vacget: t/nosuch: not in the archive', 'error'))
        # a directory where a file is
        e.quiet('rm -r t; echo >t')
        equal(both(e, 'vacget %s t/ab' % line), ('vacget: t: is there already, and no directory\nvacget: t/ab: not in the archive', 'error'))


def test_fs(p):
    t = files(p)
    e = p.emu()
    with venti.Server() as s:
        line = e.run("vacput -a %s %s" % (s.addr, host(p, 't')))
        e.quiet('mkdir /n/v; vacfs -s %s %s /n/v' % (s.addr, line))
        equal(e.run('cd /n/v/t; ls a/b/.. | sed s,a/b/../,,'), 'b\nx')
        equal(e.run('ls many | wc -l').strip(), '500')
        equal(e.run('ls -l one').split()[-1], 'one')
        for n in ('large', 'zeros', 'empty', 'more', 'ünï/日本', 'many/f499'):
            e.quiet("cmp '%s' %s" % (n, host(p, 't/' + n)))
        equal(e.run('md5sum large').split()[0], hashlib.md5(t['large']).hexdigest())
        for cmd in 'echo x >one', 'rm one':
            check('permission denied' in e.run(cmd), cmd)
        check('does not exist' in e.run('cat nosuch'), 'no such file')
        # several at a time
        e.quiet('for i in 1 2 3 4 5 6 7 8 {cmp large %s &}; for i in 1 2 3 4 {cmp large %s}' % ((host(p, 't/large'),) * 2))
        e.quiet('mkdir /tmp/copy; cp -r /n/v/t /tmp/copy; cmp /tmp/copy/t/large large')
        e.quiet('cd /; unmount /n/v')
        for _ in range(40):
            if 'Vacfs' not in e.run('ps'):
                break
            e.run('sleep 1')
        check('Vacfs' not in e.run('ps'), 'it ends when it is unmounted', e.run('ps'))


def test_foreign_archives(p):
    """Written elsewhere, with deep trees of small blocks."""
    rng = random.Random(5)
    big = rng.randbytes(512 * 25 * 3 + 100) + bytes(512 * 25 * 25) + rng.randbytes(1000)
    t = {'big': big, 'dir': {'sub': {'f': b'hello\n'}, 'empty': {}, **{'n%d' % i: b'%d' % i for i in range(60)}}, 'hole': bytes(100000), 'e': b''}
    e = p.emu()
    with venti.Server() as s:
        for version, magic in (9, 0x5656fc7a), (8, 0x5656fc7a), (10, 0x5656fc7a), (7, 0x5656fc79):
            line = 'vac:' + venti.Writer(s, 512, version, magic).archive(t).hex()
            d = '/tmp/v%d' % version
            e.quiet('mkdir %s; vacget -a %s -d %s %s' % (d, s.addr, d, line))
            equal(e.run('md5sum %s/big' % d).split()[0], hashlib.md5(big).hexdigest())
            equal(e.run('cat %s/dir/sub/f %s/dir/n59; echo; ls %s/dir/empty; wc -c %s/hole' % (d, d, d, d)), 'hello\n59\n 100000 %s/hole' % d)
            e.quiet('vacfs -s %s %s /n/remote; cmp /n/remote/big %s/big; unmount /n/remote' % (s.addr, line, d))
            equal(e.run('vacget -tv -a %s %s dir/sub/f' % (s.addr, line)), '644 glenda sys 6 1000000001 dir/sub/f')


def test_sparse(p):
    """A file of 5 TB of zeros but for its end: read anywhere, and extracted without the zeros."""
    e = p.emu()
    with venti.Server() as s:
        w = venti.Writer(s, 8192)
        end = w.put(venti.DATA, b'the end')
        size = 5 * (1 << 40)
        n, depth = size // 8192, 0
        sc = end
        while n > 0:
            sc = w.put(venti.POINTER + depth, venti.EMPTY * (n % 409) + sc)
            n //= 409
            depth += 1
        entry = struct.pack('>IHHB5x', 0, 8192, 8192, 1 | depth << 2) + (size + 7).to_bytes(6, 'big') + sc
        w.entry = lambda data, isdir=False, real=w.entry: entry if data == b'SPARSE' else real(data, isdir)
        line = 'vac:' + w.archive({'f': b'SPARSE', 'g': b'x'}).hex()
        e.quiet('vacfs -s %s %s /n/remote' % (s.addr, line))
        equal(e.run('read -o %d 100 </n/remote/f; echo; read -o 1000000000000 4 </n/remote/f | xd -1x' % size), 'the end\n0000000 00 00 00 00\n0000004')
        equal(e.run('ls -l /n/remote/f').split()[5], str(size + 7))


def test_again(p):
    """With an old archive what has not changed is not read."""
    files(p)
    e = p.emu()
    with venti.Server() as s:
        one = e.run("vacput -a %s %s" % (s.addr, host(p, 't')))
        w = s.writes
        p.file('t/a/x', b'changed')
        os.chmod(p.dir + '/t/large', 0)
        two = e.run("vacput -a %s -d %s %s" % (s.addr, one, host(p, 't')))
        check(s.writes - w < 40, 'few writes', s.writes - w)
        equal(venti.tree(s, score(two))['t/a/x'][2], b'changed')
        equal(venti.tree(s, score(two))['t/large'][2], venti.tree(s, score(one))['t/large'][2])
        equal(s.blocks[score(two), venti.ROOT][280:300], score(one), 'the root knows the one before')
        equal(both(e, "vacput -a %s -d vac:%s %s" % (s.addr, '00' * 20, host(p, 't'))), ('vacput: old archive: no block', 'error'))


def test_errors(p):
    e = p.emu()
    for cmd, want in (('vacput', 'usage: vacput [-v] [-a addr] [-b blocksize] [-d oldarchive] [-f file] path ...'), ('vacput -b 100 /dis', 'vacput: block size 100: 512 to 57344 it can be'),
                      ('vacget', 'usage: vacget [-kptv] [-a addr] [-d dir] archive [path ...]'), ('vacfs x', 'usage: vacfs [-abD] [-s addr] archive mountpoint'),
                      ('echo not a score >/tmp/s; vacget /tmp/s', 'vacget: no score in /tmp/s'), ('vacget /tmp/nosuch', "vacget: can't open /tmp/nosuch: '/tmp/nosuch' file does not exist"),
                      ('vacget vac:1234', "vacget: can't open vac:1234: 'vac:1234' file does not exist")):
        equal(e.run(cmd), want)
    with venti.Server() as s:
        sc = 'vac:' + '12' * 20
        equal(e.run('vacget -a %s %s' % (s.addr, sc)), 'vacget: no block')
        equal(e.run('vacfs -s %s %s /n/remote' % (s.addr, sc)), 'vacfs: no block')
        equal(e.run('vacput -a %s /nosuch /dev/null; echo $status' % s.addr).split('\n')[0], "vacput: can't stat /nosuch: '/nosuch' file does not exist")
        equal(e.run('mkdir /tmp/1 /tmp/2; echo 1 >/tmp/1/f; echo 2 >/tmp/2/f; vacput -a %s /tmp/1/f /tmp/2/f' % s.addr).split('\n')[0], 'vacput: /tmp/2/f: the archive has a file of that name')
        with venti.Server(greeting=b'SSH-2.0-OpenSSH_9.2\n') as b:
            equal(e.run('vacget -a %s %s' % (b.addr, sc)), "vacget: the server speaks another protocol: SSH-2.0-OpenSSH_9.2")
        with venti.Server(greeting=b'x' * 3000) as b:
            equal(e.run('vacget -a %s %s' % (b.addr, sc)), 'vacget: this is not a Venti server')
        with venti.Server(('07',)) as b:
            check('another protocol' in e.run('vacget -a %s %s' % (b.addr, sc)), 'no version in common')
    out = e.run('vacget -a %s %s' % (s.addr, sc))
    check(out.startswith("vacget: can't dial "), 'nobody there', out)


def test_hostile_server(p):
    """Blocks that are not those asked for, errors and ends at any time."""
    e = p.emu()
    t = {'f': b'contents' * 1000, 'd': {'g': b'x'}}
    replies = {
        'other contents': (lambda k, s, d: (13, b'other'), "the server's block is not that of the score"),
        'larger': (lambda k, s, d: (13, d + bytes(60000)), "the server's block is too large"),
        'an error': (lambda k, s, d: (1, b'\0\5sorry'), 'sorry'),
        'a cut error': (lambda k, s, d: (1, b'\0\xffx'), 'bad answer from the server'),
        'another answer': (lambda k, s, d: (15, s), 'bad answer from the server'),
        'the end': (lambda k, s, d: b'', 'the server has hung up'),
        'half': (lambda k, s, d: b'\0\0\1\0\x0d', 'the server has hung up within an answer'),
        'no length': (lambda k, s, d: b'\0\0\0\0', 'bad length of an answer'),
        'a huge one': (lambda k, s, d: b'\xff\xff\xff\xffxxx', 'bad length of an answer'),
        'to nothing': (lambda k, s, d: b'\0\0\0\2\x0d\xc8', 'answer to no request'),
    }
    for what, (reply, want) in replies.items():
        for when in venti.ROOT, venti.DIR, venti.DATA:
            with venti.Server() as s:
                line = 'vac:' + venti.Writer(s, 512).archive(t).hex()
                s.reply = lambda k, sc, d: reply(k, sc, d) if k == when else None
                out, status = both(e, 'mkdir -p /tmp/h; vacget -a %s -d /tmp/h %s' % (s.addr, line))
                check(want in out, what, out)
                equal(status, 'error', what)
                out = e.run('vacfs -s %s %s /n/remote && {cat /n/remote/f /n/remote/d/g >/dev/null; unmount /n/remote}' % (s.addr, line))
                check(want in out, what, out)
    equal(e.run("ps | grep 'Vac|Venti'").count('release'), 0)


def test_server_that_stands_still(p):
    """A read that is not answered holds up nobody else, and can be given up."""
    e = p.emu()
    go = threading.Event()
    with venti.Server() as s:
        line = 'vac:' + venti.Writer(s, 8192).archive({'slow': b'slow' * 3000, 'fast': b'fast'}).hex()
        slow = hashlib.sha1((b'slow' * 3000)[:8192]).digest()
        late = []

        def reply(k, sc, d):
            if sc == slow:
                late.append(sc)
                go.wait(30)
            return None

        s.reply = reply
        e.quiet('vacfs -s %s %s /n/remote' % (s.addr, line))
        e.quiet('cat /n/remote/slow >/dev/null >[2]/dev/null &\nslow=$apid')
        while not late:
            pass
        e.run('echo kill >/prog/$slow/ctl')
        go.set()
        equal(e.run('cat /n/remote/fast; echo').split('\n')[-1], 'fast')
        equal(e.run('cat /n/remote/slow | wc -c').strip(), '12000')


def test_hostile_archives(p):
    e = p.emu()
    # names that lead elsewhere
    with venti.Server() as s:
        w = venti.Writer(s, 512)
        line = 'vac:' + w.archive({'..': {'up': b'x'}, 'a/b': b'y', '': b'z', '.': b'w', 'n\0l': b'v', 'good': b'g'}).hex()
        out = e.run('mkdir -p /tmp/1/2; cd /tmp/1/2; vacget -a %s %s; cd /; ls /tmp/1 /tmp/1/2' % (s.addr, line))
        equal(out.count('is left out'), 5, out)
        equal(out.split('\n')[-2:], ['/tmp/1/2', '/tmp/1/2/good'])
        e.quiet('vacfs -s %s %s /n/remote' % (s.addr, line))
        equal(e.run('cd /n/remote; ls; cd /; unmount /n/remote'), 'good')
    cases = {
        'blocks of no bytes': ('entry', lambda d: d[:6] + b'\0\0' + d[8:], 'entry with blocks of'),
        'blocks too large': ('entry', lambda d: d[:4] + b'\xff\xff' + d[6:], 'entry with blocks of'),
        'more than fits': ('entry', lambda d: d[:14] + b'\xff' * 6 + d[20:], 'of which the blocks hold only'),
        'not in use': ('entry', lambda d: d[:8] + b'\0' + d[9:], 'entry is not in use'),
        'the wrong kind': ('entry', lambda d: d[:8] + bytes([d[8] ^ 2]) + d[9:], 'wrong kind'),
        'no magic': ('meta', lambda d: b'xxxx' + d[4:], 'without its magic number'),
        'a size': ('meta', lambda d: d[:4] + b'\xff\xff' + d[6:], 'bad sizes'),
        'an index': ('meta', lambda d: d[:10] + b'\xff\xff' + d[12:], 'bad sizes'),
        'an offset': ('meta', lambda d: d[:12] + b'\xff\xff' + d[14:], 'bad index'),
        'no magic of a file': ('record', lambda d: b'xxxx' + d[4:], 'without its magic number'),
        'a version': ('record', lambda d: d[:4] + b'\0\x63' + d[6:], 'of version 99'),
        'cut off': ('record', lambda d: d[:30], 'cut off'),
        'another root': ('root', lambda d: d[:130] + b'x' + d[131:], "root of xac"),
        'a root version': ('root', lambda d: b'\0\1' + d[2:], 'root of version 1'),
        'root blocks': ('root', lambda d: d[:278] + b'\0\1' + d[280:], 'root with blocks of 1 bytes'),
    }
    for what, (where, harm, want) in cases.items():
        with venti.Server() as s:
            w = venti.Writer(s, 512, harm=lambda k, d: harm(d) if k == where else d)
            line = 'vac:' + w.archive({'f': b'abc', 'd': {'g': b'x'}}).hex()
            out, status = both(e, 'vacget -t -a %s %s' % (s.addr, line))
            check(want in out, what, out)
            equal(status, 'error', what)
    # entry beyond the end; too deep; any damage at all
    with venti.Server() as s:
        w = venti.Writer(s, 512)
        w.record = lambda n, i, m, t, real=w.record: real(n, i + 1000 if n == 'f' else i, m, t)
        line = 'vac:' + w.archive({'f': b'abc'}).hex()
        check('beyond the end' in e.run('vacget -d /tmp -a %s %s' % (s.addr, line)), 'an entry beyond the end')
        t = {'bottom': b''}
        for _ in range(300):
            t = {'d': t}
        line = 'vac:' + venti.Writer(s, 512).archive(t).hex()
        check(e.run('vacget -t -a %s %s' % (s.addr, line), 60).endswith('/bottom'), 'depth')
        rng = random.Random(9)

        def damage(k, d):
            if rng.random() > 0.15:
                return d
            d = bytearray(d)
            for _ in range(rng.randrange(1, 4)):
                d[rng.randrange(len(d))] = rng.choice((0, 1, 0xff, 0x80, rng.randrange(256)))
            return bytes(d)

        script = 'mkdir -p /tmp/r\n'
        for _ in range(300):
            line = 'vac:' + venti.Writer(s, 512, rng.choice((7, 8, 9)), harm=damage).archive({'f': b'abc' * 500, 'd': {'g': b'x', 'h': b'y'}}).hex()
            script += 'vacget -t -a %s %s >/dev/null >[2]/dev/null\n' % (s.addr, line)
        e.run(script, 60)
        check('broken' not in e.run('ps'), 'nothing breaks', e.run('ps'))


def test_large(p):
    """100 MB through little memory."""
    rng = random.Random(1)
    data = rng.randbytes(1 << 20)
    with open(p.dir + '/big', 'wb') as f:
        for i in range(100):
            f.write(i.to_bytes(4, 'big') + data)
    e = p.emu('home', '-pmain=16m', '-pheap=16m')
    with venti.Server() as s:
        line = e.run("vacput -a %s -b 56k %s" % (s.addr, host(p, 'big')), 120)
        score(line)
        e.quiet("mkdir %s; vacget -a %s -d %s %s" % (host(p, 'out'), s.addr, host(p, 'out'), line), 120)
        with open(p.dir + '/big', 'rb') as a, open(p.dir + '/out/big', 'rb') as b:
            equal(a.read() == b.read(), True, 'the same')


def test_session(p):
    """The library: many requests at once, of several processes, and what becomes of them when the server goes away."""
    prog = p.limbo('ventiload.b')
    with venti.Server() as s:
        out, err, st = p.run(prog, s.addr)
        equal((out, err, st), ('ok\n', '', 0))
    gone = threading.Event()

    class Going(venti.Server):
        def answer(self, t, m, wide, version):
            if t == 14 and self.writes > 500:
                gone.set()
                return None
            return super().answer(t, m, wide, version)

    with Going() as s:
        out, err, st = p.run(prog, s.addr)
        check(out.startswith('the server has hung up') or out.startswith('read error'), 'the end', (out, err))
