#!/usr/bin/env python3
"""Write N lines, a number and a word each, to standard output: the same on every host.

    lines.py N
"""
import sys

x = 12345
out = []
for i in range(int(sys.argv[1])):
    x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
    out.append('%d %s\n' % (x >> 34, ''.join('abcdefghijklmnop'[x >> k & 15] for k in range(2, 34, 4)) + str(x >> 57)))
    if len(out) == 65536:
        sys.stdout.write(''.join(out))
        out = []
sys.stdout.write(''.join(out))
