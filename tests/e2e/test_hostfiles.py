"""Files of the host: fs(3)."""
import grp
import os
import pwd
import signal
import socket
import stat
import subprocess
import threading
import time

from emulib import EMU, SCALE, Skip, check, environment, equal, give

ME = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name


def fields(line):
    """A line of stat as a dictionary; names here have no blanks."""
    keys = ('name', 'uid', 'gid', 'muid', 'qid', 'mode', 'length', 'atime', 'mtime', 'type', 'dev')
    return dict(zip(keys, line.split(' ')))


def named(name, msg):
    """An error that names the file, as evaluation of names does."""
    if len(name) >= 42:
        name = '...' + name[name.rindex('/'):]
    return "- '%s' %s" % (name, msg)


def put(p, name, data='', mode=0o644):
    f = p.file('d/' + name, data)
    os.chmod(f, mode)
    return f


def test_stat(p):
    f = put(p, 'f', 'hello', 0o640)
    os.utime(f, (1000000000, 1100000000))
    os.chmod(p.dir + '/d', 0o1750)
    st = os.stat(f)
    a, d = p.calls("stat '#U*%s'\nstat '#U*%s'" % (f, p.dir + '/d'))
    a, d = fields(a), fields(d)
    path = st.st_ino ^ (st.st_dev & 0xFFFF) << 48
    equal(a, {'name': 'f', 'uid': ME, 'gid': GROUP, 'muid': "''", 'qid': '%d.1100000000.0' % path, 'mode': '640', 'length': '5',
              'atime': '1000000000', 'mtime': '1100000000', 'type': 'U', 'dev': a['dev']})
    equal((d['name'], d['mode'], d['length'], d['qid'][-3:]), ('d', '20000000750', '0', '.80'))
    check(int(d['dev']) != int(a['dev']), 'each attach is a device of its own', (a, d))


def test_stat_of_roots(p):
    a, b = p.calls("stat '#U*'\nstat '#U*/..'")
    equal((fields(a)['name'], fields(b)['name']), ('/', '/'))
    equal(p.calls("open f '#Ux' 0\nopen f '#U*x' 0"), ['- bad attach specifier'] * 2)


def test_unknown_owner(p):
    f = put(p, 'f')
    give(f, 123456, 234567)
    a, = p.calls("stat '#U*%s'" % f)
    equal((fields(a)['uid'], fields(a)['gid']), ('#123456', '#234567'))


def test_create_modes(p):
    for dirmode in (0o755, 0o700, 0o777, 0o2775):
        d = p.dir + '/m%o' % dirmode
        os.mkdir(d)
        os.chmod(d, dirmode)
        want = {}
        script = ''
        for mode in (0o600, 0o640, 0o666, 0o777, 0o711):
            script += "create f '#U*%s/f%o' 1 0%o\ncreate g '#U*%s/d%o' 0 0x%x\n" % (d, mode, mode, d, mode, 1 << 31 | mode)
            want['f%o' % mode] = mode & (~0o666 | dirmode & 0o666) & 0o777
            want['d%o' % mode] = mode & (~0o777 | dirmode & 0o777) & 0o777
        old = os.umask(0o077)
        got = p.calls(script)
        os.umask(old)
        equal(got, ['ok'] * 10)
        for name, mode in want.items():
            equal('%o' % (os.stat(d + '/' + name).st_mode & 0o777), '%o' % mode, '%s in a directory %o' % (name, dirmode))


def test_create(p):
    put(p, 'f', 'old', 0o600)
    d = '#U*%s/d' % p.dir
    equal(p.calls("""
        create f '%s/f' 0x1001 0666
        create f '%s/f' 1 0666
        write $f new
        create g '%s/ro' 1 0444
        write $g x
        create h '%s/.' 1 0666
        create h '%s/..' 1 0666
        create h '%s/dir' 1 0x800001ff
        create h '%s/no/f' 1 0666
        create h '%s/f/x' 1 0666
        create h '%s/f/' 1 0666
        """ % ((d,) * 9)), ['- file already exists', 'ok', '3', 'ok', '1', named(d, 'create without DMDIR'), '- file name syntax', '- permission denied',
                            named(d + '/no', 'does not exist'), named(d + '/f', 'not a directory'), named(d + '/f', 'create without DMDIR')])
    equal(open(p.dir + '/d/f').read(), 'new')
    equal(os.stat(p.dir + '/d/f').st_mode & 0o777, 0o600)
    check(not os.path.exists(p.dir + '/d/dir'), 'no directory for a refused open mode')


