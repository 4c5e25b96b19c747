"""Commands that reach other systems, against servers of this file and of another emu; and connections that ask for authentication."""
import socket
import threading

import ninep as n
from emulib import Skip, check, equal, owner_of_port


class Talk:
    """A server that plays a script: each step is bytes to send, or a number of bytes to receive; what was received stays."""

    def __init__(self, *steps, port=0):
        self.got = b''
        self.sock = socket.create_server(('127.0.0.1', port))
        self.port = self.sock.getsockname()[1]
        self.thread = threading.Thread(target=self.run, args=(steps,), daemon=True)
        self.thread.start()

    def run(self, steps):
        c, _ = self.sock.accept()
        c.settimeout(20)
        try:
            for s in steps:
                if isinstance(s, bytes):
                    c.sendall(s)
                    continue
                end = len(self.got) + s
                while len(self.got) < end:
                    d = c.recv(end - len(self.got))
                    if not d:
                        return
                    self.got += d
        except OSError:
            pass
        finally:
            c.close()


def test_rcmd(p):
    a, b = p.emu('a'), p.emu('b')
    a.quiet("listen -A 'tcp!127.0.0.1!17010' {auxi/rstyxd &}")
    a.quiet('echo there > /tmp/where')
    b.quiet('echo here > /tmp/where')
    equal(b.run('rcmd -A tcp!127.0.0.1!17010 cat /tmp/where /n/client/tmp/where'), 'there\nhere')
    equal(b.run("rcmd -A tcp!127.0.0.1!17010 echo 'a b' c"), 'a b c')
    equal(b.run('rcmd -A -x /tmp tcp!127.0.0.1!17010 echo x'), '')  # a tree without dev: the command has no console
    got = b.run('rcmd -A tcp!127.0.0.1!17010 nosuch')
    check(got.startswith("rstyxd: can't load /dis/nosuch.dis: "), 'a command that is not there', got)
    got = b.run('rcmd tcp!127.0.0.1!17010 echo x; echo status $status')
    check(got.startswith('rcmd: authentication is not available, -A does without') and got.endswith('status error'), 'without -A', got)
    got = b.run('rcmd -A tcp!127.0.0.1!17019 echo x; echo status $status')
    check(got.startswith("rcmd: can't dial tcp!127.0.0.1!17019: ") and got.endswith('status dial'), 'nobody there', got)
    got = b.run('cpu 127.0.0.1 echo x; echo status $status')
    check(got.startswith('cpu: authentication is not available') and got.endswith('status no authentication'), 'cpu authenticates', got)
    # the server goes on
    equal(b.run('rcmd -A tcp!127.0.0.1!17010 cat /tmp/where'), 'there')
    # nonsense for a command
    for text in (b'nonsense\n', b'0\n', b'-1\n', b'99999999\n', b'5\nab'):
        with socket.create_connection(('127.0.0.1', 17010)) as c:
            c.sendall(text)
    equal(b.run('rcmd -A tcp!127.0.0.1!17010 cat /tmp/where'), 'there')


def test_telnet(p):
    IAC, WILL, WONT, DO, DONT, SB, SE = (bytes([x]) for x in (255, 251, 252, 253, 254, 250, 240))
    e = p.emu()
    # options: it does without those it does not know, says what terminal it is, and leaves the echo to the server
    s = Talk(IAC + DO + b'\x18' + IAC + WILL + b'\x03' + IAC + DO + b'\x05' + IAC + WILL + b'\x2a', 12,
             IAC + SB + b'\x18\x01' + IAC + SE, 13, b'login\r\n\xff\xffend\r\n')
    got = e.run('sleep 1 | telnet 127.0.0.1 %d' % s.port)
    equal(got.splitlines()[0], 'telnet: connected to tcp!127.0.0.1!%d' % s.port)
    check('login\n' in got and 'end' in got, 'text', got)
    equal(s.got[:12], IAC + WILL + b'\x18' + IAC + DO + b'\x03' + IAC + WONT + b'\x05' + IAC + DONT + b'\x2a')
    equal(s.got[12:], IAC + SB + b'\x18\x00network'[:9] + IAC + SE)
    # what is typed
    s = Talk(9)
    e.run("{echo one; echo two} | telnet 127.0.0.1 %d" % s.port)
    equal(s.got, b'one\r\ntwo\r')
    got = e.run('telnet 127.0.0.1 17029; echo status $status')
    check(got.startswith("telnet: can't dial tcp!127.0.0.1!17029: ") and got.endswith('status dial'), 'nobody there', got)


