#!/usr/bin/env python3
"""The probes of probes.txt: what small pieces of Limbo print when they run, and what the compiler says to those with mistakes.

usage: probes.py LIMBO MODULEDIR [EMU] [number ...]     without EMU nothing runs
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
UNIT = '''implement T;

include "sys.m";
	sys: Sys;
include "draw.m";

T: module
{
	init: fn(nil: ref Draw->Context, nil: list of string);
};

%s
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	{
		probe();
	} exception e {
	"*" =>
		sys->print("^ %%s\\n", e);
	}
}

probe()
{
%s
}
'''


def probes(path):
    """(number, unit, lines wanted) of each probe"""
    found = []
    for block in re.split(r"(?m)^\[(\d+)\]\n", open(path).read())[1:]:
        found.append(block)
    for number, block in zip(found[::2], found[1::2]):
        decls, stmts, want, unit = [], [], [], None
        for line in block.rstrip("\n").split("\n"):
            if line.startswith("D "):
                decls.append(line[2:])
            elif line.startswith("unit "):
                unit = line[5:]
            elif line[:2] in ("= ", "^ ", "! ", "? "):
                want.append(line)
            else:
                stmts.append(line)
        body = re.sub(r"\bPR\(([^,)]*)", r'sys->print(\1 + "\\n"', "\n".join(stmts))
        head = re.sub(r"\bPR\(([^,)]*)", r'sys->print(\1 + "\\n"', "\n".join(decls))
        yield number, unit or UNIT % (head, body), want


def messages(text):
    """the compiler's messages without places"""
    out = []
    for line in text.splitlines():
        line = re.sub(r"^t\.b:\d+: ", "", line)
        line = re.sub(r"t\.b:\d+", "L", line)
        out.append("? " + line[9:] if line.startswith("warning: ") else "! " + line)
    return out


def check(limbo, module, emu, unit, want, tmp):
    """What is wrong, or None."""
    open(os.path.join(tmp, "t.b"), "w").write(unit)
    warn = ["-w"] if any(w.startswith("? ") for w in want) else []
    c = subprocess.run([limbo, *warn, "-I", module, "t.b"], cwd=tmp, capture_output=True, text=True, timeout=60)
    got = messages(c.stderr + c.stdout)
    if c.returncode == 0 and emu:
        # in the order of probes.txt: what the compiler says, then what the program prints
        r = subprocess.run([emu, os.path.join(tmp, "t.dis")], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                           env={k: v for k, v in os.environ.items() if k != "EMU"})
        for line in r.stdout.decode().splitlines():
            got.append(line if line.startswith("^ ") else "= " + line)
    elif c.returncode == 0:
        want = [w for w in want if w[0] in "!?"]
    if got != want:
        return "want:\n  %s\ngot:\n  %s" % ("\n  ".join(want), "\n  ".join(got))
    return None


def main():
    limbo, module = sys.argv[1:3]
    emu = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3] else None
    only = sys.argv[4:]
    bad = n = 0
    with tempfile.TemporaryDirectory() as tmp:
        for number, unit, want in probes(os.path.join(HERE, "probes.txt")):
            if only and number not in only:
                continue
            n += 1
            wrong = check(os.path.abspath(limbo), os.path.abspath(module), emu, unit, want, tmp)
            if wrong:
                bad += 1
                print("probe %s: %s" % (number, wrong))
    print("%d passed, %d failed" % (n - bad, bad))
    sys.exit(1 if bad or n == 0 else 0)


main()
