"""Starts real emu processes and talks to their shells, for the tests of this directory."""
import fcntl
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
EMU = os.path.abspath(os.environ.get('EMU', os.path.join(HERE, '../../build/bin/emu')))
SCALE = float(os.environ.get('TIMEOUT_SCALE', '1'))


class Failure(Exception):
    pass


def check(cond, what, detail=''):
    if not cond:
        raise Failure(what + (': ' + repr(detail) if detail != '' else ''))


def equal(got, want, what=''):
    if got != want:
        raise Failure('%s: got %r, want %r' % (what or 'difference', got, want))


def environment(home):
    e = dict(os.environ)
    for k in ('EMU', 'ROOT', 'INFERNO', 'XDG_DATA_HOME', 'XDG_STATE_HOME'):
        e.pop(k, None)
    e['HOME'] = home
    # a sanitizer's quarantine would count as memory that is not given back
    e['ASAN_OPTIONS'] = 'quarantine_size_mb=4:' + e.get('ASAN_OPTIONS', '')
    return e


def give(path, uid, gid):
    """Changes the owner. The root of a user name space of one user (see run.py) cannot."""
    try:
        os.chown(path, uid, gid, follow_symlinks=False)
    except OSError as e:
        raise Skip('needs root: %s' % e)


class Place:
    """A temporary directory with homes in it; everything is gone at the end."""

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix='emu-e2e.')
        self.emus = []
        return self

    def __exit__(self, *a):
        for e in self.emus:
            e.end()
        shutil.rmtree(self.dir, ignore_errors=True)

    def home(self, name):
        h = os.path.join(self.dir, name)
        os.makedirs(h, exist_ok=True)
        return h

    def file(self, name, data):
        p = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        with open(p, 'wb') as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return p

    def emu(self, name='home', *args, within=()):
        """An emu with a home of that name; within: words before its command, such as nsenter's."""
        e = Emu(self.home(name), *args, within=within)
        self.emus.append(e)
        return e

    def ordinary(self):
        """What makes a run one of an ordinary user: nothing, or if we are root, nobody, to whom the place is given."""
        if os.getuid() != 0:
            return {}
        nobody = 65534
        for d, _, files in os.walk(self.dir):
            for f in [d] + [os.path.join(d, f) for f in files]:
                give(f, nobody, nobody)
        os.chmod(self.dir, 0o755)
        if subprocess.run([EMU, '--version'], stdout=subprocess.DEVNULL, user=nobody).returncode != 0:
            raise Skip('nobody cannot run ' + EMU)
        return {'user': nobody, 'group': nobody, 'extra_groups': []}

    def run(self, *args, **kw):
        """Runs emu to its end: (stdout, stderr, status)."""
        o, e, status = self.bytes(*args, **kw)
        return o.decode(), e.decode(), status

    def bytes(self, *args, stdin='', timeout=20, name='home', **kw):
        """The same for output of any bytes."""
        p = subprocess.Popen([EMU] + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env=environment(self.home(name)), start_new_session=True, **kw)
        try:
            o, e = p.communicate(stdin.encode(), timeout * SCALE)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            o, e = p.communicate()
            raise Failure('emu %r does not end: %r %r' % (args, o[-500:], e[-500:]))
        return o, e, p.returncode

    def limbo(self, source):
        """Host path of the object file of a Limbo program, given as text or as a file beside this one."""
        if '\n' in source:
            source = self.file('%d.b' % len(os.listdir(self.dir)), source)
        else:
            source = os.path.join(HERE, source)
        out = os.path.join(self.dir, os.path.basename(source)[:-2] + '.dis')
        if not os.path.exists(out):
            subprocess.run([os.path.join(os.path.dirname(EMU), 'limbo'), '-o', out, source], check=True)
        return out

    def calls(self, script, *options, **kw):
        """What the system calls in script give, a line each (see calls.b)."""
        o, e, st = self.run(*options, self.limbo('calls.b'), stdin='\n'.join(l.strip() for l in script.strip().split('\n')) + '\n', **kw)
        equal((e, st), ('', 0), 'calls')
        return o.split('\n')[:-1]


class Emu:
    """A running emu whose shell reads commands from us."""

    def __init__(self, home, *args, within=()):
        self.count = 0
        self.p = subprocess.Popen(list(within) + [EMU] + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, env=environment(home), start_new_session=True)
        self.buf = b''
        self.run('')

    def read(self, until, timeout):
        end = time.monotonic() + timeout * SCALE
        fd = self.p.stdout.fileno()
        while until not in self.buf:
            left = end - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                raise Failure('no %r after %gs: %r' % (until, timeout, self.buf[-1000:]))
            d = os.read(fd, 65536)
            if not d:
                raise Failure('emu ended: %r' % self.buf[-1000:])
            self.buf += d
        out, _, self.buf = self.buf.partition(until)
        return out.decode('utf-8', 'replace')

    def send(self, text):
        self.p.stdin.write(text.encode())
        self.p.stdin.flush()

    def run(self, cmd, timeout=20):
        """What cmd prints (both outputs), without the last newline."""
        self.count += 1
        mark = '--%d-done--' % self.count
        self.send(cmd + '\necho %s\n' % mark)
        return self.read((mark + '\n').encode(), timeout).rstrip('\n')

    def quiet(self, cmd, timeout=20):
        equal(self.run(cmd, timeout), '', cmd)

    def status(self):
        return self.run('echo $status')

    def end(self):
        if self.p.poll() is None:
            try:
                self.p.stdin.close()
                self.p.wait(1 * SCALE)
            except (OSError, subprocess.TimeoutExpired):
                os.killpg(self.p.pid, signal.SIGKILL)
                self.p.wait()
        self.p.stdout.close()
        return self.p.returncode


