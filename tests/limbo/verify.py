#!/usr/bin/env python3
"""Checks what the compiler writes: verify.py [--opcodes dis/opcodes.h] file.dis ...

For each object file: every operand lies in its frame or in module data; references are kept in words that are marked
as such, and nothing else is written there; copies of aggregates agree with the maps; branches, tables and handlers
name instructions of the same function; descriptors, links and import lists exist; no word is read that nothing
wrote; and there is at most one frame that has not been called yet.  Prints one line a fault; exit status 1 if any.
"""
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OPCODES = os.path.join(HERE, '..', '..', 'dis', 'opcodes.h')

REFS = {'P', 'C', 'A', 'Ls', 'Ch', 'Md'}
SIZES = {'B': 1, 'W': 4, 'L': 8, 'F': 8, 'P': 4, 'C': 4, 'A': 4, 'Ls': 4, 'Ch': 4, 'Md': 4, 'Frame': 4, 'Ea': 4, 'Desc': 4,
         'Size': 4, 'Imp': 4, 'Idx': 4, 'Pc': 4}
MP, FP, IMM, NONE, IMP, IFP = 0, 1, 2, 3, 4, 5


class Op:
    def __init__(self, num, name, src, mid, dst, flags):
        self.num, self.name, self.flags = num, name, flags
        self.src, self.mid, self.dst = ((t[0], t[1:]) if t != 'none' else None for t in (src, mid, dst))


def opcodes(path):
    ops = {}
    for m in re.finditer(r'X\(\s*(\d+), \w+, "(\w+)", (\w+), (\w+), (\w+), ([^)]*)\)', open(path).read()):
        ops[int(m[1])] = Op(int(m[1]), *m.groups()[1:])
    return ops


class Bad(Exception):
    pass


class Reader:
    def __init__(self, b):
        self.b, self.i = b, 0

    def byte(self):
        self.i += 1
        return self.b[self.i - 1]

    def operand(self):
        c = self.byte()
        if c < 0x80:
            return c - 0x80 if c & 0x40 else c
        if c < 0xc0:
            v = (c & 0x3f) << 8 | self.byte()
            return v - 0x4000 if v & 0x2000 else v
        v = (c & 0x3f) << 24 | self.byte() << 16
        v |= self.byte() << 8
        v |= self.byte()
        return v - 0x40000000 if v & 0x20000000 else v

    def word(self):
        self.i += 4
        return struct.unpack('>i', self.b[self.i - 4:self.i])[0]

    def string(self):
        j = self.b.index(0, self.i)
        s = self.b[self.i:j]
        self.i = j + 1
        return s.decode('utf-8', 'replace')


