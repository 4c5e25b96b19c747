"""svc/httpd/httpd, asked by clients that are not ours."""
import http.client
import os
import socket

from emulib import check, equal

PORT = 8088


def start(p, *extra):
    root = p.home('site')
    p.file('site/index.html', '<h1>home</h1>\n')
    p.file('site/a b.txt', 'text\n')
    p.file('site/big', bytes(range(256)) * 4096)
    p.file('site/d/<x>.dat', 'x')
    p.file('secret', 'secret\n')
    os.makedirs(p.home('home') + '/.local/share/emu/services/httpd', exist_ok=True)
    e = p.emu()
    e.quiet('echo .dat text/x-dat > /services/httpd/httpd.suff')
    e.quiet('{echo /old /d; echo /away http://example.org/there} > /services/httpd/httpd.rewrite')
    e.quiet("svc/httpd/httpd -a 'tcp!127.0.0.1!%d' -r '#U*%s' %s" % (PORT, root, ' '.join(extra)))
    return e


def ask(path, method='GET', conn=None, **headers):
    c = conn or http.client.HTTPConnection('127.0.0.1', PORT, timeout=20)
    c.request(method, path, headers={k.replace('_', '-'): v for k, v in headers.items()})
    r = c.getresponse()
    return r, r.read()


def test_files(p):
    e = start(p)
    c = http.client.HTTPConnection('127.0.0.1', PORT, timeout=20)
    for i in range(3):
        r, body = ask('/', conn=c)
        equal((r.status, body), (200, b'<h1>home</h1>\n'), 'on one connection')
    r, body = ask('/a%20b.txt', conn=c)
    equal((r.status, body, r.getheader('Content-Type')), (200, b'text\n', 'text/plain; charset=utf-8'))
    r, body = ask('/big', conn=c)
    equal(body, bytes(range(256)) * 4096)
    tag = r.getheader('ETag')
    equal(ask('/big', conn=c, If_None_Match=tag)[0].status, 304)
    r, body = ask('/big', conn=c, Range='bytes=1000-1009')
    equal((r.status, body, r.getheader('Content-Range')), (206, bytes(x % 256 for x in range(1000, 1010)), 'bytes 1000-1009/1048576'))
    equal(ask('/big', conn=c, Range='bytes=-2')[1], b'\xfe\xff')
    equal(ask('/big', conn=c, Range='bytes=2000000-')[0].status, 416)
    r, body = ask('/big', 'HEAD', conn=c)
    equal((r.status, r.getheader('Content-Length'), body), (200, '1048576', b''))
    r, body = ask('/d', conn=c)
    equal((r.status, r.getheader('Location')), (301, '/d/'))
    r, body = ask('/d/', conn=c)
    check(b'&lt;x&gt;.dat' in body and b'%3Cx%3E.dat' in body, 'a list', body)
    r, body = ask('/old/%3Cx%3E.dat', conn=c)
    equal((r.status, body, r.getheader('Content-Type')), (200, b'x', 'text/x-dat'))
    r, body = ask('/away/far', conn=c)
    equal((r.status, r.getheader('Location')), (301, 'http://example.org/there/far'))
    equal(ask('/nothing', conn=c)[0].status, 404)
    equal(ask('/', 'DELETE', conn=c)[0].status, 501)
    check('GET /big 206 10' in e.run('cat /services/httpd/httpd.log'), 'recorded')


def raw(data):
    s = socket.create_connection(('127.0.0.1', PORT))
    s.settimeout(20)
    s.sendall(data)
    out = b''
    while True:
        try:
            d = s.recv(65536)
        except ConnectionResetError:
            d = b''
        if not d:
            return out
        out += d


def test_hostile(p):
    start(p)
    for path in ('/../secret', '/%2e%2e/secret', '/d/../../secret', '/..%2fsecret', '/%2e%2e%2f%2e%2e%2fetc/passwd', '//etc/passwd', '/#U*/etc/passwd',
                 '/%23U*/etc/passwd'):
        out = raw(b'GET %s HTTP/1.0\r\n\r\n' % path.encode())
        check(b'secret' not in out.split(b'\r\n\r\n', 1)[1] and b'root:' not in out, path, out[:300])
    for bad in (b'\r\n' * 10 + b'X\r\n', b'GET / HTTP/1.1\r\n\r\n', b'GET /%0 HTTP/1.0\r\n\r\n', b'GET /%00 HTTP/1.0\r\n\r\n', b'GET x HTTP/1.0\r\n\r\n'):
        check(raw(bad).startswith(b'HTTP/1.1 400'), 'a bad request', bad)
    check(b' 431 ' in raw(b'GET / HTTP/1.0\r\n' + b'a: b\r\n' * 200 + b'\r\n'), 'too many headers')
    raw(b'GET /' + b'a' * 100000 + b' HTTP/1.0\r\n\r\n')
    equal(raw(b'GET /a%20b.txt\r\n'), b'text\n', 'the oldest way')
    # Still there.
    equal(ask('/')[0].status, 200)


def test_remote(p):
    """webgrab gets what httpd gives, with and without TLS."""
    from test_net import certificate
    cert, key = certificate(p)
    os.environ['SSL_CERT_FILE'] = cert
    try:
        e = start(p, '-s', "'#U*%s'" % cert, "'#U*%s'" % key)
    finally:
        del os.environ['SSL_CERT_FILE']
    equal(e.run('webgrab -o - https://127.0.0.1:%d/a%%20b.txt' % PORT), 'text')
