"""What users of such systems have reported, each with the number it has in the list of reports; those that have no test elsewhere."""
import hashlib
import os
import re
import socket
import subprocess
import threading
import time

from emulib import EMU, SCALE, check, environment, equal

# What waits by its nature, or serves.
WAITS = {'pause', 'phone', 'emuinit', 'shutdown'}


def status_of(p, script, **kw):
    """(standard output, standard error, $status) of a script."""
    o, e, _ = p.bytes('sh', '-c', script + '\necho status $status', **kw)
    o, e = o.decode('latin-1'), e.decode()
    out, mark, st = o.rpartition('status')
    return out, e, st.strip() if mark else 'ended'


def inside(p, source):
    """The name of the object file for a shell in emu."""
    return "'#U*%s'" % p.limbo(source)


def commands(p):
    o, _, _ = p.run('sh', '-c', 'cd /dis; du -a')
    names = [l.split()[-1] for l in o.splitlines() if l.endswith('.dis')]
    names = [n[2:] if n.startswith('./') else n for n in names]
    return sorted(n[:-4] for n in names if not n.startswith(('lib/', 'sh/', 'mash/')))


def test_17_commands_never_break(p):
    """No arguments, flags that do not exist, files that do not exist: one line, a status, and no fault."""
    all = commands(p)
    check(len(all) > 100, 'commands', all)
    bad = []
    for c in all:
        if c in WAITS:
            continue
        for args in ('-?', '', '/nosuch/file'):
            o, e, st = status_of(p, '/dis/%s %s < /dev/null' % (c, args))
            if 'Broken' in e or (e and not e.endswith('\n')):
                bad.append((c, args, e[-200:]))
            if e.startswith('usage') and not st and c not in ('ramfile', 'time'):  # these two have none, as ever
                bad.append((c, args, 'usage without a status'))
    equal(bad, [])


FAILING = '''
ar t /nosuch
cat /nosuch
chmod 644 /nosuch
cmp /nosuch /module/sys.m
comm /nosuch /module/sys.m
cp /nosuch /tmp/x
cp /module/sys.m /nosuch/x
dd -if /nosuch
diff /nosuch /module/sys.m
disdump /nosuch
du /nosuch
fmt /nosuch
grep x /nosuch
gunzip /nosuch.gz
kill nosuch
limbo /nosuch.b
ls /nosuch
md5sum /nosuch
mk -f /nosuch
mkdir /nosuch/x
mount /nosuch /n/local
bind /nosuch /n/local
unmount /n/nosuch
mv /nosuch /tmp/x
rm /nosuch
sed p /nosuch
sha1sum /nosuch
sort /nosuch
strings /nosuch
sum /nosuch
tail /nosuch
tee /nosuch/x < /dev/null
touch /nosuch/x
uniq /nosuch
wc /nosuch
xd /nosuch
echo x > /nosuch/x
cd /nosuch
'''


def test_11_failures_have_a_status(p):
    bad = []
    for c in FAILING.strip().splitlines():
        o, e, st = status_of(p, c)
        if not st or not e or 'Broken' in e:
            bad.append((c, e, st))
    equal(bad, [])


def test_12_texts_of_failure(p):
    for text, want in (('fail:', 'failed'), ('fail:  x', 'x'), ('fail:x y', 'x y')):
        prog = inside(p, '''implement F;
            include "sys.m";
            include "draw.m";
            F: module { init: fn(nil: ref Draw->Context, argv: list of string); };
            init(nil: ref Draw->Context, nil: list of string) { raise "%s"; }
            ''' % text)
        equal(status_of(p, prog)[2], want, text)


def test_19_copies_of_trees(p):
    o, e, _ = p.run('sh', '-c', '''cd /tmp; mkdir -p a/b; echo x > a/b/f; chmod 444 a/b/f; chmod 555 a/b
        cp -r a c; echo status $status
        ls -l c c/b
        chmod 755 a/b c/b; rm -r a c''')
    check('status \n' in o and re.search(r'd-r-xr-xr-x .* c/b\n', o) and re.search(r'--r--r--r-- .* c/b/f\n', o), 'modes', (o, e))


def test_21_no_newline_at_the_end(p):
    f = p.file('home/f', 'a\nb')
    at = "'#U*%s'" % f
    for c, want in (('sort %s', 'a\nb\n'), ('uniq %s', 'a\nb'), ('sed -n p %s', 'a\nb'), ('grep b %s', 'b\n'), ('tail -1 %s', 'b'),
                    ('cat %s', 'a\nb'), ('wc -l %s', None), ('fmt %s', None), ('comm /dev/null %s', None)):
        o, e, st = status_of(p, c % at)
        check(e == '' and ('b' in o or 'wc' in c), c, (o, e))
        if want is not None:
            equal(o.rstrip('\n'), want.rstrip('\n'), c)
    # a script's last line
    g = p.file('home/g', 'echo first\necho last')
    equal(p.run('sh', "#U*%s" % g)[0], 'first\nlast\n')
    # ndb, and a line that is read
    n = p.file('home/n', 'sys=one\n\tip=1.2.3.4\nsys=two ip=5.6.7.8')
    equal(p.run('ndb/query', '-f', '#U*' + n, 'sys', 'two', 'ip')[0], '5.6.7.8\n')
    equal(p.run('sh', '-c', '{read; read} < %s' % at)[0], 'a\nb')


