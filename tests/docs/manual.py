#!/usr/bin/env python3
"""The manual is complete and well formed: manual.py SOURCEDIR ROOT EMU

Every program below /dis, every module interface and every device is named by a page, in the line before the dash of NAME, and every
page passes mandoc's and groff's checks. The pages that a page refers to exist, but for the host's and those of LATER. What tests/docs/wanted
lists is there, with its page.
"""
import glob
import html.parser
import os
import re
import shutil
import subprocess
import sys

src, root, emu = sys.argv[1:4]
pages = sorted(glob.glob(os.path.join(src, 'docs/man/*/*')))
failures = []

# Interfaces that are the graphical system's or describe what hosts elsewhere offer; they come without an implementation here.
FOREIGN = set('''auth9 bench crypt devpointer dialog dividers draw factotum freetype imagefile keyboard keyset oldauth popup prefab profile
secstore security selectfile styxpersist tabs titlebar tk tkclient winplace wmclient wmlib wmsrv'''.split())
# Parts of others, explained with them.
PARTS = {'ipints': 'keyring-ipint', 'sets32': 'sets', 'keyring': 'keyring-ipint', 'math': 'math-intro', 'sh': 'sh'}
# Pages of parts that are not here yet, and of the host.
LATER = set('draw(2) draw(3) factotum(4) image(6) security-intro(2) tk(2) tkclient(2) wmlib(2) wm(1)'.split())
HOST = set('editrc(5) man(7) mount.fuse3(8) perf(1) systemd(1)'.split())


def fail(what):
    failures.append(what)


def plain(s):
    s = re.sub(r'\\f(\(..|\[[^]]*\]|.)', '', s)
    return s.replace('\\-', '-').replace('\\&', '').replace('\\e', '\\')


def names(page):
    """Names that the page describes."""
    lines = open(page, encoding='utf-8').read().split('\n')
    for i, l in enumerate(lines):
        if re.match(r'\.SH\s+"?NAME', l):
            head = lines[i + 1].split('\\-')[0]
            return {w for w in re.split(r'[,:\s]+', plain(head)) if w}
    fail('%s: no NAME' % page)
    return set()


described = {}  # section -> name -> page
for p in pages:
    section = p.split('/')[-2]
    for n in names(p) | {re.sub(r'\.\d$', '', os.path.basename(p))}:
        described.setdefault(section, {})[n] = p


def wanted(what, name, sections):
    if not any(name in described.get(s, {}) for s in sections):
        fail('no page for %s %s in section %s' % (what, name, ' or '.join(sections)))


dis = os.path.join(root, 'dis')
for d, _, files in os.walk(dis):
    rel = os.path.relpath(d, dis)
    if rel.split('/')[0] == 'lib':
        continue
    for f in files:
        name = re.sub(r'\.dis$', '', f)
        if rel == 'sh':
            wanted('shell module', 'sh-' + name, '1')
        elif rel == '.':
            wanted('command', name, '1248')
        elif not any(n in described.get(s, {}) for s in '148' for n in (name, rel + '/' + name)):
            fail('no page for command %s/%s' % (rel, name))
for m in sorted(glob.glob(os.path.join(src, 'module/*.m'))):
    name = os.path.basename(m)[:-2]
    if name not in FOREIGN:
        wanted('module', PARTS.get(name, name), '2')
devices = re.findall(r'&(\w+)dev\b', open(os.path.join(src, 'devs/devtab.c')).read())
if not devices:
    fail('no devices in devtab.c')
drivers = subprocess.run([emu, 'cat', '/dev/drivers'], capture_output=True, text=True, timeout=60).stdout
if len(drivers.split('\n')) < len(devices):
    fail('/dev/drivers: ' + drivers)
for l in drivers.splitlines():
    wanted('device', l.split()[1], '3')

known = {'%s(%s)' % (n.lower(), s) for s in described for n in described[s]}
known |= {re.sub(r'^.*/(.*)\.(\d)$', r'\1(\2)', p) for p in pages}
known |= {n + '(1)' for n in ('tutorial', 'coming-from')}
for p in pages:
    text = re.sub(r'^\.[BIR]{2} +(\S+) +(\(\d\))', r'\1\2', plain(open(p, encoding='utf-8').read()), flags=re.M)
    for ref in sorted({m.lower() for m in re.findall(r'[A-Za-z0-9][A-Za-z0-9_./-]*\([1-8]\)', text)}):
        if ref not in known | LATER | HOST | {'lalr(1)'}:
            fail('%s: refers to %s, which is not there' % (p, ref))

# The list: a path below the root without .dis, its page or -, and `here' or `later'.
for l in open(os.path.join(src, 'tests/docs/wanted'), encoding='utf-8'):
    if l.startswith('#') or not l.strip():
        continue
    path, page, state = l.split()
    exists = any(os.path.exists(os.path.join(root, path + e)) for e in ('', '.dis'))
    if state == 'here':
        if not exists:
            fail('%s is not in the root' % path)
        if page != '-' and page not in known:
            fail('%s: no page %s' % (path, page))
    elif state != 'later':
        fail('wanted: %s: bad state %s' % (path, state))
    elif exists:
        print('wanted: %s is here now; say so in the list' % path)

for p in pages:
    if shutil.which('mandoc'):
        r = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', p], capture_output=True, text=True)
        for l in (r.stdout + r.stderr).splitlines():
            if 'missing date' not in l:
                fail(l)
    if shutil.which('groff'):
        r = subprocess.run(['groff', '-man', '-ww', '-z', '-Tutf8', '-Kutf8', p], capture_output=True, text=True)
        for l in r.stderr.splitlines():
            if 'cannot adjust' not in l and "can't break" not in l:
                fail(l)


class Balanced(html.parser.HTMLParser):
    """Elements are closed in the order in which they were opened, and stand where they may."""
    PARENTS = {'dt': ['dl'], 'dd': ['dl'], 'p': ['body', 'blockquote'], 'h2': ['body'], 'h3': ['body'], 'dl': ['body', 'blockquote', 'dd']}

    def __init__(self):
        super().__init__()
        self.stack, self.wrong, self.ends, self.text = [], [], 0, ''

    def handle_starttag(self, name, attrs):
        if self.PARENTS.get(name, self.stack[-1:]) != self.stack[-1:] and self.stack[-1] not in self.PARENTS.get(name, ()):
            self.wrong.append('%s in %s' % (name, self.stack[-1]))
        if name not in ('meta', 'br'):
            self.stack.append(name)

    def handle_endtag(self, name):
        if not self.stack or self.stack.pop() != name:
            self.wrong.append('</%s>' % name)
        self.ends += name == 'html'

    def handle_data(self, data):
        self.text += data


for p in glob.glob(os.path.join(root, 'man/*/*')):
    name = '/' + os.path.relpath(p, root)
    out = subprocess.run([emu, 'man2html', name], capture_output=True, text=True, timeout=60).stdout
    b = Balanced()
    b.feed(out)
    if b.wrong or b.stack or b.ends != 1:
        fail('man2html %s: %s %s' % (name, b.wrong[:3], b.stack))
    text = subprocess.run([emu, 'man2txt', name], capture_output=True, text=True, timeout=60).stdout

    def squeeze(s):
        return sorted(w for w in re.split(r'[\s\xa0]+', s.replace('\u2014', '--')) if w)
    missing = set(squeeze(text)) - set(squeeze(b.text))
    if len(missing) > 3:
        fail('man2html %s: not there: %s' % (name, sorted(missing)[:5]))

for f in failures:
    print(f)
print('%d pages, %d complaints' % (len(pages), len(failures)))
sys.exit(1 if failures else 0)
