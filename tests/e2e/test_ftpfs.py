"""ftpfs with a small FTP server of our own."""
import os
import socket
import time

from emulib import Listener, check, equal


class Ftp:
    """Serves a directory to one user. `mlsd', `epsv': whether it knows these."""

    def __init__(self, root, mlsd, epsv):
        self.root, self.mlsd, self.epsv = root, mlsd, epsv
        self.log = []
        self.conns = []
        self.port = Listener(self.session).port

    def drop(self):
        """As if the server had grown tired of waiting."""
        for c in self.conns:
            c.shutdown(socket.SHUT_RDWR)
        self.conns = []

    def session(self, c):
        self.conns.append(c)
        f = c.makefile('rb')
        cwd, data, frm = '/', None, None

        def say(s):
            c.sendall(s.encode() + b'\r\n')

        def local(name):
            return self.root + os.path.normpath(os.path.join(cwd, name))

        def over(take):
            say('150 here it comes')
            d, _ = data.accept()
            take(d)
            d.close()
            data.close()
            say('226 done')

        def get(d):
            out = b''
            while True:
                b = d.recv(65536)
                if not b:
                    return out
                out += b

        say('220-welcome\r\n220 ready')
        while True:
            try:
                line = f.readline().decode().rstrip('\r\n')
            except OSError:
                return
            if not line:
                return
            cmd, _, arg = line.partition(' ')
            self.log.append(line)
            try:
                if cmd == 'USER':
                    say('331 password')
                elif cmd == 'PASS':
                    say('230 in' if arg == 'secret' else '530 no')
                elif cmd == 'TYPE':
                    say('200 binary')
                elif cmd == 'PWD':
                    say('257 "/" it is')
                elif cmd == 'CWD':
                    os.listdir(local(arg))
                    cwd = os.path.normpath(os.path.join(cwd, arg))
                    say('250 there')
                elif cmd == 'EPSV' and self.epsv:
                    data = socket.create_server(('127.0.0.1', 0))
                    say('229 Extended Passive (|||%d|)' % data.getsockname()[1])
                elif cmd == 'PASV':
                    data = socket.create_server(('127.0.0.1', 0))
                    p = data.getsockname()[1]
                    say('227 Passive (10,0,0,1,%d,%d)' % (p // 256, p % 256))
                elif cmd == 'MLSD' and self.mlsd:
                    lines = ['type=cdir; .']
                    for n in os.listdir(self.root + cwd):
                        st = os.stat(local(n))
                        lines.append('type=%s;size=%d;modify=20200102030405; %s' % ('dir' if os.path.isdir(local(n)) else 'file', st.st_size, n))
                    over(lambda d: d.sendall(('\r\n'.join(lines) + '\r\n').encode()))
                elif cmd == 'LIST':
                    lines = ['total 1']
                    for n in os.listdir(self.root + cwd):
                        st = os.stat(local(n))
                        lines.append('%s 1 own grp %d Jan 02 2020 %s' % ('drwxr-xr-x' if os.path.isdir(local(n)) else '-rw-r--r--', st.st_size, n))
                    over(lambda d: d.sendall(('\r\n'.join(lines) + '\r\n').encode()))
                elif cmd == 'RETR':
                    b = open(local(arg), 'rb').read()
                    over(lambda d: d.sendall(b))
                elif cmd == 'STOR':
                    def take(d):
                        b = get(d)
                        with open(local(arg), 'wb') as g:
                            g.write(b)
                    over(take)
                elif cmd == 'MKD':
                    os.mkdir(local(arg))
                    say('257 made')
                elif cmd == 'DELE':
                    os.remove(local(arg))
                    say('250 gone')
                elif cmd == 'RMD':
                    os.rmdir(local(arg))
                    say('250 gone')
                elif cmd == 'RNFR':
                    frm = local(arg)
                    say('350 and to?')
                elif cmd == 'RNTO':
                    os.rename(frm, local(arg))
                    say('250 renamed')
                elif cmd == 'QUIT':
                    say('221 bye')
                    return
                else:
                    say('502 what?')
            except OSError as e:
                say('550 %s' % e.strerror)


def stored(e, file, want):
    """A file has its contents when it has been closed, which the shell does behind the command."""
    end = time.monotonic() + 20
    while open(file).read() != want and time.monotonic() < end:
        e.run('')
    equal(open(file).read(), want)


def use(p, mlsd, epsv):
    root = p.home('ftp')
    big = bytes(range(256)) * 2000
    p.file('ftp/big', big)
    p.file('ftp/a file', 'one\n')
    os.makedirs(root + '/d')
    s = Ftp(root, mlsd, epsv)
    e = p.emu()
    e.quiet('mkdir /tmp/ftp; ftpfs -q -m /tmp/ftp -a secret tcp!127.0.0.1!%d' % s.port)
    equal(e.run('ls -p /tmp/ftp'), 'a file\nbig\nd')
    check('512000' in e.run('ls -l /tmp/ftp/big'), 'a size', e.run('ls -l /tmp/ftp/big'))
    equal(e.run("cat '/tmp/ftp/a file'"), 'one')
    e.quiet('cp /tmp/ftp/big /tmp/big')
    equal(open(p.home('home') + '/.local/share/emu/tmp/big', 'rb').read(), big)
    e.quiet('cp /tmp/big /tmp/ftp/d/copy')
    equal(open(root + '/d/copy', 'rb').read(), big)
    e.quiet('echo two >> /tmp/ftp/d/new')
    e.quiet('echo three >> /tmp/ftp/d/new')
    stored(e, root + '/d/new', 'two\nthree\n')
    e.quiet('mv /tmp/ftp/d/new /tmp/ftp/d/newer; mkdir /tmp/ftp/e; rm /tmp/ftp/d/copy')
    equal(sorted(os.listdir(root + '/d')), ['newer'])
    check(os.path.isdir(root + '/e'), 'a directory')
    check('does not exist' in e.run('cat /tmp/ftp/nothing'), 'missing', e.run('cat /tmp/ftp/nothing'))
    check(e.run('rm /tmp/ftp/d') != '', 'not empty')
    # The server has given the connection up; nobody notices.
    s.drop()
    e.quiet('rm /tmp/ftp/e')
    check(not os.path.exists(root + '/e'), 'after another login')
    # What others do is seen when the list is forgotten.
    p.file('ftp/late', 'late\n')
    e.run('ls /tmp/ftp/.flush.ftpfs')
    equal(e.run('cat /tmp/ftp/late'), 'late')
    return s


def test_modern(p):
    s = use(p, True, True)
    check('MLSD' in s.log and 'EPSV' in s.log and 'PASV' not in s.log, 'what it can')


def test_old(p):
    s = use(p, False, False)
    check('LIST' in s.log and 'PASV' in s.log, 'what it can')


def test_refused(p):
    s = Ftp(p.home('ftp'), True, True)
    e = p.emu()
    equal(e.run('ftpfs -a wrong tcp!127.0.0.1!%d; echo $status' % s.port), 'ftpfs: login failed: no\nlogin failed: no')
    out = e.run('ftpfs -a x tcp!127.0.0.1!1')
    equal(out, 'ftpfs: dial tcp!127.0.0.1!1 failed: Connection refused')
