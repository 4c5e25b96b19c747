"""Sharing between hosts without a line of Inferno's shell: share(1) and styxmount(1)."""
import errno
import os
import shutil
import subprocess
import time

from emulib import EMU, Failure, Skip, check, environment, equal

STYXMOUNT = os.path.join(os.path.dirname(EMU), 'styxmount')


def share(p, *args):
    """A running emu share; returns when it serves."""
    q = subprocess.Popen([EMU, 'share'] + list(args), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         env=environment(p.home('server')), start_new_session=True, cwd=p.dir)
    line = q.stderr.readline().decode()
    check(line.startswith('share: ') and ' at ' in line, 'serves', line)
    return q


class Mounted:
    """A server's tree mounted by the host while the block runs."""

    def __init__(self, p, addr, *args):
        if not os.path.exists(STYXMOUNT):
            raise Skip('styxmount was not built')
        if not os.access('/dev/fuse', os.R_OK | os.W_OK):
            raise Skip('no FUSE here')
        self.dir = p.home('mnt')
        self.command = [EMU, '--mount'] + list(args) + [addr, self.dir]

    def __enter__(self):
        q = subprocess.run(self.command, stderr=subprocess.PIPE, timeout=20)
        if q.returncode != 0 and b'fuse' in q.stderr and b'permitted' in q.stderr:
            raise Skip(q.stderr.decode())
        equal((q.returncode, q.stderr), (0, b''), 'mounting')
        return self.dir

    def __exit__(self, *a):
        subprocess.run(['fusermount3', '-u', '-q', self.dir] if os.getuid() else ['umount', self.dir], stderr=subprocess.DEVNULL)


def stop(q):
    q.terminate()
    q.wait(10)
    q.stderr.close()


def listing(d):
    """What is in d, or the number of the error: while a mount ends that may be several."""
    try:
        return os.listdir(d)
    except OSError as e:
        return e.errno


def error(f, *args):
    try:
        f(*args)
    except OSError as e:
        return e.errno
    raise Failure('no error')


def text(path):
    with open(path) as f:
        return f.read()


def write(path, data, mode='w'):
    with open(path, mode) as f:
        f.write(data)


def test_directory_for_unix_programs(p):
    p.file('pub/a', 'hello\n')
    p.file('pub/sub/deep/b', 'x' * 300000)
    q = share(p, '-a', 'tcp!127.0.0.1!7811', 'pub')
    try:
        with Mounted(p, '127.0.0.1!7811') as d:
            j = lambda *n: os.path.join(d, *n)
            equal(text(j('a')), 'hello\n')
            equal(subprocess.run(['diff', '-r', p.dir + '/pub', d], stdout=subprocess.PIPE).stdout, b'')
            equal(sorted(os.listdir(d)), ['a', 'sub'])
            write(j('n'), 'one\n')
            write(j('n'), 'two\n', 'a')
            equal(text(p.dir + '/pub/n'), 'one\ntwo\n')
            os.rename(j('n'), j('m'))
            write(j('m'), 'three\n', 'a')
            equal(text(j('m')), 'one\ntwo\nthree\n')
            os.rename(j('m'), j('a'))
            equal(text(j('a')), 'one\ntwo\nthree\n', 'renamed onto another')
            os.rename(j('sub'), j('bus'))
            equal(len(text(j('bus/deep/b'))), 300000)
            os.truncate(j('a'), 3)
            equal(text(j('a')), 'one')
            os.chmod(j('a'), 0o640)
            equal(os.stat(p.dir + '/pub/a').st_mode & 0o777, 0o640)
            os.utime(j('a'), (1000000000, 1000000000))
            equal(int(os.stat(p.dir + '/pub/a').st_mtime), 1000000000)
            os.mkdir(j('new'))
            shutil.copytree(j('bus'), j('new', 'copy'))
            equal(error(os.rmdir, j('new')), errno.ENOTEMPTY)
            shutil.rmtree(j('new'))
            equal(sorted(os.listdir(p.dir + '/pub')), ['a', 'bus'])
            equal(error(open, j('nosuch')), errno.ENOENT)
            equal(error(os.mkdir, j('bus')), errno.EEXIST)
            equal(error(os.rename, j('a'), j('bus', 'a')), errno.EXDEV)
            equal(error(os.chown, j('a'), 12345, -1), errno.EPERM)
            equal(error(os.symlink, 'a', j('l')), errno.ENOSYS)
            with open(j('a'), 'rb') as f:
                os.remove(j('a'))
                check(not os.path.exists(j('a')), 'removed')
    finally:
        stop(q)