def test_permissions(p):
    p.home('home')
    put(p, 'none', 'x', 0o000)
    put(p, 'ro', 'x', 0o444)
    put(p, 'wo', 'x', 0o222)
    put(p, 'closed/f', 'x')
    os.chmod(p.dir + '/d/closed', 0o555)
    d = '#U*%s/d' % p.dir
    try:
        got = p.calls("""
            open f '%s/none' 0
            open f '%s/ro' 1
            open f '%s/ro' 2
            open f '%s/ro' 0x10
            open f '%s/ro' 0
            open f '%s/wo' 0
            open f '%s/wo' 1
            open f '%s/ro' 3
            remove '%s/closed/f'
            create f '%s/closed/g' 1 0666
            wstat '%s/closed/f' name=g
            open f '%s/closed/f' 0x40
            """ % ((d,) * 12), **p.ordinary())
    finally:
        os.chmod(p.dir + '/d/closed', 0o755)
    no = '- permission denied'
    equal(got, [no, no, no, no, 'ok', no, 'ok', no, no, no, no, no])


def test_permissions_of_the_host(p):
    """What the host refuses although the modes would allow it, and the other way round."""
    p.home('home')
    me = p.ordinary()
    equal(p.calls("create f '#U*/etc/x' 1 0666\nopen f '#U*/etc/passwd' 1\nopen f '#U*/etc/shadow' 0\nremove '#U*/etc/passwd'\nopen f '#U*/root/x/y' 0", **me)[:4],
          ['- permission denied'] * 4)
    f = put(p, 'sub/f', 'x')
    os.chmod(p.dir + '/d/sub', 0)
    me = p.ordinary()
    got = p.calls("open f '#U*%s' 0\nopen f '#U*%s/d/sub' 0\nchdir '#U*%s/d/sub'\nopen f f 0" % (f, p.dir, p.dir), **me)
    os.chmod(p.dir + '/d/sub', 0o755)
    equal(got, [named('#U*' + f, 'permission denied'), '- permission denied', '0', "- 'f' permission denied"])


def test_root_of_a_user_is_checked_as_that_user(p):
    if os.getuid() != 0:
        raise Skip('needs root')
    put(p, 'secret', 'x', 0o600)
    put(p, 'public', 'x', 0o644)
    os.chmod(p.dir, 0o755)
    d = '#U*%s/d' % p.dir
    got = p.calls("""
        open u '#c/user' 1
        write $u nobody
        open f '%s/secret' 0
        open f '%s/public' 0
        open f '%s/public' 1
        create f '%s/new' 1 0666
        remove '%s/public'
        wstat '%s/public' mode=0777
        """ % ((d,) * 6))
    no = '- permission denied'
    equal(got, ['ok', '6', no, 'ok', no, no, no, '- not owner'])


def test_errors(p):
    put(p, 'f', 'x')
    put(p, 'full/f')
    d = '#U*%s/d' % p.dir
    equal(p.calls("""
        open f '%s/nosuch' 0
        open f '%s/f/x' 0
        open f '%s' 1
        open f '%s' 0x10
        open f '%s' 3
        remove '%s/full'
        remove '#U*'
        chdir '%s/f'
        """ % ((d,) * 7)),
        [named(d + '/nosuch', 'does not exist'), named(d + '/f', 'not a directory'), '- permission denied', '- permission denied',
         '- cannot exec directory', '- Directory not empty', '- permission denied', '- not a directory'])
    os.symlink('loop', p.dir + '/d/loop')
    equal(p.calls("open f '%s/loop' 0" % d), [named(d + '/loop', 'Too many levels of symbolic links')])


