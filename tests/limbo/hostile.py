#!/usr/bin/env python3
"""Source that was not written by a friend: the compiler says what is wrong with it, in bounded memory, and leaves no object.

usage: hostile.py LIMBO
"""
import os
import random
import resource
import subprocess
import sys
import tempfile

LIMBO = os.path.abspath(sys.argv[1])
UNIT = "implement M;\nM: module { init: fn(); };\n%s\ninit()\n{\n%s\n}\n"
MANY = 200000
DEEP = "nesting too deep"


def stmt(s):
    return UNIT % ("", s)


def decl(s):
    return UNIT % (s, "")


# name: text (or what makes it, if it is large), and what the compiler's messages must have in them; "" if it compiles
cases = {
    "parentheses": (stmt("x := " + "(" * MANY + "1" + ")" * MANY + ";"), DEEP),
    "prefix operators": (stmt("x := " + "!" * MANY + "1;"), DEEP),
    "blocks": (stmt("{" * MANY + "}" * MANY), DEEP),
    "statements": (stmt("if(1) " * MANY + ";"), DEEP),
    "else": (stmt("if(1) ; else " * MANY + ";"), DEEP),
    "scopes": (stmt("{ x := 1; " * 70 + "}" * 70), "scope too deep"),
    "operators": (stmt("x := 1" + " + 1" * MANY + ";"), DEEP),
    "list": (stmt("x := " + "1 :: " * MANY + "nil;"), DEEP),
    "assignments": (stmt("x: int; " + "x = " * MANY + "1;"), DEEP),
    "indices": (stmt("x := " + "a[" * MANY + "0" + "]" * MANY + ";"), DEEP),
    "calls": (stmt("init" + "()" * MANY + ";"), DEEP),
    "members": (stmt("x := a" + ".b" * MANY + ";"), DEEP),
    "tuples": (stmt("x := " + "(1, " * MANY + "1" + ")" * MANY + ";"), DEEP),
    "patterns": (stmt("(a, " * MANY + "b" + ")" * MANY + " = 1;"), DEEP),
    "types": (decl("x: " + "list of " * MANY + "int;"), DEEP),
    "functions as arguments": (decl("x: " + "ref fn(a: " * MANY + "int" + ")" * MANY + ";"), DEEP),
    "type arguments": (decl("x: " + "A[" * MANY + "B" + "]" * MANY + ";"), DEEP),
    "adts": (decl("A: adt { x: int; " * MANY), "syntax error"),
    "braces": (UNIT % ("", "}" * MANY), "syntax error"),
    "types that double": (decl("A0: adt { a: int; };\n" + "".join("A%d: adt { a, b: A%d; };\n" % (i + 1, i) for i in range(64)) + "x: A64;"),
                          "too large"),
    "instances without end": (UNIT % ("A: adt[T] { x: ref A[list of T]; };", "a: A[string];"), "too many instantiations"),
    "constants without end": (decl("a: con b; b: con a;"), "value cannot be determined"),
    "a type within itself": (UNIT % ("A: adt { b: B; }; B: adt { a: A; };", "x: A;"), "illegal type cycle"),
    "no newline in 100 MB": (lambda: decl("#" + "x" * (100 << 20)), ""),
    "100 MB of blanks": (lambda: decl(" " * (100 << 20)), ""),
    "a name of 100 MB": (lambda: decl("x" * (100 << 20) + ": int;"), ""),
    "a string of 100 MB": (lambda: decl('x := "' + "y" * (100 << 20) + '";'), "too large"),
    "a number of 100 MB": (lambda: decl("x: con " + "1" * (100 << 20) + ";"), ""),
    "an unterminated string": (decl('x := "' + "y" * 1000), "string constant"),
    "an unterminated raw string": (decl("x := `" + "y\n" * 1000), "end of file in raw string constant"),
    "nothing": ("", "syntax error"),
    "zeros": ("\0" * 1000, "unknown character"),
    "include of itself": ('include "t.b";\n', "include file depth too great"),
    "include cycle": ('include "a.m";\n', "include file depth too great"),
    "include that branches": ('include "twice.m";\n', "include file depth too great"),
    "missing include": ('include "none.m";\n', "can't include none.m: No such file or directory"),
    "directory as include": ('include "dir";\n', "can't include dir: "),
    "endless include": ('include "/dev/zero";\n', "can't include /dev/zero: File too large"),
}
rnd = random.Random(7)
for i in range(40):
    cases["noise %d" % i] = (bytes(rnd.randrange(256) for _ in range(2000)), ":")
    text = bytearray(decl('x := "h\xe9llo"; s\xfcss: con \'\xdf\'; # \xff').encode())
    for _ in range(20):
        text[rnd.randrange(len(text))] = rnd.randrange(0x80, 0x100)
    cases["no UTF-8 %d" % i] = (bytes(text), None)


# A sanitizer's shadow of the memory is larger than any limit.
with open(LIMBO, "rb") as f:
    SANITIZED = b"__asan_init" in f.read()


def limits():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(text):
    if callable(text):
        text = text()
    size = len(text)
    with open("t.b", "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    del text  # a child begins with as much memory as we have
    p = subprocess.Popen([LIMBO, "t.b"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=limits)
    out = p.stdout.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(p.pid, 0)
    return size, out, status, usage.ru_maxrss * 1024


def check(text, want):
    """What is wrong, or None."""
    if os.path.exists("t.dis"):
        os.unlink("t.dis")
    size, out, status, memory = run(text)
    code = os.waitstatus_to_exitcode(status)
    made = os.path.exists("t.dis")
    if code not in (0, 1):
        return "status %d: %.200s" % (code, out)
    if made != (code == 0):
        return "status %d, %s object" % (code, "an" if made else "no")
    if want is not None and (code == 0) != (want == ""):
        return "status %d: %.200s" % (code, out)
    if want and want not in out:
        return "no `%s' in: %.300s" % (want, out)
    if out.count("\n") > 21:
        return "%d messages" % out.count("\n")
    if memory > ((256 if SANITIZED else 64) << 20) + 200 * size:
        return "%d MB for %d bytes" % (memory >> 20, size)
    return None


with tempfile.TemporaryDirectory() as tmp:
    os.chdir(tmp)
    os.mkdir("dir")
    open("a.m", "w").write('include "b.m";\n')
    open("b.m", "w").write('include "a.m";\n')
    open("twice.m", "w").write('include "twice.m";\ninclude "twice.m";\n')
    bad = 0
    for name, (text, want) in cases.items():
        wrong = check(text, want)
        if wrong:
            bad += 1
            print("%s: %s" % (name, wrong))
    print("%d passed, %d failed" % (len(cases) - bad, bad))
    sys.exit(1 if bad else 0)