def test_29_many_modules(p):
    """Code of modules that are loaded and dropped again is not used up."""
    o, e, st = p.run('sh', stdin='cp /dev/null /tmp/x\n' * 3000 + 'echo end\n', timeout=120)
    equal((o, e, st), ('end\n', '', 0))
    prog = p.limbo('''implement L;
        include "sys.m";
        include "draw.m";
        include "string.m";
        L: module { init: fn(nil: ref Draw->Context, argv: list of string); };
        init(nil: ref Draw->Context, nil: list of string)
        {
            sys := load Sys Sys->PATH;
            n := 0;
            for(i := 0; i < 20000; i++){
                s := load String String->PATH;
                n += len s->toupper("abc");
            }
            sys->print("%d\\n", n);
        }''')
    equal(p.run(prog, timeout=120), ('60000\n', '', 0))


def test_43_writes_are_whole(p):
    """A write that fits into a message is one write at the other end, and iounit tells how much that is."""
    prog = inside(p, '''implement W;
        include "sys.m";
            sys: Sys;
        include "draw.m";
        W: module { init: fn(nil: ref Draw->Context, argv: list of string); };
        init(nil: ref Draw->Context, argv: list of string)
        {
            sys = load Sys Sys->PATH;
            if(tl argv == nil){
                sys->bind("#s", "/chan", Sys->MBEFORE);
                io := sys->file2chan("/chan", "log");
                for(;;) alt {
                (nil, nil, nil, rc) := <-io.read =>
                    if(rc != nil)
                        rc <-= (nil, nil);
                (off, data, nil, wc) := <-io.write =>
                    if(wc == nil)
                        continue;
                    sys->print("write %d\\n", len data);
                    wc <-= (len data, nil);
                }
            }
            fd := sys->open(hd tl argv, Sys->OWRITE);
            unit := sys->iounit(fd);
            sys->print("unit %d\\n", unit);
            for(l := 8000 :: 60000 :: unit :: 2 * unit + 5 :: nil; l != nil; l = tl l)
                sys->print("%d\\n", sys->write(fd, array[hd l] of {* => byte 'x'}, hd l));
        }''')
    a, b = p.emu('a'), p.emu('b')
    a.run('%s > /tmp/log &' % prog)
    a.run("while {! ftest -e /chan/log} {sleep 1}")
    a.quiet("listen -A 'tcp!127.0.0.1!7043' {export / &}")
    b.quiet('mount -A tcp!127.0.0.1!7043 /n/remote')
    got = b.run('%s /n/remote/chan/log' % prog).split()
    unit = int(got[1])
    check(unit >= 60000, 'unit', got)
    equal(got[2:], ['8000', '60000', str(unit), str(2 * unit + 5)])
    equal(a.run('cat /tmp/log').split()[1::2], ['8000', '60000', str(unit), str(unit), str(unit), '5'])


def test_47_clients_when_descriptors_run_out(p):
    """A listener that has no descriptors left waits without spinning, and serves when there are some again."""
    e = p.emu('home', within=['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'])
    e.quiet("listen -A 'tcp!127.0.0.1!7047' {cat}")
    held = [socket.create_connection(('127.0.0.1', 7047)) for _ in range(200)]

    def busy():
        f = open('/proc/%d/stat' % e.p.pid).read().rsplit(')', 1)[1].split()
        return (int(f[11]) + int(f[12])) / os.sysconf('SC_CLK_TCK')
    time.sleep(1)
    t = busy()
    time.sleep(2)
    check(busy() - t < 0.5, 'the processor rests', busy() - t)
    for s in held:
        s.close()
    end = time.monotonic() + 30 * SCALE
    while True:
        s = socket.create_connection(('127.0.0.1', 7047))
        s.settimeout(2)
        try:
            s.sendall(b'hello')
            if s.recv(5) == b'hello':
                break
        except OSError:
            pass
        s.close()
        check(time.monotonic() < end, 'a later client')
    s.close()


def test_48_mount_again(p):
    """Where the server of a mount has gone everything fails at once, and another can be mounted there."""
    a, b = p.emu('a'), p.emu('b')
    a.quiet("listen -A 'tcp!127.0.0.1!7048' {export / &}")
    b.quiet('mount -A tcp!127.0.0.1!7048 /n/remote')
    b.run('cd /n/remote/dis; {sleep 1000} < /n/remote/module/sys.m &')
    os.killpg(a.p.pid, 9)
    a.p.wait()
    t = time.monotonic()
    for c in ('ls /n/remote', 'cat /n/remote/module/sys.m', 'ls', 'echo x > /n/remote/tmp/x', 'cd /n/remote/module'):
        check(b.run(c) != '', c)
    check(time.monotonic() - t < 5 * SCALE, 'at once', time.monotonic() - t)
    b.quiet('cd /; unmount /n/remote')
    c = p.emu('c')
    c.quiet("listen -A 'tcp!127.0.0.1!7049' {export / &}")
    b.quiet('mount -A tcp!127.0.0.1!7049 /n/remote')
    equal(b.run('ls -d /n/remote/module/sys.m'), '/n/remote/module/sys.m')


