#!/usr/bin/env python3
"""limbo-mode, and the language server through Eglot: emacs.el in a place of its own.

    emacs.py path/of/limbols

Exits with status 77 if Emacs is not installed.
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    if shutil.which("emacs") is None:
        print("emacs is not installed: skipped")
        return 77
    with tempfile.TemporaryDirectory(prefix="limbols.") as place:
        env = dict(os.environ, HOME=place, SERVER=os.path.abspath(sys.argv[1]), PLACE=place,
                   TREE=os.path.dirname(os.path.dirname(HERE)))
        for name in ("EMU", "ROOT"):
            env.pop(name, None)
        return subprocess.run(["emacs", "-Q", "--batch", "-l", os.path.join(HERE, "emacs.el")], env=env, cwd=place,
                              stdin=subprocess.DEVNULL, timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main())
