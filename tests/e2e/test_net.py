"""The network: protocols of #I, TLS, and what goes over them."""
import http.server
import os
import shutil
import socket
import ssl
import subprocess
import threading

from emulib import Skip, check, equal


class Hello(http.server.BaseHTTPRequestHandler):
    timeout = 20

    def setup(self):
        # Here, not at the listening socket: a handshake that fails is nobody else's business.
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def do_GET(self):
        body = b'hello over tls\n'
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *a):
        pass


def certificate(p):
    """Files of a certificate for 127.0.0.1 and localhost, and of its key."""
    if not shutil.which('openssl'):
        raise Skip('no openssl command')
    cert, key = p.dir + '/cert.pem', p.dir + '/key.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
                    '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key, '-out', cert],
                   check=True, stderr=subprocess.DEVNULL)
    return cert, key


def test_https(p):
    cert, key = certificate(p)
    web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hello)
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(cert, key)
    web.tls = ctx
    web.daemon_threads = True
    web.handle_error = lambda *a: None
    threading.Thread(target=web.serve_forever, daemon=True).start()
    url = 'https://127.0.0.1:%d/x.txt' % web.server_address[1]
    try:
        stranger = p.emu('stranger')
        out = stranger.run('webgrab -o - ' + url)
        check('certificate' in out and 'hello' not in out, 'a certificate nobody vouches for', out)
        os.environ['SSL_CERT_FILE'] = cert
        try:
            e = p.emu('friend')
        finally:
            del os.environ['SSL_CERT_FILE']
        equal(e.run('webgrab -o - ' + url), 'hello over tls')
        # The name is looked at too: the certificate is not for this address.
        out = e.run('webgrab -o - ' + url.replace('127.0.0.1', '127.0.0.2'))
        check('hello' not in out, 'another name', out)
    finally:
        web.shutdown()
        web.server_close()


def test_tls_both_ends(p):
    cert, key = certificate(p)
    os.environ['SSL_CERT_FILE'] = cert
    try:
        e = p.emu()
    finally:
        del os.environ['SSL_CERT_FILE']
    p.file('home/serve.b', '''implement Serve;
include "sys.m";
	sys: Sys;
include "draw.m";
include "tls.m";
Serve: module { init: fn(nil: ref Draw->Context, argv: list of string); };

# echoes what comes over TLS until the other end says farewell
init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	tls := load Tls Tls->PATH;
	fds := array[2] of ref Sys->FD;
	sys->pipe(fds);
	done := chan of int;
	spawn echo(tls, fds[0], hd tl argv, hd tl tl argv, done);
	(fd, err) := tls->client(fds[1], "localhost");
	if(fd == nil){
		sys->print("client: %s\\n", err);
		return;
	}
	buf := array[100000] of { * => byte 'x' };
	spawn sender(fd, buf);
	back := array[8192] of byte;
	total := 0;
	while(total < len buf && (n := sys->read(fd, back, len back)) > 0)
		total += n;
	sys->print("%d bytes\\n", total);
	fd = nil;
	sys->print("echo ended with %d\\n", <-done);
}

sender(fd: ref Sys->FD, buf: array of byte)
{
	sys->write(fd, buf, len buf);
}

echo(tls: Tls, t: ref Sys->FD, cert, key: string, done: chan of int)
{
	(fd, err) := tls->server(t, cert, key);
	t = nil;
	if(fd == nil)
		sys->print("server: %s\\n", err);
	buf := array[8192] of byte;
	while((n := sys->read(fd, buf, len buf)) > 0)
		sys->write(fd, buf, n);
	done <-= n;
}
''')
    e.quiet("limbo -o /tmp/serve.dis '#U*%s/serve.b'" % p.home('home'))
    equal(e.run("/tmp/serve '#U*%s' '#U*%s'" % (cert, key)), '100000 bytes\necho ended with 0')


def test_unix_sockets(p):
    path = p.dir + '/sock'
    a = p.emu('a')
    a.quiet("listen -A 'unix!%s' { export /dev & }" % path)
    b = p.emu('b')
    b.quiet('mkdir /tmp/r')
    b.quiet("mount -A 'unix!%s' /tmp/r" % path)
    equal(b.run('cat /tmp/r/sysname'), a.run('cat /dev/sysname'))
    b.quiet('unmount /tmp/r')
    # A program of the host on the other side, and one that has left its socket behind.
    stale = p.dir + '/stale'
    s = socket.socket(socket.AF_UNIX)
    s.bind(stale)
    s.close()
    a.quiet("listen -A 'unix!%s' { echo hello from emu }" % stale)
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(stale)
    equal(s.makefile().read(), 'hello from emu\n')
    s.close()
    out = b.run("dial -A 'unix!%s/nothing' {cat}" % p.dir)
    check('No such file' in out or 'does not exist' in out, 'nobody there', out)
    out = b.run("dial -A 'unix!relative' {cat}")
    check('malformed address' in out, 'a path is absolute', out)