def test_50_dials_among_nonsense(p):
    """Whatever is asked of the connection server, every dial ends, and good ones succeed."""
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!7050' {cat}")
    prog = inside(p, '''implement D;
        include "sys.m";
            sys: Sys;
        include "draw.m";
        include "dial.m";
            dial: Dial;
        D: module { init: fn(nil: ref Draw->Context, argv: list of string); };
        one(s: string, c: chan of int)
        {
            conn := dial->dial(s, nil);
            c <-= conn != nil;
        }
        init(nil: ref Draw->Context, nil: list of string)
        {
            sys = load Sys Sys->PATH;
            dial = load Dial Dial->PATH;
            long := "x";
            while(len long < 100000)
                long += long;
            bad := array[] of {"tcp", "!!", "tcp!!", long, "$x!y", "", "tcp!127.0.0.1", "tcp!127.0.0.1!nosuch", "net!!1", "nosuch!a!b"};
            good := chan of int;
            ill := chan of int;
            for(i := 0; i < 100; i++){
                spawn one("tcp!127.0.0.1!7050", good);
                spawn one(bad[i % len bad], ill);
            }
            ok := wrong := 0;
            for(i = 0; i < 200; i++) alt {
            v := <-good =>
                ok += v;
            v := <-ill =>
                wrong += v;
            }
            sys->print("%d %d\\n", ok, wrong);
        }''')
    equal(e.run(prog, 60), '100 0')


def test_51_names_without_a_connection_server(p):
    e = p.emu()
    e.quiet("listen -A 'tcp!localhost!7051' {echo hello}")
    equal(e.run("dial -A 'tcp!localhost!7051' {cat >[1=2]}").strip()[:5], 'hello')
    t = time.monotonic()
    got = e.run("dial -A 'tcp!nosuch.invalid!80' {cat >[1=2]}", 30)
    check('invalid' not in got.replace('nosuch.invalid', '') and got != '', 'a name error', got)
    check(time.monotonic() - t < 15 * SCALE, 'within seconds')


def test_52_bursts_of_connections(p):
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!7052' {cat}")
    results = []

    def client(i):
        try:
            s = socket.create_connection(('127.0.0.1', 7052), 60)
            s.settimeout(60)
            s.sendall(b'%04d' % i)
            results.append(s.recv(4) == b'%04d' % i)
            s.close()
        except OSError as x:
            results.append(x)
    ts = [threading.Thread(target=client, args=(i,)) for i in range(300)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    equal([r for r in results if r is not True], [])
    equal(len(results), 300)


def test_54_local_addresses(p):
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!7054' {cat}")
    local = [l.split()[1] for f in ('tcp', 'tcp6') for l in open('/proc/net/' + f) if l.split()[1].endswith(':%04X' % 7054)]
    equal([a[-13:] for a in local], ['0100007F:%04X' % 7054])
    e.quiet("listen -A 'tcp!*!7055' {cat}")
    for a in ('127.0.0.1', '127.0.0.2', '::1'):
        socket.create_connection((a, 7055)).close()


def test_57_full_disks_are_told(p):
    """A write that the host refuses is the command's failure, and the old file stays where one was replaced."""
    if os.getuid() != 0 or subprocess.run(['unshare', '-m', 'true'], stderr=subprocess.DEVNULL).returncode != 0:
        from emulib import Skip
        raise Skip('no mount name space')
    small = p.home('small')
    p.file('big', os.urandom(200000))
    e = p.emu('home', within=['unshare', '-m', 'sh', '-ec', 'mount -t tmpfs -o size=64k none %s; exec "$@"' % small, 'sh'])
    e.quiet("bind '#U*%s' /n/local" % p.dir)
    got = e.run('cp /n/local/big /n/local/small/x; echo status $status')
    check('o space left' in got and not got.endswith('status '), 'cp', got)
    got = e.run('cat /n/local/big > /n/local/small/y; echo status $status')
    check('o space left' in got and not got.endswith('status '), 'cat', got)


def test_79_versions(p):
    """Offers of dialects are answered with the plain protocol, nonsense with unknown."""
    import struct
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!7079' {export / &}")
    for offer, want in ((b'9P2000', b'9P2000'), (b'9P2000.L', b'9P2000'), (b'9P2000.u', b'9P2000'), (b'9P2000.XYZ', b'9P2000'), (b'9P1999', b'unknown'), (b'', b'unknown')):
        s = socket.create_connection(('127.0.0.1', 7079))
        s.settimeout(20)
        m = struct.pack('<BHIH', 100, 0xFFFF, 8216, len(offer)) + offer
        s.sendall(struct.pack('<I', 4 + len(m)) + m)
        r = s.recv(100)
        equal(r[13:], want, offer)
        s.close()