def test_whois(p):
    e = p.emu()
    s = Talk(13, b'% comment\r\nrefer: whois.example\r\nname: x\r\n')
    equal(e.run('whois -n -a tcp!127.0.0.1!%d example.org' % s.port),
          '[using server tcp!127.0.0.1!%d]\n%% comment\nrefer: whois.example\nname: x' % s.port)
    equal(s.got, b'example.org\r\n')
    try:
        second = Talk(13, b'the end\r\n', port=43)
    except OSError as x:
        raise Skip('port 43: %s' % x)
    s = Talk(13, b'  Whois Server: 127.0.0.1\r\n')
    equal(e.run('whois -a tcp!127.0.0.1!%d example.org' % s.port).splitlines()[2:], ['[using server tcp!127.0.0.1!43]', 'the end'])
    second.thread.join(5)
    got = e.run('whois -a tcp!127.0.0.1!17039 example.org; echo status $status')
    check("whois: can't dial tcp!127.0.0.1!17039: " in got and got.endswith('status dial'), 'nobody there', got)


class Mail:
    """A mail server that takes everything, but for recipients that begin with no."""

    def __init__(self):
        self.commands = []
        self.text = b''
        self.sock = socket.create_server(('127.0.0.1', 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            c, _ = self.sock.accept()
            f = c.makefile('rwb')

            def say(s):
                f.write(s + b'\r\n')
                f.flush()
            say(b'220-hello\r\n220 there')
            data = False
            for line in f:
                if data:
                    data = line != b'.\r\n'
                    if data:
                        self.text += line
                    else:
                        say(b'250 taken')
                    continue
                self.commands.append(line.decode().rstrip('\r\n'))
                word = line[:4]
                if line.startswith(b'RCPT TO:<no'):
                    say(b'550 no such user')
                elif word == b'DATA':
                    data = True
                    say(b'354 go on')
                elif word == b'QUIT':
                    say(b'221 bye')
                    break
                else:
                    say(b'250 fine')
            f.close()
            c.close()


def test_sendmail(p):
    e, m = p.emu(), Mail()
    e.quiet('MAILSERVER=tcp!127.0.0.1!%d; echo -n here > /dev/sysname' % m.port)
    e.quiet("""echo 'From: A <a@x.org>
to: "B, the b" <b@x.org>, c@x.org (a comment, too)
Bcc: d@x.org
Subject: one
 two

.dots
..
end' | sendmail""")
    equal(m.commands[1:], ['MAIL FROM:<a@x.org>', 'RCPT TO:<d@x.org>', 'RCPT TO:<c@x.org>', 'RCPT TO:<b@x.org>', 'DATA', 'QUIT'])
    lines = m.text.decode().split('\r\n')
    check(lines[0].startswith('Date: '), 'date', lines)
    equal(lines[1:], ['From: A <a@x.org>', 'to: "B, the b" <b@x.org>, c@x.org (a comment, too)', 'Subject: one', ' two', '', '..dots', '...', 'end', ''])
    m.commands, m.text = [], b''
    e.quiet('echo just text | sendmail x@y.org z@y.org')
    check(m.commands[1].startswith('MAIL FROM:<') and m.commands[1].endswith('@here>'), 'the sender', m.commands)
    equal(m.commands[2:4], ['RCPT TO:<x@y.org>', 'RCPT TO:<z@y.org>'])
    check(b'To: x@y.org, z@y.org\r\n\r\njust text\r\n' in m.text, 'text', m.text)
    m.text = b''
    got = e.run('echo x > /tmp/m; sendmail a@y.org nobody@y.org < /tmp/m; echo status $status')
    equal(got, 'sendmail: RCPT TO:<nobody@y.org>: 550 no such user\nstatus error')
    equal(m.text, b'')
    equal(e.run('sendmail < /tmp/m; echo status $status'), 'sendmail: no recipients\nstatus error')
    got = e.run('MAILSERVER=tcp!127.0.0.1!17049; sendmail a@y.org < /tmp/m; echo status $status')
    check(got.startswith("sendmail: can't dial tcp!127.0.0.1!17049: ") and got.endswith('status error'), 'no server', got)


def test_netstat(p):
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!17040' {cat}")
    e.quiet("listen -A 'unix!%s/sock' {cat}" % p.dir)
    with socket.create_connection(('127.0.0.1', 17040)) as c:
        c.sendall(b'x')
        c.recv(1)
        lines = [l.split() for l in e.run('netstat').splitlines()]
        me = '127.0.0.1!%d' % c.getsockname()[1]
        check(any(l[0].startswith('tcp/') and l[2:5] == ['Established', '127.0.0.1!17040', me] for l in lines), 'a call', lines)
    check(any(l[0].startswith('tcp/') and l[2:4] == ['Announced', '127.0.0.1!17040'] for l in lines), 'an announcement', lines)
    check(any(l[0].startswith('unix/') and l[2] == 'Announced' and p.dir + '/sock' in l[3] for l in lines), 'a socket', lines)


def test_authentication_is_refused(p):
    """A client that begins with Tauth is told, in words that it knows, and goes on without."""
    e = p.emu()
    e.quiet("listen -A 'tcp!127.0.0.1!17050' {export / &}")
    with n.Conn(('127.0.0.1', 17050)) as c:
        c.send(n.version())
        c.recv()
        c.send(n.auth(1, 5))
        r = c.recv()
        equal((r[0], r[2][2:]), (107, b'authentication not required'))
        c.ok(n.attach(1, 5, user='whoever', aname='anything'))  # the number stays free
        c.ok(n.walk(1, 5, 6, 'module'))
        c.send(n.attach(1, 7, afid=5))  # a fid that does not authenticate
        check(c.recv()[0] in (105, 107), 'an answer')


def test_authentication_that_servers_want(p):
    """What a server says that wants it reaches the user; nothing is mounted."""
    def serve(c):
        while True:
            d = c.recv(1000)
            if not d:
                return
            if d[4] == 100:
                c.sendall(n.packet(101, 0xFFFF, (8192).to_bytes(4, 'little') + n.s('9P2000')))
            else:
                c.sendall(n.packet(107, int.from_bytes(d[5:7], 'little'), n.s('server wants authentication')))
    l = socket.create_server(('127.0.0.1', 0))

    def accept():
        while True:
            serve(l.accept()[0])
    threading.Thread(target=accept, daemon=True).start()
    e = p.emu()
    port = l.getsockname()[1]
    got = e.run('mount -A tcp!127.0.0.1!%d /n/remote; echo status $status' % port)
    check('server wants authentication' in got and not got.endswith('status '), 'its words', got)
    equal(e.run('ls /n/remote'), '')
    # and without -A nothing is sent to it in the clear
    got = e.run('mount tcp!127.0.0.1!%d /n/remote; echo status $status' % port)
    check('mount: authentication is not available, -A does without' in got and not got.endswith('status '), 'not silently', got)
    got = e.run('listen tcp!127.0.0.1!17060 {cat}; echo status $status')
    check('listen: authentication is not available, -A does without' in got and not got.endswith('status '), 'nor served', got)
    equal(owner_of_port(17060, True), set())
