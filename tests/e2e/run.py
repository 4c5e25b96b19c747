#!/usr/bin/env python3
"""Runs the end-to-end tests beside this file: every function test_* of every test_*.py.

    EMU=path/of/emu run.py [-v] [pattern ...]

If the host allows it, all of it happens in a network of its own, so that the ports of the examples are free.
"""
import fnmatch
import glob
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

if 'E2E_NETWORK' not in os.environ and shutil.which('unshare'):
    for flags in (['-n'], ['-rn']):
        if subprocess.run(['unshare'] + flags + ['true'], stderr=subprocess.DEVNULL).returncode == 0:
            os.environ['E2E_NETWORK'] = 'own'
            os.execvp('unshare', ['unshare'] + flags + [sys.executable, os.path.abspath(__file__)] + sys.argv[1:])
import emulib  # noqa: E402

if os.environ.get('E2E_NETWORK') == 'own':
    emulib.loopback_up()

os.umask(0o022)
# What a shell's & or nohup has set: emu would leave ignored what it finds ignored.
for sig in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(sig) == signal.SIG_IGN:
        signal.signal(sig, signal.SIG_DFL)


def main():
    verbose = '-v' in sys.argv[1:]
    pats = [a for a in sys.argv[1:] if not a.startswith('-')]
    passed = failed = 0
    for f in sorted(glob.glob(os.path.join(HERE, 'test_*.py'))):
        spec = importlib.util.spec_from_file_location(os.path.basename(f)[:-3], f)
        m = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(m)
        for name in [n for n in dir(m) if n.startswith('test_')]:
            full = m.__name__[5:] + '/' + name[5:]
            if pats and not any(fnmatch.fnmatch(full, p) for p in pats):
                continue
            t = time.monotonic()
            try:
                with emulib.Place() as place:
                    getattr(m, name)(place)
                passed += 1
                if verbose:
                    print('ok   %s (%.1fs)' % (full, time.monotonic() - t), flush=True)
            except emulib.Skip as e:
                print('skip %s: %s' % (full, e), flush=True)
            except emulib.Failure as e:
                failed += 1
                print('FAIL %s: %s' % (full, e), flush=True)
            except Exception:
                failed += 1
                print('FAIL %s: %s' % (full, traceback.format_exc()), flush=True)
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
