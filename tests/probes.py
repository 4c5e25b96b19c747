"""Scripts of the Inferno shell with recorded output: what the runners of tests/sh and tests/cmd have in common.

A test is a script NAME.sh and what it prints, NAME.out: both standard outputs in one, and in the last line the exit status in brackets.

usage of a runner: run.py [-v] [pattern ...]      (patterns of NAME)

EMU   command of the emulator (default: build/bin/emu of this source tree)
JOBS  tests at a time (default: number of processors)
TIMEOUT_SCALE  factor for the time a test may take
"""
import concurrent.futures
import difflib
import fnmatch
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

EMU = shlex.split(os.environ.get("EMU", shlex.quote(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/bin/emu"))))
# the emulator would take options from a variable of this name
ENV = {k: v for k, v in os.environ.items() if k != "EMU"}
TIMEOUT = 30 * float(os.environ.get("TIMEOUT_SCALE", "1"))


def run(here, name, command, normal):
    """None, or what is wrong."""
    tmp = tempfile.mkdtemp(prefix="emutest")
    try:
        os.mkdir(os.path.join(tmp, "w"))
        open(os.path.join(tmp, "empty"), "w").close()
        shutil.copyfile(os.path.join(here, name + ".sh"), os.path.join(tmp, "s"))
        want = open(os.path.join(here, name + ".out")).read()
        try:
            p = subprocess.run(
                EMU + ["sh", "-c", command(name, tmp)], env=ENV, timeout=TIMEOUT,
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


def main(here, command, normal):
    """Runs the tests in directory here that the command line names, and exits. command(name, tmp): what an emulator's shell is
    given; tmp is a host directory with the script s, the empty file `empty' and the empty directory w. normal(text): the output
    without what may differ."""
    args = sys.argv[1:]
    verbose = "-v" in args
    patterns = [a for a in args if a != "-v"] or ["*"]
    names = sorted(f[:-3] for f in os.listdir(here) if f.endswith(".sh"))
    names = [n for n in names if any(fnmatch.fnmatch(n, p) for p in patterns)]
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, wrong in zip(names, pool.map(lambda n: run(here, n, command, normal), names)):
            if wrong is not None:
                failed += 1
                print(f"FAIL {name}")
                print("".join("\t" + line + "\n" for line in wrong.splitlines()), end="")
            elif verbose:
                print(f"ok {name}")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not names else 0)
