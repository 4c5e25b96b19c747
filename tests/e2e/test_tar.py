"""Archives that other systems made: tar."""
import io
import os
import subprocess
import tarfile

from emulib import check, equal


def archive(p, name, form, members):
    """members: name, type, what it is a link to, contents"""
    path = os.path.join(p.dir, name)
    with tarfile.open(path, 'w', format=form) as t:
        for file, kind, link, data in members:
            m = tarfile.TarInfo(file)
            m.type, m.linkname, m.size, m.mtime = kind, link, len(data), 1000000000
            t.addfile(m, io.BytesIO(data))
    return path


LONG = 'd/' + 'long' * 40 + '/' + 'näme ' * 20 + 'end'
MEMBERS = [
    ('d/f', tarfile.REGTYPE, '', b'hello\n'),
    (LONG, tarfile.REGTYPE, '', b'deep\n'),
    ('hard', tarfile.LNKTYPE, 'd/f', b''),
    ('harder', tarfile.LNKTYPE, LONG, b''),
    ('soft', tarfile.SYMTYPE, 'd/f', b''),
    ('self', tarfile.LNKTYPE, 'self', b''),
    ('dangling', tarfile.LNKTYPE, 'nowhere', b''),
    ('/../abs', tarfile.REGTYPE, '', b'inside\n'),
]


def test_links_and_long_names(p):
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        a = archive(p, 'a%d.tar' % form, form, MEMBERS)
        out = os.path.join(p.dir, 'out%d' % form)
        os.mkdir(out)
        o, e, st = p.run('sh', '-c', "cd '#U*%s'; gettar <'#U*%s'" % (out, a))
        check(st == 1 and o == '', 'status', (o, e, st))
        equal(e, "gettar: soft: symbolic links are not extracted\ngettar: can't open nowhere, which dangling is a link to: 'nowhere' file does not exist\n")
        for name, data in (('d/f', b'hello\n'), ('hard', b'hello\n'), (LONG, b'deep\n'), ('harder', b'deep\n'), ('abs', b'inside\n')):
            with open(os.path.join(out, name), 'rb') as f:
                equal(f.read(), data, name)
        equal(sorted(os.listdir(out)), ['abs', 'd', 'hard', 'harder'])
        o, e, st = p.run('sh', '-c', "mkdir /tmp/%d; tarfs '#U*%s' /tmp/%d; cat /tmp/%d/hard /tmp/%d/harder" % (form, a, form, form, form))
        equal(o, 'hello\ndeep\n', (e, st))


def test_sparse(p):
    with open(os.path.join(p.dir, 's'), 'wb') as f:
        for i in range(40):
            f.seek(i * 100000)
            f.write(b'x')
    p.file('after', 'next\n')
    if subprocess.run(['tar', '-S', '--format=gnu', '-cf', 's.tar', 's', 'after'], cwd=p.dir).returncode != 0:
        return
    o, e, st = p.run('sh', '-c', "cd /tmp; gettar <'#U*%s/s.tar'; status=$status; cat after" % p.dir)
    equal((o, e), ('next\n', 'gettar: s: left out, a member of type S\n'))
