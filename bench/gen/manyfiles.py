#!/usr/bin/env python3
"""Make directory DIR with N small files.

    manyfiles.py DIR N
"""
import os
import sys

os.makedirs(sys.argv[1], exist_ok=True)
for i in range(int(sys.argv[2])):
    with open(os.path.join(sys.argv[1], 'file%06d' % i), 'w') as f:
        f.write('x' * (i % 100))
print(sys.argv[2])