def test_long_name(p):
    os.makedirs(p.dir + '/d')
    d = '#U*%s/d' % p.dir
    name = 'n' * 255
    equal(p.calls("create f '%s/%s' 1 0666\nwrite $f x\nremove '%s/%s'" % (d, name, d, name)), ['ok', '1', '0'])
    equal(p.calls("create f '%s/%s' 1 0666" % (d, name + 'n')), ['- File name too long'])


def test_full(p):
    equal(p.calls("open f '#U*/dev/full' 1\nwrite $f x"), ['ok', '- No space left on device'])
    o, e, st = p.run('sh', '-c', "echo x > '#U*/dev/full'")
    check('No space left' in e and st == 1, 'echo on a full disk', (o, e, st))


def test_too_large(p):
    f = put(p, 'f')
    q = subprocess.run(['sh', '-c', 'ulimit -f 8; exec "$0" "$@"', EMU, p.limbo('calls.b')], input=(
        "open f '#U*%s' 1\npwrite $f 1000000 x\npwrite $f 0 y\n" % f).encode(), capture_output=True, env=environment(p.home('home')), timeout=20 * SCALE)
    equal(q.stdout.decode(), 'ok\n- File too large\n1\n')


def test_descriptors_run_out(p):
    put(p, 'f', 'x')
    script = ''.join("open f%d '#U*%s/d/f' 0\n" % (i, p.dir) for i in range(80)) + 'close f3\nclose f4\n' + "open g '#U*%s/d/f' 0\nread $g 1\n" % p.dir
    q = subprocess.run(['sh', '-c', 'ulimit -n 64; exec "$0" "$@"', EMU, p.limbo('calls.b')], input=script.encode(), capture_output=True,
                       env=environment(p.home('home')), timeout=20 * SCALE)
    got = q.stdout.decode().split('\n')
    check('- Too many open files' in got[:80], 'the limit', got[:80])
    equal(got[80:82], ['ok', '1 x'], 'after closing')


def test_library_without_descriptors(p):
    """The library behind $IPints is loaded when a program asks for it: if that fails the program hears of it."""
    q = subprocess.run(['sh', '-c', 'ulimit -n 64; exec "$0" "$@"', EMU, p.limbo('''implement Few;
include "sys.m";
include "draw.m";
include "ipints.m";
Few: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, nil: list of string)
{
	sys := load Sys Sys->PATH;
	l: list of ref Sys->FD;
	while((fd := sys->open("#U*/dev/null", Sys->OREAD)) != nil)
		l = fd :: l;
	ipints := load IPints IPints->PATH;
	sys->print("%d %r\\n", ipints != nil);
	l = nil;
	ipints = load IPints IPints->PATH;
	IPint: import ipints;
	sys->print("%s\\n", IPint.strtoip("7", 10).expmod(IPint.inttoip(100), IPint.inttoip(1009)).iptostr(10));
}
''')], stdin=subprocess.DEVNULL, capture_output=True, env=environment(p.home('home')), timeout=20 * SCALE)
    got = q.stdout.decode().split('\n')
    check(got[0].startswith('0 lib') and 'Too many open files' in got[0], 'no descriptor is free', (got, q.stderr))
    equal(got[1:], [str(pow(7, 100, 1009)), ''], 'later')


def test_soft_limit_is_raised(p):
    script = ''.join("open f%d '#U*/dev/null' 0\n" % i for i in range(100))
    q = subprocess.run(['sh', '-c', 'ulimit -S -n 64; exec "$0" "$@"', EMU, p.limbo('calls.b')], input=script.encode(), capture_output=True,
                       env=environment(p.home('home')), timeout=20 * SCALE)
    equal(q.stdout.decode(), 'ok\n' * 100)
    q = subprocess.run(['sh', '-c', 'ulimit -S -n 64; exec "$0" os sh -c "ulimit -n"', EMU], stdin=subprocess.DEVNULL, capture_output=True,
                       env=environment(p.home('home')), timeout=20 * SCALE)
    equal(q.stdout.decode(), '64\n', 'commands of the host have the old limit')


