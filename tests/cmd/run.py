#!/usr/bin/env python3
"""Run the tests of the commands.

A test is a script NAME.sh and what it prints, NAME.out. Both standard outputs go to one place, and
the last line is the exit status in brackets. A test runs in the empty directory /tmp/w of a memory
file system, in an emulator of its own.

usage: run.py [-v] [pattern ...]      (patterns of NAME)

EMU   command of the emulator (default: build/bin/emu of this source tree)
JOBS  tests at a time (default: number of processors)
TIMEOUT_SCALE  factor for the time a test may take
"""

import concurrent.futures
import difflib
import fnmatch
import getpass
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
EMU = shlex.split(os.environ.get("EMU", os.path.join(HERE, "../../build/bin/emu")))
# the emulator would take options from a variable of this name
ENV = {k: v for k, v in os.environ.items() if k != "EMU"}
TIMEOUT = 30 * float(os.environ.get("TIMEOUT_SCALE", "1"))


def normal(text):
    """Without what comes from the kernel or the host: the name in front of `does not exist', the
    user, the number of the mount, blanks that go with their widths."""
    text = re.sub(r"'[^'\n]*' (file )?does not exist", "does not exist", text)
    text = re.sub(r"\b%s memfs" % re.escape(getpass.getuser()), "root memfs", text)
    return re.sub(r" M \d+ ", " M N ", text)


def command(tmp):
    return (
        "memfs /tmp; mkdir /tmp/w\n"
        f"bind '#U*{tmp}' /n/local\n"
        "cp /n/local/s /tmp/s; >/tmp/empty; unmount /n/local\n"
        "cd /tmp/w\n"
        "{sh /tmp/s} >[2=1] </tmp/empty\n"
        "echo '['^$\"status^']'\n"
        "echo -n halt >/dev/sysctl\n"
    )


def run(name):
    """None, or what is wrong."""
    tmp = tempfile.mkdtemp(prefix="cmdtest")
    try:
        shutil.copyfile(os.path.join(HERE, name + ".sh"), os.path.join(tmp, "s"))
        want = open(os.path.join(HERE, name + ".out")).read()
        try:
            p = subprocess.run(
                EMU + ["sh", "-c", command(tmp)], env=ENV, timeout=TIMEOUT,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except subprocess.TimeoutExpired as e:
            return "timeout; output so far:\n" + (e.stdout or b"").decode(errors="replace")
        got = p.stdout.decode(errors="replace")
        if normal(got) == normal(want):
            return None
        diff = difflib.unified_diff(normal(want).splitlines(True), normal(got).splitlines(True), "expected", "got")
        text = "".join(line if line.endswith("\n") else line + "\n" for line in diff)
        if p.stderr:
            text += "standard error:\n" + p.stderr.decode(errors="replace")
        return text
    finally:
        shutil.rmtree(tmp, ignore_errors=True)


def main():
    args = sys.argv[1:]
    verbose = "-v" in args
    patterns = [a for a in args if a != "-v"] or ["*"]
    names = sorted(f[:-3] for f in os.listdir(HERE) if f.endswith(".sh"))
    names = [n for n in names if any(fnmatch.fnmatch(n, p) for p in patterns)]
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, wrong in zip(names, pool.map(run, names)):
            if wrong is not None:
                failed += 1
                print(f"FAIL {name}")
                print("".join("\t" + line + "\n" for line in wrong.splitlines()), end="")
            elif verbose:
                print(f"ok {name}")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not names else 0)


main()