class Module:
    """An object file taken apart; words holds what the data section stores as words, by offset."""

    def __init__(self, b):
        r = Reader(b)
        if r.operand() != 819248:
            raise Bad('magic')
        self.flags, self.stack = r.operand(), r.operand()
        ncode, self.datasize, ntypes, nlinks = (r.operand() for _ in range(4))
        self.entry = r.operand(), r.operand()
        self.code = []
        for _ in range(ncode):
            op, mode = r.byte(), r.byte()
            s = d = (NONE,)
            mid = None
            if mode >> 6:
                mid = ((None, IMM, FP, MP)[mode >> 6], r.operand())
            k = mode >> 3 & 7
            if k != NONE:
                s = (k, r.operand()) if k < 3 else (k, r.operand(), r.operand())
            k = mode & 7
            if k != NONE:
                d = (k, r.operand()) if k < 3 else (k, r.operand(), r.operand())
            self.code.append((op, s, mid, d))
        self.types = []
        for i in range(ntypes):
            num, size, n = r.operand(), r.operand(), r.operand()
            if num != i:
                raise Bad('type %d is numbered %d' % (i, num))
            m = r.b[r.i:r.i + n]
            r.i += n
            refs = {w * 4 for w in range(n * 8) if m[w // 8] & 0x80 >> w % 8}
            if refs and max(refs) + 4 > (size + 3) // 4 * 4:
                raise Bad('map of type %d is longer than it' % i)
            self.types.append((size, refs))
        self.words, self.strings = {}, {}
        depth = 0
        while True:
            c = r.byte()
            if c == 0:
                break
            t, n = c >> 4, c & 15
            if n == 0:
                n = r.operand()
            off = r.operand()
            if t == 2:
                for i in range(n):
                    v = r.word()
                    if depth == 0:
                        self.words[off + 4 * i] = v
            elif t == 5:
                desc, n = r.word(), r.word()
                if not 0 <= desc < ntypes or n < 0:
                    raise Bad('array item')
                if depth == 0:
                    self.strings[off] = None
            elif t == 6:
                r.word()
                depth += 1
            elif t == 7:
                depth -= 1
            else:
                if t == 3 and depth == 0:
                    self.strings[off] = r.b[r.i:r.i + n]
                r.i += n * {1: 1, 3: 1, 4: 8, 8: 8}[t]
        self.name = r.string()
        self.links = [(r.operand(), r.operand(), r.word(), r.string()) for _ in range(nlinks)]
        self.imports, self.handlers = [], []
        if self.flags & 0x40:
            for _ in range(r.operand()):
                self.imports.append([(r.word(), r.string()) for _ in range(r.operand())])
            r.byte()
        if self.flags & 0x20:
            for _ in range(r.operand()):
                eoff, pc1, pc2, desc, n = (r.operand() for _ in range(5))
                labels = [(r.string(), r.operand()) for _ in range(n & 0xffff)]
                self.handlers.append((eoff, pc1, pc2, desc, n >> 16, labels, r.operand()))
            r.byte()
        self.source = r.string()


class Verifier:
    def __init__(self, m, ops, report):
        self.m, self.ops, self.say = m, ops, report

    def fault(self, pc, text):
        op = self.m.code[pc] if pc is not None else None
        self.say('%s%s' % ('' if op is None else 'pc %d %s: ' % (pc, self.ops[op[0]].name), text))

    # -- tables

    def table(self, pc, op, d):
        """Places that a table names."""
        m = self.m
        if d[0] != MP:
            self.fault(pc, 'table is not in module data')
            return []
        off, w = d[1], m.words
        refs = m.types[0][1]
        if op == 'goto':
            n = w.get(off - 4, 0)
            return [w.get(off + 4 * i, 0) for i in range(n)]
        n = w.get(off, 0)
        if op == 'case':
            los = [(w.get(off + 4 + 12 * i, 0), w.get(off + 8 + 12 * i, 0)) for i in range(n)]
            if any(a >= b for a, b in los) or any(los[i][1] > los[i + 1][0] for i in range(n - 1)):
                self.fault(pc, 'table not in order')
            return [w.get(off + 12 + 12 * i, 0) for i in range(n)] + [w.get(off + 4 + 12 * n, 0)]
        if op == 'casel':
            if off % 8:
                self.fault(pc, 'table not aligned')
            return [w.get(off + 24 + 24 * i, 0) for i in range(n)] + [w.get(off + 8 + 24 * n, 0)]
        for i in range(n):
            if off + 4 + 12 * i not in refs or off + 8 + 12 * i not in refs:
                self.fault(pc, 'string of table not marked')
        los = [m.strings.get(off + 4 + 12 * i, b'') for i in range(n)]
        if any(los[i] >= los[i + 1] for i in range(n - 1)):
            self.fault(pc, 'table not in order')
        return [w.get(off + 12 + 12 * i, 0) for i in range(n)] + [w.get(off + 4 + 12 * n, 0)]

    # -- places

    def inside(self, pc, base, off, size, frame):
        limit = self.m.datasize if base == MP else self.m.types[frame][0]
        low = 0 if base == MP else 16
        if off < low or off + size > limit:
            self.fault(pc, '%d(%s) outside' % (off, 'mp' if base == MP else 'fp'))

    def marked(self, base, off, frame):
        return off in (self.m.types[0] if base == MP else self.m.types[frame])[1]

    def region(self, pc, a, size, desc, frame, write):
        """An aggregate at a direct operand agrees with a descriptor's map (or has no pointers)."""
        if a[0] not in (MP, FP):
            return
        self.inside(pc, a[0], a[1], size, frame)
        refs = self.m.types[desc][1] if desc is not None else set()
        for o in range(-a[1] % 4, size, 4):
            if (o in refs) != self.marked(a[0], a[1] + o, frame) and (write or o in refs):
                self.fault(pc, 'map of %d(%s)+%d disagrees' % (a[1], 'mp' if a[0] == MP else 'fp', o))

    def operand(self, pc, name, tok, a, frame, midkind):
        access, kind = tok
        m = self.m
        if a is None or a[0] == NONE:
            if access != 'o':
                self.fault(pc, 'operand missing')
            return
        if a[0] == IMM:
            v = a[1]
            if kind == 'Desc' and not 0 < v < len(m.types):
                self.fault(pc, 'descriptor %d' % v)
            elif kind == 'Imp' and not 0 <= v < len(m.imports):
                self.fault(pc, 'import list %d' % v)
            elif kind == 'Pc' and not 0 <= v < len(m.code):
                self.fault(pc, 'target %d' % v)
            elif kind == 'Size' and v < 0 and not name.startswith('cvtxx'):
                self.fault(pc, 'size %d' % v)
            elif access in 'wuz' or kind not in ('W', 'Desc', 'Imp', 'Pc', 'Size', 'Idx', 'Any', 'Val'):
                self.fault(pc, 'immediate not allowed')
            return
        if a[0] in (IMP, IFP):
            base = MP if a[0] == IMP else FP
            self.inside(pc, base, a[1], 4, frame)
            if a[2] < 0 or a[2] > 65535 or a[1] > 65535:
                self.fault(pc, 'offset')
            return
        if tok is midkind and a[1] > 32767:
            self.fault(pc, 'middle operand too far')
        if kind in ('Mem', 'Val', 'Alt', 'Tab', 'Any'):
            self.inside(pc, a[0], a[1], 1, frame)
            return
        self.inside(pc, a[0], a[1], SIZES[kind], frame)
        if a[1] % min(SIZES[kind], 8 if a[0] == MP else 8) and kind in ('L', 'F', 'W') and a[1] % 4:
            self.fault(pc, 'operand not aligned')
        mark = self.marked(a[0], a[1] & ~3, frame)
        if kind in REFS and not mark:
            # 24(fp) is scratch for middle operands too far away, an uncounted copy
            if a != (FP, 24):
                self.fault(pc, '%d(%s) is not marked as reference' % (a[1], 'mp' if a[0] == MP else 'fp'))
        if kind not in REFS and mark and access in 'wuz':
            self.fault(pc, '%d(%s) is marked as reference' % (a[1], 'mp' if a[0] == MP else 'fp'))
        if kind in ('L', 'F') and access in 'wuz' and self.marked(a[0], a[1] + 4, frame):
            self.fault(pc, '%d(%s) is marked as reference' % (a[1] + 4, 'mp' if a[0] == MP else 'fp'))

    # -- functions

    def successors(self, pc):
        op, s, mid, d = self.m.code[pc]
        o = self.ops[op]
        out = []
        if 'DIS_F_NOFALL' not in o.flags:
            out.append(pc + 1)
        if o.dst and o.dst[1] == 'Pc' and o.name not in ('call', 'spawn'):
            out.append(d[1])
        if o.dst and o.dst[1] == 'Tab':
            out += self.table(pc, o.name, d)
        return out

    def reach(self, entry):
        m, seen, work = self.m, set(), [entry]
        while work:
            pc = work.pop()
            if pc in seen:
                continue
            if not 0 <= pc < len(m.code):
                self.fault(None, 'control goes to %d' % pc)
                continue
            seen.add(pc)
            work += self.successors(pc)
            for eoff, pc1, pc2, desc, nexc, labels, wild in m.handlers:
                if pc1 <= pc < pc2:
                    work += [p for _, p in labels]
                    if wild >= 0:
                        work.append(wild)
        return seen

    def writes(self, pc):
        """Byte ranges of the frame that an instruction writes, and those it reads."""
        op, s, mid, d = self.m.code[pc]
        o = self.ops[op]
        r, w = [], []

        def size(kind, which):
            if kind in SIZES:
                return SIZES[kind]
            if kind == 'Mem':
                if mid and mid[0] == IMM:
                    t = o.mid[1]
                    return mid[1] if t == 'Size' else self.m.types[mid[1]][0]
            return 1
        for tok, a in ((o.src, s), (o.mid, mid), (o.dst, d)):
            if not tok or a is None or a[0] == NONE:
                if tok and tok[0] == 'o' and d[0] == FP:
                    r.append((d[1], size(o.dst[1], None)))
                continue
            access, kind = tok
            if a[0] == IFP:
                r.append((a[1], 4))
            if a[0] != FP:
                continue
            span = (a[1], size(kind, None))
            if o.name == 'lea' and tok is o.src:
                w.append((a[1], -1))
                continue
            if access in 'rou' or (access == 'a' and kind in ('Mem', 'Val')):
                r.append(span)
            if access in 'wuz':
                w.append(span if kind not in ('Val',) else (a[1], -1))
        return r, w

    def function(self, name, entry, frame):
        m = self.m
        if not 0 < frame < len(m.types):
            self.fault(None, '%s: frame %d' % (name, frame))
            return
        size, refs = m.types[frame]
        if size % 8 or size < 32 or any(o < 32 for o in refs):
            self.fault(None, '%s: frame descriptor' % name)
        body = self.reach(entry)
        for pc in sorted(body):
            op, s, mid, d = m.code[pc]
            o = self.ops[op]
            for tok, a in ((o.src, s), (o.mid, mid), (o.dst, d)):
                if tok:
                    self.operand(pc, o.name, tok, a, frame, o.mid)
                elif a is not None and a[0] != NONE:
                    self.fault(pc, 'operand too many')
            if mid and mid[0] == IMM and o.mid[1] == 'Desc' and 0 < mid[1] < len(m.types):
                size, refs = m.types[mid[1]]
                if o.name == 'movmp':
                    self.region(pc, s, size, mid[1], frame, False)
                if o.name in ('movmp', 'headmp'):
                    self.region(pc, d, size, mid[1], frame, True)
                if o.name == 'consmp':
                    self.region(pc, s, size, mid[1], frame, False)
            if o.name in ('movm', 'headm') and mid and mid[0] == IMM:
                self.region(pc, d, mid[1], None, frame, True)
        for eoff, pc1, pc2, desc, nexc, labels, wild in m.handlers:
            inside = [pc for pc in range(pc1, pc2) if pc in body]
            if not inside:
                continue
            if not self.marked(FP, eoff, frame):
                self.fault(pc1, 'exception variable is not marked')
            if desc >= 0 and not m.types[desc][1] <= m.types[frame][1]:
                self.fault(pc1, 'clears what is no reference')
            if desc >= 0 and m.types[desc][0] > m.types[frame][0]:
                self.fault(pc1, 'clears more than the frame')
        self.frames(body, entry)
        self.assigned(body, entry, frame, name)
        return body

    def frames(self, body, entry):
        """At most one uncalled frame on every way."""
        state, work = {entry: 0}, [entry]
        while work:
            pc = work.pop()
            n = state[pc]
            name = self.ops[self.m.code[pc][0]].name
            if name in ('frame', 'mframe'):
                if n:
                    self.fault(pc, 'a frame is pending')
                n = 1
            elif name in ('call', 'mcall', 'spawn', 'mspawn'):
                if not n:
                    self.fault(pc, 'no frame')
                n = 0
            for q in self.successors(pc):
                if q not in state:
                    state[q] = n
                    work.append(q)
                elif state[q] != n:
                    self.fault(q, 'pending frames differ')

    def assigned(self, body, entry, frame, name):
        """Words that are read although no way to there has written them."""
        refs = self.m.types[frame][1]
        if entry not in self.args:
            return              # only called from outside: what its arguments are is not known
        state, work = {entry: frozenset()}, [entry]
        while work:
            pc = work.pop()
            _, w = self.writes(pc)
            out = state[pc]
            new = set()
            for off, n in w:
                new |= {off} if n < 0 else set(range(off, off + n))
            if not new <= out:
                out = out | new
            succ = self.successors(pc)
            for h in self.m.handlers:
                if h[1] <= pc < h[2]:
                    succ = succ + [p for _, p in h[5]] + ([h[6]] if h[6] >= 0 else [])
            for q in succ:
                if q not in state:
                    state[q] = frozenset(out)
                    work.append(q)
                elif not out <= state[q]:
                    state[q] = state[q] | out
                    work.append(q)
        allw = set()
        for pc in body:
            for off, n in self.writes(pc)[1]:
                allw |= set(range(off, off + n)) if n > 0 else {off}
        for pc in sorted(body):
            for off, n in self.writes(pc)[0]:
                if off < 32 or off & ~3 in refs or off not in allw or off in self.args[entry]:
                    continue    # frame registers, references, arguments; undefined variables are never written
                if off not in state[pc] and not self.lea(body, off):
                    self.fault(pc, 'reads %d(fp) before it is written' % off)

    def lea(self, body, off):
        return any(self.ops[self.m.code[pc][0]].name == 'lea' and self.m.code[pc][1][0] == FP and
                   self.m.code[pc][1][1] <= off for pc in body)

    def run(self):
        m = self.m
        if m.datasize and (not m.types or m.types[0][0] != m.datasize):
            self.fault(None, 'descriptor 0')
        if m.datasize % 4:
            self.fault(None, 'data size %d' % m.datasize)
        for off in m.strings:
            if off not in m.types[0][1]:
                self.fault(None, 'data at %d not marked' % off)
        for off in m.words:
            if off in m.types[0][1]:
                self.fault(None, 'word at %d is marked' % off)
        entries = {}
        for pc, desc, sig, name in m.links:
            if name != '.mp':
                entries[pc] = (name, desc)
        pending, stored = {}, {}
        self.args = {}          # by entry: offsets that callers in this module store to
        for pc, (op, s, mid, d) in enumerate(m.code):
            n = self.ops[op].name
            if d[0] == IFP:
                stored.setdefault(d[1], set()).add(d[2])
            if n == 'frame' and d[0] == FP:
                stored[d[1]] = set()
            if n in ('call', 'spawn'):
                self.args.setdefault(d[1], set()).update(stored.get(s[1], ()))
            if n == 'frame' and d[0] == FP:
                pending[d[1]] = s[1]
            elif n in ('call', 'spawn'):
                desc = pending.get(s[1])
                if desc is None:
                    self.fault(pc, 'frame unknown')
                elif d[1] in entries and entries[d[1]][1] != desc:
                    self.fault(pc, 'frame %d, should be %d' % (desc, entries[d[1]][1]))
                else:
                    entries.setdefault(d[1], ('fn@%d' % d[1], desc))
        if m.entry[0] >= 0 and m.entry[0] not in entries:
            self.fault(None, 'entry')
        owner = {}
        for pc, (name, desc) in sorted(entries.items()):
            for p in self.function(name, pc, desc) or ():
                if p in owner:
                    self.fault(p, 'belongs to two functions')
                    break
                owner[p] = pc
        if len(owner) != len(m.code):
            lost = [p for p in range(len(m.code)) if p not in owner]
            self.fault(lost[0], 'not reached by anything (%d instructions)' % len(lost))


def main(argv):
    path = OPCODES
    if argv and argv[0] == '--opcodes':
        path, argv = argv[1], argv[2:]
    ops = opcodes(path)
    if len(ops) != 175:
        print('%s: %d opcodes' % (path, len(ops)))
        return 1
    bad = 0
    for f in argv:
        found = []
        try:
            m = Module(open(f, 'rb').read())
            Verifier(m, ops, found.append).run()
        except (Bad, IndexError, ValueError, KeyError) as e:
            found.append('malformed: %r' % e)
        for s in found[:20]:
            print('%s: %s' % (f, s))
        bad += bool(found)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