class Skip(Exception):
    """The host lacks something that the test needs."""


class Listener:
    """A server on a port of loopback: serve(connection) has a thread for each that comes."""

    def __init__(self, serve):
        self.sock = socket.create_server(('127.0.0.1', 0))
        self.port = self.sock.getsockname()[1]
        self.serve = serve
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.sock.accept()
            except OSError:
                return
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def close(self):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


class Terminal:
    """An emu on a pseudo-terminal."""

    def __init__(self, home, *args, **env):
        try:
            self.pid, self.fd = pty.fork()
        except OSError as e:
            raise Skip('no pseudo-terminal: %s' % e)
        if self.pid == 0:
            os.execve(EMU, [EMU] + list(args), dict(environment(home), **env))
        self.buf = b''

    def expect(self, text, timeout=15):
        want = text.encode()
        end = time.monotonic() + timeout * SCALE
        while want not in self.buf:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise Failure('no %r on the terminal: %r' % (text, self.buf[-800:]))
            try:
                d = os.read(self.fd, 4096)
            except OSError:
                d = b''
            if not d:
                raise Failure('terminal closed before %r: %r' % (text, self.buf[-800:]))
            self.buf += d
        out, _, self.buf = self.buf.partition(want)
        return out.decode('utf-8', 'replace')

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait(self, timeout=10):
        """Exit status, or minus the signal."""
        end = time.monotonic() + timeout * SCALE
        while time.monotonic() < end:
            pid, st = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(st)
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    self.buf += os.read(self.fd, 4096)
                except OSError:
                    pass
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        raise Failure('emu on a terminal does not end')


def owner_of_port(port, listening):
    """Pids that hold the TCP socket whose local port it is (listening, or connected)."""
    inodes = set()
    for f in ('/proc/net/tcp', '/proc/net/tcp6'):
        try:
            lines = open(f).read().splitlines()[1:]
        except OSError:
            continue
        for l in lines:
            w = l.split()
            if int(w[1].rsplit(':', 1)[1], 16) == port and (w[3] == '0A') == listening:
                inodes.add('socket:[%s]' % w[9])
    pids = set()
    for pid in os.listdir('/proc'):
        if not pid.isdigit():
            continue
        try:
            for fd in os.listdir('/proc/%s/fd' % pid):
                if os.readlink('/proc/%s/fd/%s' % (pid, fd)) in inodes:
                    pids.add(int(pid))
        except OSError:
            pass
    return pids


def loopback_up():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fcntl.ioctl(s, 0x8914, struct.pack('16sh14x', b'lo', 0x1 | 0x40))  # SIOCSIFFLAGS, IFF_UP|IFF_RUNNING
    s.close()


class Screen:
    """A terminal of its own (a tmux server) with a shell of the host in it, seen as the user sees it."""

    def __init__(self, place, home, columns=80, lines=24, **env):
        if not shutil.which('tmux'):
            raise Skip('no tmux')
        self.sock = os.path.join(place.dir, 'tmux%d' % len(place.emus))
        place.emus.append(self)
        e = environment(home)
        e.pop('TMUX', None)
        e.update(env, EMU_BIN=EMU, TERM='screen', LC_ALL='C.UTF-8')
        r = self.tmux('-f', '/dev/null', 'new-session', '-d', '-x', str(columns), '-y', str(lines), 'bash --norc --noediting -i', env=e)
        check(r.returncode == 0, 'tmux', r.stderr)
        self.await_(lambda l: l[-1] != '', 'a shell')
        self.type("PS1='host$ '; clear\n")
        self.await_(lambda l: l == ['host$'], 'a clear screen')

    def tmux(self, *args, env=None, stdin=None):
        return subprocess.run(['tmux', '-u', '-S', self.sock] + list(args), capture_output=True, text=True, input=stdin,
                              timeout=20 * SCALE, env=env)

    def keys(self, *keys):
        """Names of keys as tmux has them; other words are typed."""
        self.tmux('send-keys', *keys)

    def type(self, text):
        self.tmux('send-keys', '-l', text)

    def paste(self, text):
        """As a terminal does it whose program wants pastes to be marked."""
        self.tmux('load-buffer', '-', stdin=text)
        self.tmux('paste-buffer', '-p', '-r')

    def resize(self, columns, lines):
        self.tmux('resize-window', '-x', str(columns), '-y', str(lines))

    def lines(self):
        """What is on the screen, without blank ends."""
        return [l.rstrip() for l in self.tmux('capture-pane', '-p').stdout.rstrip().split('\n')]

    def cursor(self):
        x, y = self.tmux('display-message', '-p', '#{cursor_x} #{cursor_y}').stdout.split()
        return int(x), int(y)

    def await_(self, cond, what, timeout=15):
        end = time.monotonic() + timeout * SCALE
        while True:
            l = self.lines()
            if cond(l):
                return l
            if time.monotonic() > end:
                raise Failure('%s: the screen shows\n%s' % (what, '\n'.join(l)))
            time.sleep(0.03)

    def last(self, *want, timeout=15):
        """Waits until these are the last lines on the screen."""
        return self.await_(lambda l: l[-len(want):] == list(want), 'want %r at the end' % (want,), timeout)

    def end(self):
        self.tmux('kill-server')
