#!/usr/bin/env python3
"""Every builtin module's interface, compiled and listed by `limbo -t`, against tests/dis/signatures.tsv: signatures, frame sizes
and pointer maps, both ways round.

    signatures.py path/of/limbo
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MODULE = os.path.join(ROOT, "module")

# Modules of this system's own, which the table of the others does not know.
OWN = {"Limbo"}


def table():
    rows = {}
    with open(os.path.join(ROOT, "tests/dis/signatures.tsv")) as f:
        for line in f:
            if line.startswith("$"):
                module, fn, sig, size, bits = line.rstrip("\n").split("\t")[:5]
                rows.setdefault(module[1:], {})[fn] = (sig, 0 if size == "varargs" else int(size), "" if bits == "-" else bits)
    return rows


def interfaces():
    """The files that say con "$Name"."""
    files = {}
    for name in sorted(os.listdir(MODULE)):
        with open(os.path.join(MODULE, name), encoding="utf-8") as f:
            for m in re.findall(r'PATH\s*:\s*con\s+"\$(\w+)"', f.read()):
                if m not in OWN:
                    files[m] = name
    return files


def listing(limbo, module, file):
    """What -t prints about a module, as a table like the above."""
    # what the interface itself leaves to its users
    draw = ["sys.m", "draw.m"]
    before = {"Draw": ["sys.m"], "Bench": ["sys.m"], "Prefab": draw, "Tk": draw, "Freetype": draw, "Keyring": ["sys.m", "ipints.m"], "Crypt": ["ipints.m"]}
    text = "".join('include "%s";\n' % n for n in before.get(module, []) + [file])
    with tempfile.TemporaryDirectory(prefix="limbo.") as d:
        src = os.path.join(d, "list.b")
        with open(src, "w") as f:
            f.write(text)
        env = {k: v for k, v in os.environ.items() if k not in ("EMU", "ROOT")}
        r = subprocess.run([limbo, "-I", MODULE, "-t", module, src], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    if r.returncode != 0 or r.stderr:
        raise Exception(r.stderr or "status %d" % r.returncode)
    rows, names = {}, []
    for m in re.finditer(r'^\t"([\w.]+)",0x([0-9a-f]+),(\w+),(\d+),(\d+),\{([^}]*)\},$', r.stdout, re.M):
        name, sig, _, size, n, bits = m.groups()
        b = "".join("%02x" % int(x, 16) for x in bits.split(",") if x)
        if int(n) == 0:
            b = ""
        rows[name] = ("%08x" % int(sig, 16), int(size), b)
        names.append(name)
    if int(re.search(r"^#define \w+modlen\t(\d+)", r.stdout, re.M).group(1)) != len(names):
        raise Exception("modlen is not the number of rows")
    return rows, names


def main():
    limbo = sys.argv[1]
    want, files = table(), interfaces()
    passed = failed = 0

    def check(ok, text):
        nonlocal passed, failed
        if ok:
            passed += 1
        else:
            failed += 1
            print("FAIL " + text)

    check(set(want) == set(files), "modules: %s in the table, %s have interfaces" % (sorted(want), sorted(files)))
    for module in sorted(files):
        try:
            rows, names = listing(limbo, module, files[module])
        except Exception as e:
            check(False, "%s: %s" % (module, e))
            continue
        check([n.split(".")[-1] for n in names] == sorted(n.split(".")[-1] for n in names), "%s: order of functions" % module)
        for fn in sorted(set(want.get(module, {})) | set(rows)):
            a, b = rows.get(fn), want.get(module, {}).get(fn)
            check(a == b, "%s.%s: listed %s, the table has %s" % (module, fn, a, b))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
