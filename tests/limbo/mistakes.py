#!/usr/bin/env python3
"""docs/limbo-mistakes.md: every program in it gives the message that stands below it, and none once it has been changed as it says.

    mistakes.py path/of/limbo
"""
import os
import pty
import re
import subprocess
import sys
import tempfile
import termios

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def compile(limbo, program):
    """What the compiler prints on a terminal, and its exit status."""
    with tempfile.TemporaryDirectory(prefix="limbo.") as d:
        with open(os.path.join(d, "hello.b"), "w", encoding="utf-8") as f:
            f.write(program)
        ours, its = pty.openpty()
        mode = termios.tcgetattr(its)
        mode[1] &= ~termios.OPOST
        termios.tcsetattr(its, termios.TCSANOW, mode)
        env = {k: v for k, v in os.environ.items() if k not in ("EMU", "ROOT")}
        env["NO_COLOR"] = "1"
        p = subprocess.Popen([limbo, "-I", os.path.join(ROOT, "module"), "hello.b"], cwd=d, stdin=subprocess.DEVNULL, stderr=its, env=env)
        os.close(its)
        out = b""
        while True:
            try:
                data = os.read(ours, 4096)
            except OSError:     # the other end is closed
                break
            if not data:
                break
            out += data
        os.close(ours)
        return out.decode("utf-8"), p.wait(60)


def blocks(text):
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)


def change(program, diff):
    """The program after the change: runs of - lines, which must be there once, and of + lines in their place."""
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n?)*)", diff, re.M):
        old = re.sub(r"^-", "", old, flags=re.M)
        new = re.sub(r"^\+", "", new, flags=re.M)
        if program.count(old) != 1:
            raise Exception("%r is not there once" % old)
        program = program.replace(old, new)
    return program


def main():
    try:
        for fd in pty.openpty():
            os.close(fd)
    except OSError as e:
        print("skipped: no pseudo-terminals: %s" % e)
        return 77
    limbo = os.path.abspath(sys.argv[1])
    with open(os.path.join(ROOT, "docs/limbo-mistakes.md"), encoding="utf-8") as f:
        head, *sections = re.split(r"^## ", f.read(), flags=re.M)
    passed = failed = 0

    def check(name, got, want):
        nonlocal passed, failed
        if got == want:
            passed += 1
        else:
            failed += 1
            print("FAIL %s\n--- got\n%s--- want\n%s" % (name, got, want))

    check("at least twenty", len(sections) >= 20, True)
    check("the right program", compile(limbo, blocks(head)[0][1]), ("", 0))
    for i, s in enumerate(sections, 1):
        title = s.split("\n", 1)[0]
        b = blocks(s)
        check("%s: form" % title, (title.startswith("%d. " % i), [x[0] for x in b]), (True, ["limbo", "", "diff"]))
        if [x[0] for x in b] != ["limbo", "", "diff"]:
            continue
        text, status = compile(limbo, b[0][1])
        check(title, text, b[1][1])
        check("%s: status" % title, status != 0, True)
        try:
            check("%s: after the change" % title, compile(limbo, change(b[0][1], b[2][1])), ("", 0))
        except Exception as e:
            check("%s: the change: %s" % (title, e), False, True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