def test_large_file(p):
    f = p.file('big', '')
    with open(f, 'r+b') as h:
        for off, mark in ((2**31, b'AAAA'), (2**32 + 7, b'BBBB'), (5 * 10**9, b'CCCC')):
            h.seek(off)
            h.write(mark)
    equal(p.calls("""
        open f '#U*%s' 2
        pread $f 4 %d
        pread $f 4 %d
        seek $f 0 2
        write $f END
        seek $f -7 1
        read $f 100
        seek $f %d 0
        read $f 4
        """ % (f, 2**31, 2**32 + 7, 5 * 10**9)),
        ['ok', '4 AAAA', '4 BBBB', '5000000004', '3', '5000000000', '7 CCCCEND', '5000000000', '4 CCCC'])
    equal(fields(p.calls("stat '#U*%s'" % f)[0])['length'], '5000000007')
    equal(p.run('sh', '-c', "tail -c 4 '#U*%s'; echo; ls -l '#U*%s'" % (f, f))[0].split()[0], 'CEND')


def test_links(p):
    put(p, 'f', 'text')
    put(p, 'sub/g', 'x')
    d = p.dir + '/d'
    os.symlink('f', d + '/link')
    os.symlink('nowhere', d + '/dangling')
    os.symlink('sub', d + '/dirlink')
    h = '#U*' + d
    got = p.calls("""
        open f '%s/link' 0
        read $f 10
        stat '%s/link'
        stat '%s/dangling'
        open f '%s/dangling' 0
        stat '%s/dirlink'
        open f '%s/dirlink/../f' 0
        open f '%s/dirlink/g' 0
        open f '%s' 0
        dirread $f
        remove '%s/dangling'
        remove '%s/dirlink'
        remove '%s/link'
        """ % ((h,) * 11))
    equal(got[:2], ['ok', '4 text'])
    equal(fields(got[2])['name'], 'link')
    equal(fields(got[2])['length'], '4')
    equal(fields(got[3])['name'], 'dangling')
    equal(got[4], '- file does not exist')
    equal(fields(got[5])['mode'][:2], '20')
    equal(got[6:9], ['ok', 'ok', 'ok'])
    equal(sorted(got[9].split(' ')[1:]), ['dangling', 'dirlink', 'f', 'link', 'sub'])
    equal(got[10:], ['0', '0', '0'])
    equal(sorted(os.listdir(d)), ['f', 'sub'])
    equal(os.listdir(d + '/sub'), ['g'])


def test_names_of_any_bytes(p):
    d = p.dir + '/d'
    os.mkdir(d)
    names = [b'caf\xe9', 'caf\u00e9'.encode(), b'new\nline', b'\xff\xfe', b'half\xe2\x82', b'\x7f', '\uef80x'.encode(), b'over\xc0\xaf', '\U0001f600'.encode(), b'a b']
    for n in names:
        with open(d.encode() + b'/' + n, 'wb') as f:
            f.write(b'%d' % len(n))
    o, e, st = p.run('sh', '-c', "cd '#U*%s'; cat *" % d)
    equal((sorted(o), e, st), (sorted(''.join(str(len(n)) for n in names)), '', 0))
    q = p.calls("open f '#U*%s' 0\ndirread $f" % d)
    inside = [w for w in q[1].replace("'a b'", 'a-b').split(' ')[1:]]
    equal(sorted(inside), sorted(['caf\uefe9', 'caf\u00e9', 'new\uef0aline', '\uefff\ueffe', 'half\uefe2\uef82', '\uef7f',
                                  '\uefee\uefbe\uef80x', 'over\uefc0\uefaf', '\U0001f600', 'a-b']))
    o, e, st = p.run('sh', '-c', "cp -r '#U*%s' '#U*%s/copy'; rm -r '#U*%s'" % (d, p.dir, d))
    equal((o, e, st), ('', '', 0))
    check(not os.path.exists(d), 'removed')
    equal(sorted(os.listdir(p.dir.encode() + b'/copy')), sorted(names), 'names of the copy')
    for n in names:
        equal(open(p.dir.encode() + b'/copy/' + n, 'rb').read(), b'%d' % len(n))