def test_many_files(p):
    os.mkdir(p.dir + '/pub')
    for i in range(3000):
        open('%s/pub/%d' % (p.dir, i), 'w').close()
    q = share(p, '-a', 'tcp!127.0.0.1!7812', p.dir + '/pub')
    try:
        with Mounted(p, 'tcp!127.0.0.1!7812') as d:
            equal(sorted(os.listdir(d), key=int), [str(i) for i in range(3000)])
            equal(sum(e.stat().st_size for e in os.scandir(d)), 0)
            with os.scandir(d) as it:
                for e in it:
                    os.remove(e.path)
            equal(os.listdir(p.dir + '/pub'), [])
    finally:
        stop(q)


def test_read_only(p):
    p.file('pub/a', 'hello\n')
    q = share(p, '-r', '-a', 'tcp!127.0.0.1!7813', 'pub')
    try:
        with Mounted(p, 'tcp!127.0.0.1!7813') as d:
            equal(text(d + '/a'), 'hello\n')
            equal(error(open, d + '/a', 'w'), errno.EROFS)
            equal(error(open, d + '/b', 'w'), errno.EROFS)
            equal(error(os.remove, d + '/a'), errno.EROFS)
            equal(error(os.chmod, d + '/a', 0), errno.EROFS)
        e = p.emu()
        e.quiet('mount -A tcp!127.0.0.1!7813 /n/remote')
        equal(e.run('cat /n/remote/a'), 'hello')
        check('read only' in e.run('rm /n/remote/a'), 'removal')
    finally:
        stop(q)
    equal(text(p.dir + '/pub/a'), 'hello\n')


def test_mounted_read_only(p):
    p.file('pub/a', 'hello\n')
    q = share(p, '-a', 'tcp!127.0.0.1!7814', 'pub')
    try:
        with Mounted(p, 'tcp!127.0.0.1!7814', '-r') as d:
            equal(text(d + '/a'), 'hello\n')
            equal(error(open, d + '/a', 'w'), errno.EROFS)
    finally:
        stop(q)


def written(path):
    """What is in it, nothing if it has gone: a process may end meanwhile."""
    try:
        return text(path)
    except FileNotFoundError:
        return ''


def test_devices(p):
    """A name space that is not of files with lengths: reads go through, block and are interrupted."""
    e = p.emu('server')
    e.quiet("listen -A 'tcp!127.0.0.1!7815' {export / &}")
    with Mounted(p, '127.0.0.1:7815') as d:
        equal(text(d + '/dev/user'), e.run('cat /dev/user'))
        equal(text(d + '/env/emuhost'), e.run('cat /env/emuhost'))
        status = ''.join(written(d + '/prog/%s/status' % n) for n in os.listdir(d + '/prog') if n.isdigit())
        check('Export' in status, 'processes', status)
        e.quiet("mkdir /tmp/pipe; bind '#|' /tmp/pipe")
        e.quiet("listen -A 'tcp!127.0.0.1!7816' {export /tmp/pipe &}")
    with Mounted(p, '127.0.0.1:7816') as d:
        # A reader that waits does not hold up others, and can be killed.
        q = subprocess.Popen(['cat', d + '/data'], stdout=subprocess.PIPE)
        with open(d + '/data1', 'w') as f:
            f.write('through\n')
            f.flush()
            equal(q.stdout.readline(), b'through\n')
        equal(sorted(os.listdir(d)), ['data', 'data1'])
        q.kill()
        q.wait(10)
        q.stdout.close()


def test_server_goes_away(p):
    p.file('pub/a', 'hello\n')
    q = share(p, '-a', 'tcp!127.0.0.1!7817', 'pub')
    try:
        with Mounted(p, 'tcp!127.0.0.1!7817') as d:
            equal(text(d + '/a'), 'hello\n')
            stop(q)
            # An error at once, and then no mount any more.
            end = time.monotonic() + 20
            while listing(d) != []:
                check(time.monotonic() < end, 'unmounted')
                error(open, d + '/other')
                time.sleep(0.05)
    finally:
        if q.poll() is None:
            stop(q)


def test_messages(p):
    if not os.path.exists(STYXMOUNT):
        raise Skip('styxmount was not built')
    r = subprocess.run([STYXMOUNT, 'tcp!127.0.0.1!7818', p.dir], stderr=subprocess.PIPE, timeout=20)
    equal((r.returncode, r.stderr), (1, b'styxmount: tcp!127.0.0.1!7818: Connection refused\n'))
    r = subprocess.run([STYXMOUNT, 'tcp!127.0.0.1!7818', p.dir + '/nosuch'], stderr=subprocess.PIPE, timeout=20)
    equal((r.returncode, r.stderr), (1, ('styxmount: %s/nosuch: No such file or directory\n' % p.dir).encode()))
    o, e, st = p.run('share', '/nosuch/dir')
    equal((o, st), ('', 1))
    check('/nosuch/dir' in e, 'message', e)
    f = p.file('plain', '')
    equal(p.run('share', f)[1].split('\n')[0], 'share: %s: not a directory' % f)
