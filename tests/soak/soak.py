#!/usr/bin/env python3
"""Lets an emu work for a long time and compares what it holds then with what it held in the beginning.

    EMU=path/of/emu soak.py [seconds]

Rounds of shells, spawning, faults, killing and file work go on for so many seconds (3600). Memory, descriptors, threads and
processes are taken after a few rounds and at the end, each time when nothing runs. The status is 1 if something was left behind.
"""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../e2e'))
sys.dont_write_bytecode = True
from emulib import EMU, Failure, Place  # noqa: E402

WARM = 10  # rounds before the first measurement

ROUND = [
    ('soak.dis', 'soak.dis'),
    ('pipes', 'for i in 1 2 3 4 5 {cat /module/sys.m | sort -r | uniq | wc > /dev/null}'),
    ('shells', 'for i in 1 2 3 {sh -c {x=`{echo a b c}; for j in $x {echo $j}} > /dev/null}'),
    ('status', 'ls /nosuch >[2] /dev/null; cat /nosuch >[2] /dev/null'),
    ('files', 'mkdir /tmp/s; for i in 1 2 3 4 {echo $i > /tmp/s/$i}; cp /tmp/s/1 /tmp/s/5; mv /tmp/s/5 /tmp/s/6; rm -r /tmp/s'),
    ('find', 'du -a /dis > /dev/null; grep -i xyzzy /module/sys.m > /dev/null'),
    ('memfs', 'sh -c {memfs /mnt; cp /module/sys.m /mnt/w; cmp /module/sys.m /mnt/w; unmount /mnt}'),
    ('background', 'sleep 1000 & kill $apid'),
]


def held(e):
    """What the process holds, once it rests."""
    pid = e.p.pid
    last = None
    for _ in range(100):
        e.run('sleep 1', 60)
        # No pipeline here: its own processes would count, or not yet.
        now = {'descriptors': len(os.listdir('/proc/%d/fd' % pid)), 'processes': len(e.run('ls /prog', 60).split())}
        for line in e.run('cat /dev/memory', 60).splitlines():
            f = line.split()
            now['pool ' + f[7]] = int(f[0])
        with open('/proc/%d/status' % pid) as f:
            for line in f:
                if line.startswith('VmRSS'):
                    now['resident kB'] = int(line.split()[1])
        if now == last:
            break
        last = now
    return now


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3600
    with Place() as p:
        limbo = os.path.join(os.path.dirname(EMU), 'limbo')
        dis = os.path.join(p.dir, 'soak.dis')
        subprocess.run([limbo, '-w', '-I' + os.path.join(HERE, '../../module'), '-o', dis, os.path.join(HERE, 'soak.b')], check=True)
        e = p.emu()
        e.run('load std')
        rounds = 0
        failures = set()

        def turn():
            for name, cmd in ROUND:
                out = e.run('#U*' + dis + ' >[2=1]' if cmd == 'soak.dis' else cmd, 600)
                lines = [x for x in out.splitlines() if 'Broken:' not in x and not x.endswith(':killed')]
                if lines:
                    failures.add('%s: %s' % (name, ' / '.join(lines)[:300]))

        for _ in range(WARM):
            turn()
        first = held(e)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            turn()
            rounds += 1
        last = held(e)
    bad = 0
    for k in first:
        slack = 0
        if k.startswith('pool'):
            slack = max(first[k] // 20, 200000)
        elif k == 'resident kB':
            slack = max(first[k] // 5, 8192)
        ok = last[k] <= first[k] + slack
        bad += not ok
        print('%-12s %12d %12d%s' % (k, first[k], last[k], '' if ok else '  LEFT BEHIND'))
    for f in sorted(failures):
        print('FAIL ' + f)
    print('%d rounds' % rounds)
    return 1 if bad or failures else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Failure as e:
        print('FAIL %s' % e)
        sys.exit(1)