def test_special_files(p):
    d = p.dir
    os.mkfifo(d + '/fifo')
    got = []
    t = threading.Thread(target=lambda: got.append(open(d + '/fifo', 'rb').read()))
    t.start()
    equal(p.calls("open f '#U*%s/fifo' 1\nwrite $f hello\nseek $f 0 0\nwrite $f ' there'" % d), ['ok', '5', '0', '6'])
    t.join(10 * SCALE)
    equal(got, [b'hello there'])
    s = socket.socket(socket.AF_UNIX)
    s.bind(d + '/sock')
    s.listen(1)

    def serve():
        c, _ = s.accept()
        c.sendall(b'<' + c.recv(100) + b'>')
        c.close()
    t = threading.Thread(target=serve)
    t.start()
    equal(p.calls("open f '#U*%s/sock' 2\nwrite $f hi\nread $f 100\nread $f 100" % d), ['ok', '2', "4 <hi>", "0 ''"])
    t.join(10 * SCALE)
    s.close()
    equal(p.calls("open f '#U*%s/sock' 2" % d), ['- Connection refused'])


def test_fifo_open_is_interrupted(p):
    os.mkfifo(p.dir + '/fifo')
    e = p.emu()
    e.run("cat '#U*%s/fifo' & pid=$apid" % p.dir)
    e.run('sleep 0; kill $pid')
    check('on' in e.run('echo on').split('\n'), 'the shell goes on')
    end = time.monotonic() + 10 * SCALE
    while e.run('ps | grep Cat') != '':
        check(time.monotonic() < end, 'the reader does not end')


def test_large_directory(p):
    d = p.dir + '/d'
    os.mkdir(d)
    n = 20000
    for i in range(n):
        open('%s/%s' % (d, ('%d-' % i) + 'x' * (i % 240)), 'w').close()
    o, e, st = p.run('sh', '-c', "cd '#U*%s'; ls | wc -l; ls | sort | uniq | wc -l" % d, timeout=60)
    equal(o.split(), [str(n), str(n)])
    script = ''
    for size in (400, 4096, 8192, 65536):
        script += "open f '#U*%s' 0\nrawdir $f %d\nseek $f 0 0\nrawdir $f %d\n" % (d, size, size)
    equal(p.calls(script, timeout=60), ['ok', str(n), '0', str(n)] * 4)
    equal(p.calls("open f '#U*%s' 0\nread $f 10\nseek $f 1 0\nseek $f 0 2\npread $f 1000 5" % d),
          ['ok', '- i/o count too small', '- file is a directory', '- file is a directory', '- file is a directory'])


def test_union_of_large_entries(p):
    for n in ('a', 'b'):
        put(p, n + '/' + 'x' * 250)
        put(p, n + '/y')
    got = p.calls("""
        bind '#U*%s/d/a' /mnt 0
        bind '#U*%s/d/b' /mnt 2
        open f /mnt 0
        rawdir $f 100
        open f /mnt 0
        rawdir $f 400
        """ % (p.dir, p.dir))
    equal(got[4:], ['ok', '4'])
    check(got[3] == '- i/o count too small', 'an entry is not lost', got)


def test_wstat(p):
    f = put(p, 'f', '0123456789', 0o644)
    g = '#U*' + f
    st = os.stat(f)
    equal(p.calls("wstat '%s' mode=0600" % g), ['0'])
    equal(os.stat(f).st_mode & 0o7777, 0o600)
    equal(os.stat(f).st_mtime_ns, st.st_mtime_ns, 'other fields')
    equal(p.calls("wstat '%s' mtime=1000000000" % g), ['0'])
    equal((os.stat(f).st_mtime, os.stat(f).st_atime_ns), (1000000000, st.st_atime_ns))
    equal(p.calls("wstat '%s' atime=1000000001" % g), ['0'])
    equal((os.stat(f).st_mtime, os.stat(f).st_atime), (1000000000, 1000000001))
    equal(p.calls("wstat '%s' length=5 mtime=1200000000" % g), ['0'])
    equal((open(f).read(), os.stat(f).st_mtime), ('01234', 1200000000))
    equal(p.calls("wstat '%s' length=7" % g), ['0'])
    equal(open(f).read(), '01234\0\0')
    equal(p.calls("wstat '%s' gid=%s" % (g, GROUP)), ['0'])
    equal(p.calls("wstat '%s' name=g mode=0640" % g), ['0'])
    equal((os.path.exists(f), os.stat(p.dir + '/d/g').st_mode & 0o777), (False, 0o640))
    equal(p.calls("open f '#U*%s/d/g' 2\nfwstat $f\nfwstat $f name=f\nfstat $f\nfwstat $f length=2\nfwstat $f mode=0400\nwrite $f xyz" % p.dir)[4:],
          ['0', '0', '3'])
    equal((open(f).read(), os.stat(f).st_mode & 0o777), ('xyz', 0o400))


