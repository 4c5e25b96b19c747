#!/usr/bin/env python3
"""forms.py FORMS MACHINE AS OBJDUMP: instruction encodings against the system's assembler.

FORMS is a program that prints lines of an encoding in hexadecimal, a tab, and the instruction in words. The words go through the assembler; both
its bytes and those of the line go through the disassembler, which must give the same words, one instruction for each line; and ours may not be
longer. So an encoding is right if it means what it says, whichever of several equivalent ones it is. A missing assembler skips the test (77).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

# MACHINE: what objdump calls it, options for it and for the assembler, the first line for that, comments of the disassembler
MACHINES = {
    "amd64": ("i386:x86-64", ["-M", "intel"], ["-mindex-reg"], ".intel_syntax noprefix\n", "#"),
    "arm64": ("aarch64", [], [], ".arch armv8.2-a\n", "//"),
}


def disassemble(objdump, machine, file):
    """[(bytes, words)] of the instructions in a file of plain code; targets of jumps are relative to the instruction."""
    name, options, _, _, comment = MACHINES[machine]
    out = subprocess.run([objdump, "-D", "-z", "-w", "-b", "binary", "-m", name] + options + [file], capture_output=True, text=True, check=True)
    insns = []
    for line in out.stdout.splitlines():
        m = re.match(r"\s*([0-9a-f]+):\t([0-9a-f ]+)\t?(.*)", line)
        if m is None:
            continue
        at, code, words = int(m[1], 16), m[2].replace(" ", ""), re.sub(r"\s+%s.*|\s+<.*>" % comment, "", m[3]).strip()
        if machine == "arm64":
            # shown as a number
            code = bytes.fromhex(code)[::-1].hex()
        # a bare address, which is absolute, is the target of a jump or of an address made relative to the instruction
        words = re.sub(r"^(j\w+|call|b|bl|b\.\w+|cbn?z|tbn?z|adr|ldr(?:sw)?)(\s+(?:[\w#]+, )*)0x([0-9a-f]{1,16})$",
                       lambda j: j[1] + j[2] + ".%+d" % ((int(j[3], 16) - at + (1 << 63)) % (1 << 64) - (1 << 63)), words)
        insns.append((code, words))
    return insns


def main():
    forms, machine, assembler, objdump = sys.argv[1:]
    for tool in (assembler, objdump):
        if shutil.which(tool) is None:
            print("skipped: there is no", tool)
            return 77
    out = subprocess.run([forms], capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t") for line in out.splitlines()]
    refused = [words for code, words in lines if code.startswith("!")]
    if refused:
        print("not encoded:", *refused[:20], sep="\n")
        return 1
    tmp = tempfile.mkdtemp(prefix="forms")
    try:
        path = lambda name: os.path.join(tmp, name)
        with open(path("want.s"), "w") as f:
            f.write(MACHINES[machine][3] + "\n".join(words for _, words in lines) + "\n")
        with open(path("have"), "wb") as f:
            f.write(bytes.fromhex("".join(code for code, _ in lines)))
        subprocess.run([assembler] + MACHINES[machine][2] + ["-o", path("want.o"), path("want.s")], check=True)
        # the objcopy that belongs to the disassembler
        subprocess.run([objdump.replace("objdump", "objcopy"), "-O", "binary", "-j", ".text", path("want.o"), path("want")], check=True)
        want = disassemble(objdump, machine, path("want"))
        have = disassemble(objdump, machine, path("have"))
    finally:
        shutil.rmtree(tmp)
    bad = 0
    if not len(lines) == len(want) == len(have):
        print("%d forms, the assembler made %d instructions of them, the encoder %d" % (len(lines), len(want), len(have)))
        bad = 1
    for (code, words), w, h in zip(lines, want, have):
        if h[0] != code or h[1] != w[1] or len(code) > len(w[0]):
            print("%s: is %s (%s), should be %s (%s)" % (words, h[1], code, w[1], w[0]))
            bad += 1
            if bad > 20:
                break
    if bad:
        return 1
    print("%d forms of %s are as the assembler has them" % (len(lines), machine))
    return 0


sys.exit(main())
