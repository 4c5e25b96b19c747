#!/usr/bin/env python3
"""Compiles the programs in gen/ and checks the objects: gen.py LIMBO MODULEDIR [limbo options].

Each must compile with several options and pass the verifier; where NAME.s stands beside NAME.b, the assembly text must
be that (apart from the recorded path).
"""
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OPTIONS = ([], ['-F'], ['-z'], ['-g'], ['-i'], ['-c', '-s', '4000'])


def main(limbo, include):
    bad = 0
    with tempfile.TemporaryDirectory() as tmp:
        for src in sorted(glob.glob(os.path.join(HERE, 'gen', '*.b'))):
            name = os.path.basename(src)[:-2]
            for opts in OPTIONS:
                out = os.path.join(tmp, name + '.dis')
                cmd = [limbo, '-I' + include] + opts + ['-o', out, src]
                p = subprocess.run(cmd, capture_output=True, text=True)
                if p.returncode != 0 or p.stdout or p.stderr:
                    print('%s: %s%s (status %d)' % (' '.join(cmd), p.stdout, p.stderr, p.returncode))
                    bad += 1
                    continue
                p = subprocess.run([sys.executable, os.path.join(HERE, 'verify.py'), out], capture_output=True, text=True)
                if p.returncode != 0:
                    print('%s %s:\n%s' % (name, ' '.join(opts), p.stdout + p.stderr))
                    bad += 1
            want = src[:-2] + '.s'
            if os.path.exists(want):
                out = os.path.join(tmp, name + '.s')
                subprocess.run([limbo, '-I' + include, '-S', '-o', out, src])
                got = [l for l in open(out) if not l.startswith('\tsource')]
                if got != open(want).readlines():
                    print('%s: assembly differs from %s' % (out, want))
                    print(''.join(got))
                    bad += 1
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