def test_wstat_all_or_nothing(p):
    f = put(p, 'f', '0123456789', 0o644)
    put(p, 'other', 'keep', 0o600)
    put(p, 'dir/x')
    g = '#U*' + f
    before = os.stat(f)

    def unchanged():
        st = os.stat(f)
        equal((st.st_ino, st.st_mode, st.st_size, st.st_mtime_ns, st.st_gid), (before.st_ino, before.st_mode, before.st_size, before.st_mtime_ns, before.st_gid))
        equal(open(p.dir + '/d/other').read(), 'keep')
    for change, err in (('name=a/b length=0', "bad character in file name: a/b"), ('gid=nosuchgroup length=0 mode=0', 'unknown user or group id'),
                        ('name=dir length=0 mode=0600', 'Is a directory'), ('name=.. mode=0', 'file name syntax'),
                        ('name=new mode=0x800001a4 length=1', 'bad arg in system call'), ('name=other length=-5', 'negative i/o offset'),
                        ('name=other length=0x7fffffffffffffff mode=0600', 'File too large'),
                        ('name=new length=0x7fffffffffffffff mode=0600', 'File too large')):
        got = p.calls("wstat '%s' %s" % (g, change))
        equal(got, ['- ' + err], change)
        unchanged()
    equal(p.calls("wstat '%s' name=other mode=0600" % g), ['0'], 'a file in the way is replaced')
    equal((open(p.dir + '/d/other').read(), os.path.exists(f)), ('0123456789', False))
    equal(sorted(os.listdir(p.dir + '/d')), ['dir', 'other'])


def test_wstat_of_directories(p):
    put(p, 'dir/x')
    d = p.dir + '/d/dir'
    os.chmod(d, 0o1755)
    equal(p.calls("wstat '#U*%s' mode=0x800001c0" % d), ['0'])
    equal(os.stat(d).st_mode & 0o7777, 0o1700, 'the sticky bit stays')
    equal(p.calls("wstat '#U*%s' mode=0700\nwstat '#U*%s' length=5\nwstat '#U*%s' length=0\nwstat '#U*%s' name=e\nwstat '#U*' name=x" % ((d,) * 4)),
          ['- bad arg in system call', '- permission denied', '0', '0', '- permission denied'])
    equal(os.listdir(p.dir + '/d/e'), ['x'])


def test_remove_on_close(p):
    d = p.dir + '/d'
    os.mkdir(d)
    equal(p.calls("create f '#U*%s/a' 0x41 0600\nwrite $f x\nopen g '#U*%s/a' 0\nclose f\nopen g '#U*%s/a' 0" % (d, d, d)),
          ['ok', '1', 'ok', named('#U*%s/a' % d, 'does not exist')])
    put(p, 'b', 'x')
    equal(p.calls("open f '#U*%s/b' 0x40" % d), ['ok'])
    equal(os.listdir(d), [], 'removed when its opener ended')


def test_remove_on_close_when_killed(p):
    d = p.dir + '/d'
    os.mkdir(d)
    dis = p.limbo('calls.b')
    script = "create f '#U*%s/a' 0x41 0600\necho made\nsleep 100000\n" % d
    for end in ('kill', 'TERM', 'HUP'):
        q = subprocess.Popen([EMU, dis], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(p.home('home'))) if end != 'kill' else None
        if q:
            q.stdin.write(script.encode())
            q.stdin.flush()
            equal((q.stdout.readline(), q.stdout.readline()), (b'ok\n', b'made\n'))
            equal(os.listdir(d), ['a'])
            q.send_signal(getattr(signal, 'SIG' + end))
            q.wait(10 * SCALE)
            q.stdin.close()
            q.stdout.close()
        else:
            s = p.file('script', script)
            e = p.emu()
            e.run("'#U*%s' < '#U*%s' > /tmp/out & pid=$apid" % (dis, s))
            stop = time.monotonic() + 10 * SCALE
            while not os.path.exists(d + '/a') and time.monotonic() < stop:
                time.sleep(0.01)
            e.run('kill $pid')
            stop = time.monotonic() + 10 * SCALE
            while os.path.exists(d + '/a') and time.monotonic() < stop:
                time.sleep(0.01)
        equal(os.listdir(d), [], 'after ' + end)


