#!/usr/bin/env python3
"""Random Limbo programs whose functions pass references around, under both engines.

    lights.py [-s SEED] [-n PROGRAMS] [-k] LIMBO EMU

What it is about are light calls (libinterp/jit/light.c): functions without handlers that call one another, with arguments and results of all types,
parameters that are written to or not, variables that have values on some ways only, exceptions and faults in the midst of it. A program
prints what its functions return and what they leave behind, and how much of the heap is in use when it has let go of all. Its output
has to be the same interpreted, compiled, and compiled with turns that are over at once. -k keeps the first program that differs.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

TYPES = ['int', 'big', 'real', 'string', 'ref Node', 'list of int', 'list of ref Node', 'array of int', 'byte']
RESULTS = ['int', 'big', 'real', 'string', 'ref Node', 'list of int', 'list of ref Node', 'array of int', '(int, string)', '(ref Node, int)', '']
HEAD = '''implement T;
include "sys.m";
	sys: Sys;
include "draw.m";
T: module { init: fn(nil: ref Draw->Context, argv: list of string); };
Node: adt { v: int; s: string; next: ref Node; l: list of int; a: array of int; };
g: ref Node;
gs: string;
gl: list of int;
gn: list of ref Node;
ga: array of int;
gi: int;
gb: big;
gr: real;
'''
TAIL = '''
text(n: ref Node): string
{
	s := "";
	for(i := 0; n != nil && i < 40; i++){
		s += sys->sprint("%d,%s,%d,%d;", n.v, n.s, len n.l, len n.a);
		n = n.next;
	}
	return s;
}
ints(l: list of int): string
{
	s := "";
	for(i := 0; l != nil && i < 40; l = tl l){
		s += string hd l + " ";
		i++;
	}
	return s;
}
nodes(l: list of ref Node): string
{
	s := "";
	for(i := 0; l != nil && i < 10; l = tl l){
		s += "[" + text(hd l) + "]";
		i++;
	}
	return s;
}
array_(a: array of int): string
{
	s := "";
	for(i := 0; i < len a && i < 20; i++)
		s += string a[i] + " ";
	return s;
}
state()
{
	sys->print("\\t%s|%s|%s|%s|%s|%d %bd %g\\n", text(g), gs, ints(gl), nodes(gn), array_(ga), gi, gb, gr);
}
used(): int
{
	# What is large is taken apart in several turns.
	for(i := 0; i < 20; i++)
		sys->sleep(0);
	fd := sys->open("#c/memory", Sys->OREAD);
	b := array[1024] of byte;
	n := sys->read(fd, b, len b);
	(nil, l) := sys->tokenize(string b[0:n], "\\n");
	for(; l != nil; l = tl l){
		(nil, w) := sys->tokenize(hd l, " ");
		for(m := w; m != nil; m = tl m)
			if(hd m == "heap")
				return int hd w;
	}
	return -1;
}
'''


class Gen:
	def __init__(self, seed):
		self.r = random.Random(seed)
		self.loops = self.locals = 0
		self.fns = []
		n = self.r.randint(2, 6)
		for i in range(n):
			self.fns.append((f'f{i}', [self.r.choice(TYPES) for _ in range(self.r.randint(0, 4))], self.r.choice(RESULTS)))

	def pick(self, *alternatives):
		return self.r.choice(alternatives)

	def vars(self, t):
		return [v for v, vt in self.scope if vt == t]

	def glob(self, t):
		return {'int': 'gi', 'big': 'gb', 'real': 'gr', 'string': 'gs', 'ref Node': 'g', 'list of int': 'gl', 'list of ref Node': 'gn', 'array of int': 'ga'}.get(t)

	def node(self):
		"""something that may have fields"""
		v = self.vars('ref Node') + ['g']
		return self.r.choice(v) + self.pick('', '', '', '.next')

	def expr(self, t, depth=2):
		r = self.r
		v = self.vars(t)
		k = r.random()
		if self.plain and k < 0.6:
			return self.argument(t, 0) if r.random() < 0.7 or not self.calls else self.call(t, 0) or self.expr(t, depth - 1)
		if v and k < 0.45:
			return r.choice(v)
		if self.glob(t) and k < 0.55:
			return self.glob(t)
		if depth > 0 and self.calls and k < 0.7:
			c = self.call(t, depth - 1)
			if c:
				return c
		d = depth - 1
		if t == 'int':
			if d < 0:
				return str(r.randint(1, 9))
			return self.pick(
				str(r.randint(-100, 100)), f'({self.expr("int", d)} {self.pick("+", "-", "*", "&", "|", "^")} {self.expr("int", d)})',
				f'({self.expr("int", d)} {self.pick("/", "%")} {self.expr("int", d)})', f'{self.node()}.v', f'len {self.atom("list of int")}',
				f'len {self.atom("string")}', f'len {self.atom("array of int")}', f'{self.atom("array of int")}[{self.expr("int", 0)} & {self.pick(3, 7)}]',
				f'hd {self.atom("list of int")}', f'int {self.expr("big", 0)}', f'{self.atom("string")}[{self.pick(0, 1)}]', f'int {self.expr("byte", 0)}')
		if t == 'byte':
			return f'byte {self.expr("int", 0)}'
		if t == 'big':
			if d < 0:
				return f'big {r.randint(-9, 9)}'
			return self.pick(f'big {self.expr("int", 0)}', f'({self.expr("big", d)} {self.pick("+", "-", "*", "^")} {self.expr("big", d)})')
		if t == 'real':
			if d < 0:
				return f'{r.randint(-9, 9)}.5'
			return self.pick(f'real ({self.expr("int", 0)} & 255)', f'({self.expr("real", d)} {self.pick("+", "-")} {self.expr("real", d)})')
		if t == 'string':
			if d < 0:
				return self.pick('"a"', '"bc"', '""', 'nil')
			return self.pick(f'"{r.choice("xyz")}"', f'{self.atom("string")} + {self.atom("string")}', f'{self.node()}.s', f'string ({self.expr("int", 0)} & 15)',
				f'{self.atom("string")}[0:{self.pick(0, 0, 1)}]')
		if t == 'ref Node':
			if d < 0:
				return self.pick('g', 'nil', *self.vars(t))
			return self.pick(
				f'ref Node({self.expr("int", 0)}, {self.expr("string", 0)}, {self.expr("ref Node", 0)}, {self.expr("list of int", 0)}, {self.expr("array of int", 0)})',
				f'{self.node()}.next', f'hd {self.atom("list of ref Node")}', 'nil')
		if t == 'list of int':
			if d < 0:
				return self.pick('gl', 'nil', *self.vars(t))
			return self.pick(f'{self.expr("int", 0)} :: {self.atom(t)}', f'tl {self.atom(t)}', f'{self.node()}.l', 'nil')
		if t == 'list of ref Node':
			if d < 0:
				return self.pick('gn', 'nil', *self.vars(t))
			return self.pick(f'{self.atom("ref Node")} :: {self.atom(t)}', f'tl {self.atom(t)}', 'nil')
		if t == 'array of int':
			if d < 0:
				return self.pick('ga', 'nil', *self.vars(t))
			return self.pick(f'array[{r.randint(0, 9)}] of {{* => {self.expr("int", 0)}}}', f'{self.node()}.a', 'nil')
		raise ValueError(t)

	def atom(self, t):
		return self.r.choice(self.vars(t) + [self.glob(t)])

	def call(self, t, depth=1):
		c = [f for f in self.fns if f[2] == t]
		if not c:
			return None
		return self.calling(self.r.choice(c), depth)

	def calling(self, f, depth):
		"""a call; what is passed is often simple, so that it can be a light one"""
		return f'{f[0]}({", ".join([self.depth] + [self.argument(a, depth) for a in f[1]])})'

	def argument(self, t, depth):
		if self.plain or self.r.random() < 0.6:
			v = self.vars(t) * 3 + ([self.glob(t)] if self.glob(t) else [])
			if t == 'ref Node':
				v += [self.node() + '.next']
			elif t == 'list of int':
				v += ['tl ' + self.atom(t), self.node() + '.l']
			elif t == 'list of ref Node':
				v += ['tl ' + self.atom(t), 'nil']
			elif t in ('string', 'array of int'):
				v += [self.node() + {'string': '.s', 'array of int': '.a'}[t]]
			elif t == 'int':
				v += [self.node() + '.v', f'({self.atom("int")} - 1)', f'({self.atom("int")} + {self.atom("int")})', f'{self.atom("array of int")}[{self.atom("int")} & 7]']
			if v:
				return self.r.choice(v)
		return self.expr(t, depth if self.r.random() < 0.3 else 0)

	def dest(self, t):
		return self.r.choice(self.vars(t) + [self.glob(t)] if self.glob(t) else self.vars(t) or ['gi'])

	def stmt(self, ind, depth):
		r = self.r
		k = r.random()
		tab = '\t' * ind
		o = []
		if k < 0.3:
			t = r.choice(TYPES[:-1])
			o.append(f'{tab}{self.dest(t)} = {self.expr(t)};')
		elif k < 0.4:
			t = r.choice(TYPES)
			self.locals += 1
			v = f'v{self.locals}'
			o.append(f'{tab}{v} := {self.expr(t) if t not in ("string",) else self.expr(t)};' if t in ('int', 'big', 'real', 'byte') else f'{tab}{v}: {t};' +
				('' if r.random() < 0.4 else f'\n{tab}{v} = {self.expr(t)};'))
			self.scope.append((v, t))
		elif k < 0.5:
			n = self.node()
			o.append(f'{tab}{n}' + self.pick(f'.v = {self.expr("int")};', f'.s = {self.expr("string")};', '.next = nil;', f'.next = {n}.next.next;', f'.l = {self.expr("list of int")};',
				f'.a = {self.expr("array of int")};', '.v++;'))
		elif k < 0.6 and depth > 0:
			o.append(f'{tab}if({self.cond()}){{')
			o += self.block(ind + 1, depth - 1)
			if r.random() < 0.5:
				o.append(f'{tab}}}else{{')
				o += self.block(ind + 1, depth - 1)
			o.append(f'{tab}}}')
		elif k < 0.66 and depth > 0:
			self.loops += 1
			i = f'i{self.loops}'
			o.append(f'{tab}for({i} := 0; {i} < {r.randint(1, 4)}; {i}++){{')
			self.scope.append((i, 'int'))
			o += self.block(ind + 1, 0, ro=i)
			self.scope.remove((i, 'int'))
			o.append(f'{tab}}}')
		elif k < 0.85 and self.calls:
			f = r.choice(self.fns)
			c = self.calling(f, 1)
			if f[2] == '(int, string)':
				o.append(f'{tab}({self.dest("int")}, {self.dest("string")}) = {c};')
			elif f[2] == '(ref Node, int)':
				o.append(f'{tab}({self.dest("ref Node")}, {self.dest("int")}) = {c};')
			elif f[2] == '' or r.random() < 0.2:
				o.append(f'{tab}{c};')
			else:
				o.append(f'{tab}{self.dest(f[2])} = {c};')
		elif k < 0.87:
			# What is on the way to an element need not be counted; it may be left in the midst of it.
			n = self.node()
			o.append(f'{tab}{n}' + self.pick('.next.a', '.a', '.next.next.a') + f'[{self.expr("int", 0)}] ' + self.pick('=', '+=') + f' {self.expr("int", 1)};')
		elif k < 0.88 and self.params:
			v, t = r.choice(self.params)
			self.locals += 1
			self.scope.append((f'v{self.locals}', t))
			o.append(f'{tab}v{self.locals} := {v};')
		elif k < 0.885:
			o.append(f'{tab}ga[{self.expr("int", 0)} & 3] = {self.expr("int")};')
		elif k < 0.9:
			o.append(f'{tab}if({self.cond()}) raise "oops";')
		elif k < 0.93 and self.result is not None:
			o.append(f'{tab}if({self.cond()}) {self.ret()}')
		elif k < 0.97:
			t = r.choice(TYPES[3:-1])
			o.append(f'{tab}{self.dest(t)} = nil;')
		else:
			o.append(f'{tab}gi++;')
		return o

	def cond(self):
		return self.pick(f'{self.expr("int", 1)} {self.pick("<", ">", "==", "!=")} {self.expr("int", 0)}', f'{self.expr("ref Node", 0)} {self.pick("==", "!=")} nil',
			f'{self.expr("list of int", 0)} {self.pick("==", "!=")} nil', f'{self.expr("string", 0)} == {self.expr("string", 0)}')

	def block(self, ind, depth, ro=None):
		keep = list(self.scope)
		o = []
		for _ in range(self.r.randint(1, 3)):
			s = self.stmt(ind, depth)
			if ro and any(re.search(rf'\b{ro} = |\b{ro},|, {ro}\) =', x) for x in s):
				continue
			o += s
		self.scope = keep
		return o

	def ret(self):
		t = self.result
		if t == '':
			return 'return;'
		if t == '(int, string)':
			return f'return ({self.expr("int", 1)}, {self.expr("string", 1)});'
		if t == '(ref Node, int)':
			return f'return ({self.expr("ref Node", 1)}, {self.expr("int", 1)});'
		return f'return {self.expr(t)};'

	def function(self, f):
		n, args, res = f
		self.scope = [('d', 'int')] + [(f'a{i}', t) for i, t in enumerate(args)]
		self.result = res
		self.params = list(self.scope[1:])
		self.depth = 'd-1'
		self.plain = self.r.random() < 0.7
		ps = ', '.join(['d: int'] + [f'a{i}: {t}' for i, t in enumerate(args)])
		o = [f'{n}({ps}){": " + res if res else ""}', '{']
		self.calls = False
		form = self.r.random()
		# Below 0 nobody calls anybody.
		o.append('\tif(d <= 0){' if form < 0.8 else '\tif(d < 1){')
		o += self.block(2, 0) if self.r.random() < 0.3 else []
		o.append(f'\t\t{self.ret()}')
		o.append('\t}')
		self.calls = True
		self.scope[0] = ('a0', args[0]) if args else ('gi', 'int')
		for _ in range(self.r.randint(1, 6)):
			o += self.stmt(1, 2)
		o.append(f'\t{self.ret()}')
		o.append('}')
		return o

	def program(self):
		o = []
		for f in self.fns:
			o += self.function(f)
		o += ['init(nil: ref Draw->Context, nil: list of string)', '{', '\tsys = load Sys Sys->PATH;', '\tstart := 0;', '\tfor(k := 0; k < 6; k++){']
		self.calls, self.plain, self.scope = False, False, [('k', 'int')]
		o += ['\t\tga = array[8] of {* => k};', '\t\tg = ref Node(k, "g", ref Node(1, "h", nil, 2 :: nil, nil), nil, ga);', '\t\tgn = g :: nil;', '\t\tgl = 1 :: 2 :: nil;',
			'\t\tgs = "start";']
		for n, args, res in self.fns:
			self.depth = str(self.r.choice([1, 2, 3, 3, 4, 5]))
			c = f'{n}({", ".join([self.depth] + [self.expr(a, 0) for a in args])})'
			show = {'': '%s c_', 'int': 'string', 'big': 'string', 'real': 'string', 'string': '', 'ref Node': 'text', 'list of int': 'ints', 'list of ref Node': 'nodes',
				'array of int': 'array_'}
			o.append('\t\t{')
			if res == '':
				o.append(f'\t\t\t{c};')
			elif res == '(int, string)':
				o.append(f'\t\t\t(x, y) := {c};\n\t\t\tsys->print("{n} %d %s\\n", x, y);')
			elif res == '(ref Node, int)':
				o.append(f'\t\t\t(x, y) := {c};\n\t\t\tsys->print("{n} %s %d\\n", text(x), y);')
			else:
				o.append(f'\t\t\tsys->print("{n} %s\\n", {show[res]}({c}));')
			o.append('\t\t}exception e{\n\t\t"*" =>\n\t\t\tsys->print("' + n + ': %s\\n", e);\n\t\t}')
			o.append('\t\tstate();')
		o += ['\t\tg = nil; gs = nil; gl = nil; gn = nil; ga = nil; gi = k; gb = big 0; gr = 0.0;', '\t\tif(k == 2)', '\t\t\tstart = used();', '\t}',
			'\tsys->print("left %d\\n", used() - start);', '}']
		return HEAD + '\n'.join(o) + TAIL


def run(cmd, env=None, limit=20):
	try:
		p = subprocess.run(cmd, capture_output=True, text=True, errors='replace', timeout=limit, env=dict(os.environ, **(env or {})))
	except subprocess.TimeoutExpired:
		return 'timeout', ''
	return p.returncode, p.stdout + p.stderr


def main():
	ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	ap.add_argument('-s', type=int, default=1)
	ap.add_argument('-n', type=int, default=100)
	ap.add_argument('-k', action='store_true')
	ap.add_argument('limbo')
	ap.add_argument('emu')
	a = ap.parse_args()
	top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
	bad = skipped = 0
	with tempfile.TemporaryDirectory() as d:
		src, obj = os.path.join(d, 't.b'), os.path.join(d, 't.dis')
		for seed in range(a.s, a.s + a.n):
			with open(src, 'w') as f:
				f.write(Gen(seed).program())
			st, out = run([a.limbo, '-I' + os.path.join(top, 'module'), '-o', obj, src])
			if st != 0:
				print(f'program {seed} does not compile: {out[:400]}')
				bad += 1
				continue
			want = run([a.emu, '-c0', '#U*' + obj])
			if want[0] == 'timeout':
				skipped += 1
				continue
			for name, env in (('compiled', 'force'), ('with short turns', 'force,short')):
				got = run([a.emu, '-c1', '#U*' + obj], {'EMU_JIT': env}, 60)
				if got != want:
					print(f'program {seed} differs {name}')
					for x, y in zip(want[1].splitlines() + [''], got[1].splitlines() + ['']):
						if x != y:
							print(f'\twant {x[:200]}\n\tgot  {y[:200]} ({got[0]})')
							break
					bad += 1
					if a.k:
						with open('lights.b', 'w') as f:
							f.write(open(src).read())
						return 1
					break
	print(f'{a.n - bad - skipped} programs end alike' + (f', {skipped} took too long' if skipped else ''))
	return 1 if bad else 0


if __name__ == '__main__':
	sys.exit(main())
