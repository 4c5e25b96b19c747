#!/usr/bin/env python3
"""Connections to one emu: the memory of many idle ones, and errors of many busy ones.

    connections.py [-e emu] [-l limbo] [-i idle] [-b busy] [-r rounds]

The Limbo program system/conns.b has a process per connection, which waits in a read.
"""
import argparse
import os
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(HERE, '../build/bin')


def rss(pid):
    with open('/proc/%d/status' % pid) as f:
        s = dict(l.split(':', 1) for l in f)
    return int(s['VmRSS'].split()[0]) / 1024, int(s['Threads'])


def connect(port, n):
    out = []
    for i in range(n):
        s = socket.create_connection(('127.0.0.1', port))
        out.append(s)
    return out


def echo(socks, rounds):
    """Each sends and awaits the echo `rounds' times, all at once. Number of errors."""
    sel = selectors.DefaultSelector()
    left = {}
    errors = 0
    for i, s in enumerate(socks):
        msg = b'%08d' % i
        s.setblocking(True)
        s.sendall(msg)
        left[s] = [rounds, msg, b'']
        sel.register(s, selectors.EVENT_READ)
    while left:
        ready = sel.select(60)
        if not ready:
            return errors + len(left)
        for k, _ in ready:
            s = k.fileobj
            st = left[s]
            try:
                d = s.recv(8 - len(st[2]))
            except OSError:
                d = b''
            st[2] += d
            if d and len(st[2]) < 8:
                continue
            if st[2] != st[1]:
                errors += 1
            st[0] -= 1
            if st[2] != st[1] or st[0] == 0:
                sel.unregister(s)
                del left[s]
                continue
            st[2] = b''
            s.sendall(st[1])
    return errors


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('-e', default=os.path.join(BIN, 'emu'))
    ap.add_argument('-l', default=os.path.join(BIN, 'limbo'))
    ap.add_argument('-i', type=int, default=10000)
    ap.add_argument('-b', type=int, default=1000)
    ap.add_argument('-r', type=int, default=100)
    o = ap.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run([o.l, '-I', os.path.join(HERE, '../module'), '-o', tmp + '/conns.dis', HERE + '/system/conns.b'], check=True)
        p = subprocess.Popen([o.e, '#U*%s/conns.dis' % tmp, str(port)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            assert p.stdout.readline() == b'ready\n'
            base, _ = rss(p.pid)
            t = time.monotonic()
            socks = connect(port, o.i)
            # The last of them have been taken when they answer.
            errors = echo(socks[-10:], 1)
            mb, threads = rss(p.pid)
            print('idle %d: %.0f MB (%.0f MB without), %d threads, %d errors, %.1f s' %
                  (o.i, mb, base, threads, errors, time.monotonic() - t))
            for s in socks:
                s.close()
            socks = connect(port, o.b)
            t = time.monotonic()
            errors = echo(socks, o.r)
            t = time.monotonic() - t
            print('busy %d: %d echoes, %d errors, %.1f s, %.0f MB' % (o.b, o.b * o.r, errors, t, rss(p.pid)[0]))
            for s in socks:
                s.close()
        finally:
            p.kill()
            p.wait()
    return 1 if errors else 0


sys.exit(main())