def test_fsync(p):
    f = put(p, 'f', 'x')
    equal(p.calls("open f '#U*%s' 1\nwrite $f abc\nfwstat $f\nopen d '#U*%s/d' 0\nfwstat $d\nwstat '#U*%s'" % (f, p.dir, f)), ['ok', '3', '0', 'ok', '0', '0'])


def test_inside_union(p):
    o, e, st = p.run('sh', '-c', 'echo x >/tmp/f; mkdir /usr/new; echo y >/usr/new/g; cat /tmp/f /usr/new/g; ls -d /dis/sh.dis; echo z >/dis/zz; echo $status')
    check(o.startswith('x\ny\n/dis/sh.dis\n'), 'files', o)
    check(os.path.exists(p.home('home') + '/.local/share/emu/usr/new/g'), 'where they are')


def test_exclusive(p):
    d = '#U*%s' % p.dir
    equal(p.calls("""
        create f '%s/lock' 1 0x200001a4
        open g '%s/lock' 0
        close f
        open g '%s/lock' 0
        create f '%s/lock' 1 0666
        close g
        create f '%s/lock' 1 0666
        close f
        wstat '%s/lock' mode=0644
        open f '%s/lock' 0
        open g '%s/lock' 0
        """ % ((d,) * 8)), ['ok', '- device or object already in use', 'ok', '- device or object already in use', 'ok', '0', 'ok', 'ok'])
    got = p.calls("create f '%s/l2' 1 0x200001a4\nstat '%s/l2'\nclose f\nremove '%s/l2'\ncreate f '%s/l2' 1 0644\nstat '%s/l2'" % ((d,) * 5))
    equal((fields(got[1])['mode'], fields(got[1])['qid'][-3:], fields(got[4])['mode']), ('4000000600', '.20', '600'))


def test_exclusive_and_append_are_bounded(p):
    """Each such file keeps a descriptor; all together no more than a quarter of what there may be, and those of removed files come back."""
    d = '#U*%s' % p.dir
    script = ''.join("create f%d '%s/s%d' 1 0x400001a4\nclose f%d\n" % (i, d, i, i) for i in range(60)) + "open g '%s/s1' 0\n" % d
    script += ''.join("remove '%s/s%d'\n" % (d, i) for i in range(40)) + "create h '%s/again' 1 0x200001a4\n" % d
    q = subprocess.run(['sh', '-c', 'ulimit -n 128; exec "$0" "$@"', EMU, p.limbo('calls.b')], input=script.encode(), capture_output=True,
                       env=environment(p.home('home')), timeout=20 * SCALE)
    got = q.stdout.decode().split('\n')
    equal(got[:60], ['ok'] * 32 + ['- no free file descriptors'] * 28)
    equal((got[60], got[61:101], got[101]), ('ok', ['0'] * 32 + ["- '%s/s32' does not exist" % d] + got[94:101], 'ok'))


def test_append(p):
    d = '#U*%s' % p.dir
    equal(p.calls("""
        create f '%s/log' 1 0x400001a4
        write $f one
        pwrite $f 0 two
        open g '%s/log' 0x11
        write $g three
        write $f four
        open r '%s/log' 0
        read $r 100
        """ % ((d,) * 3)), ['ok', '3', '3', 'ok', '5', '4', 'ok', '15 onetwothreefour'])
    f = put(p, 'f', 'abc')
    got = p.calls("wstat '#U*%s' mode=0x400001a4\nopen f '#U*%s' 1\nwrite $f x\nstat '#U*%s'" % (f, f, f))
    equal((got[:3], open(f).read(), fields(got[3])['mode']), (['0', 'ok', '1'], 'abcx', '10000000644'))
