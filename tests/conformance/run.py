#!/usr/bin/env python3
"""Runs the conformance tests in the directories beside this file; see README.md."""
import concurrent.futures
import fnmatch
import glob
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import dislib  # noqa: E402

LIMBO = shlex.split(os.environ.get('LIMBO', 'limbo'))
EMU = shlex.split(os.environ.get('EMU', 'emu'))
HOSTROOT = os.environ.get('HOSTROOT', '#U*')
JOBS = int(os.environ.get('JOBS', os.cpu_count() or 2))
SCALE = float(os.environ.get('TIMEOUT_SCALE', '1'))
TIMEOUT = 20
BATCH = int(os.environ.get('BATCH', '1'))
FAILMODE = os.environ.get('FAILMODE', 'strict')
KNOWN = os.environ.get('KNOWN', '')
verbose = '-v' in sys.argv[1:]

# lines that a system may add on its console, besides what the program prints
CONSOLE = re.compile(r'arena \S+ too large: |link typecheck \S*->\S*\(\) [0-9a-f]+/[0-9a-f]+$')


class Result:
    def __init__(self, name, ok, why='', detail=''):
        self.name, self.ok, self.why, self.detail = name, ok, why, detail


def execute(cmd, timeout, cwd=None):
    """Run cmd in a process group of its own: (stdout, stderr, exit status or None after a timeout)."""
    try:
        p = subprocess.Popen(cmd, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
    except OSError as e:
        return '', str(e), 127
    rc = True
    try:
        o, e = p.communicate(timeout=timeout * SCALE)
    except subprocess.TimeoutExpired:
        rc = None
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        o, e = p.communicate()
    return o.decode('utf-8', 'replace'), e.decode('utf-8', 'replace'), p.returncode if rc else None


def clean(s):
    return [l for l in s.splitlines() if not CONSOLE.match(l)]


def read(path):
    with open(path, encoding='utf-8', newline='') as f:
        return f.read()


def wanted(base, suffix):
    """The accepted results: NAME.out (or .err), NAME.alt, NAME.alt2 ..."""
    r = [clean(read(base + suffix))]
    for f in sorted(glob.glob(glob.escape(base) + '.alt*')):
        r.append(clean(read(f)))
    return r


def directive(src, key, default=None):
    m = re.search(r'^#%s: *(.*)$' % key, src, re.M)
    return m.group(1).strip() if m else default


def difference(want, got):
    for i in range(max(len(want), len(got))):
        w = want[i] if i < len(want) else '(end)'
        g = got[i] if i < len(got) else '(end)'
        if w != g:
            return 'line %d: want %r, got %r' % (i + 1, w[:120], g[:120])
    return ''


def compile_(src, out, cwd, flags=()):
    o, e, rc = execute(LIMBO + list(flags) + ['-o', out, src], 60, cwd)
    return o + e, rc


def hostpath(p):
    return HOSTROOT + p


# ---- programs that print ----

def run_prepare(name, build):
    """Compile a test and its helpers: (directory, object, source, error)."""
    d = os.path.join(build, 'run', name)
    os.makedirs(d)
    src = read(os.path.join(HERE, 'run', name + '.b'))
    for f in sorted(glob.glob(os.path.join(HERE, 'run', 'aux', glob.escape(name) + '_*.b'))):
        base = os.path.basename(f)[:-2]
        msg, rc = compile_('aux/' + base + '.b', os.path.join(d, base + '.dis'), os.path.join(HERE, 'run'))
        if rc != 0:
            return d, None, src, 'helper %s does not compile: %s' % (base, msg.strip()[:300])
    dis = os.path.join(d, name + '.dis')
    msg, rc = compile_(name + '.b', dis, os.path.join(HERE, 'run'), shlex.split(directive(src, 'flags', '')))
    if rc != 0 or not os.path.exists(dis):
        return d, None, src, 'does not compile: ' + msg.strip()[:300]
    return d, dis, src, None


def run_judge(name, out, rc, err=''):
    want = wanted(os.path.join(HERE, 'run', name), '.out')
    got = clean(out)
    if rc is None:
        return Result('run/' + name, False, 'timeout', difference(want[0], got))
    if got in want:
        return Result('run/' + name, True)
    return Result('run/' + name, False, difference(want[0], got), '\n'.join(got) + ('\n' + err if err else ''))


def run_one(name, d, dis, src):
    o, e, rc = execute(EMU + [dis, hostpath(d)], int(directive(src, 'timeout', TIMEOUT)))
    return run_judge(name, o, rc, e)


def run_batch(items, build, driver):
    """Several tests in one emulator; what does not come out right is run again alone."""
    t = int(TIMEOUT * SCALE)
    args = [str(t)]
    for name, d, dis, src in items:
        args += [hostpath(dis), hostpath(d)]
    o, e, rc = execute(EMU + [driver] + args, (t + 5) * len(items))
    parts = {}
    for m in re.finditer(r'^@@ (.*)\n((?s:.*?))^@@ end$', o, re.M):
        parts[m.group(1)] = m.group(2)
    res = []
    for name, d, dis, src in items:
        out = parts.get(hostpath(dis))
        r = run_judge(name, out, 0) if out is not None else None
        res.append(r if r and r.ok else run_one(name, d, dis, src))
    return res


def run_all(names, build, pool):
    futs = [(n, pool.submit(run_prepare, n, build)) for n in names]
    batch, jobs, results = [], [], []
    driver = None
    if BATCH > 1:
        driver = os.path.join(build, 'batch.dis')
        msg, rc = compile_('batch.b', driver, HERE)
        if rc != 0:
            print('batch.b does not compile: ' + msg.strip()[:300])
            driver = None
    for n, f in futs:
        d, dis, src, err = f.result()
        if err:
            results.append(Result('run/' + n, False, err))
        elif driver and not directive(src, 'batch') and not directive(src, 'timeout'):
            batch.append((n, d, dis, src))
            if len(batch) == BATCH:
                jobs.append(pool.submit(run_batch, batch, build, driver))
                batch = []
        else:
            jobs.append(pool.submit(lambda *a: [run_one(*a)], n, d, dis, src))
    if batch:
        jobs.append(pool.submit(run_batch, batch, build, driver))
    for j in jobs:
        results += j.result()
    return results


# ---- programs that must not compile ----

def err_lines(s):
    r = []
    for l in s.splitlines():
        if l.strip():
            r.append(re.sub(r'(?:/[^\s:]*/)([^/\s:]+\.[bm]:)', r'\1', l.rstrip()))
    return r


def err_key(lines):
    if FAILMODE == 'any':
        return []
    if FAILMODE == 'line':
        return [m.group(1) for m in (re.match(r'(\S+?:\d+):', l) for l in lines) if m][:1]
    if FAILMODE == 'first':
        return lines[:1]
    return lines


def fail_one(name, build):
    src = read(os.path.join(HERE, 'fail', name + '.b'))
    out = os.path.join(build, 'fail', name + '.dis')
    msg, rc = compile_(name + '.b', out, os.path.join(HERE, 'fail'), shlex.split(directive(src, 'flags', '')))
    want = [err_lines('\n'.join(w)) for w in wanted(os.path.join(HERE, 'fail', name), '.err')]
    got = err_lines(msg)
    full = 'fail/' + name
    bad = any(': warning: ' not in l for l in want[0])
    if rc is None:
        return Result(full, False, 'timeout')
    if bad and (rc == 0 or os.path.exists(out)):
        return Result(full, False, 'compiled, want ' + repr(want[0][0]))
    if not bad and (rc != 0 or not os.path.exists(out)):
        return Result(full, False, 'does not compile: ' + ' '.join(got)[:200])
    if any(err_key(got) == err_key(w) for w in want):
        return Result(full, True)
    return Result(full, False, difference(err_key(want[0]), err_key(got)), '\n'.join(got))


# ---- object files ----

def dis_sections(out):
    parts = {}
    for m in re.finditer(r'^@@ (.*)\n((?s:.*?))^@@$', out, re.M):
        parts[os.path.basename(m.group(1))[:-4]] = m.group(2)
    return parts


def dis_all(names, build, pool):
    b = os.path.join(build, 'dis')
    os.makedirs(b)
    loader = os.path.join(b, 'loader.dis')
    msg, rc = compile_('loader.b', loader, os.path.join(HERE, 'dis'))
    if rc != 0:
        return [Result('dis/' + n, False, 'loader.b does not compile: ' + msg.strip()[:200]) for n in names]
    for n in names:
        ns = {}
        exec(compile(read(os.path.join(HERE, 'dis', n + '.py')), n + '.py', 'exec'), ns)
        with open(os.path.join(b, n + '.dis'), 'wb') as f:
            f.write(ns['out'])

    def judge(n, got):
        want = wanted(os.path.join(HERE, 'dis', n), '.out')
        got = clean(got) if got is not None else ['(no result)']
        return Result('dis/' + n, True) if got in want else Result('dis/' + n, False, difference(want[0], got))

    def alone(n):
        o, e, rc = execute(EMU + [loader, hostpath(os.path.join(b, n + '.dis'))], TIMEOUT)
        return judge(n, dis_sections(o).get(n))

    def many(ns):
        o, e, rc = execute(EMU + [loader] + [hostpath(os.path.join(b, n + '.dis')) for n in ns], TIMEOUT)
        p = dis_sections(o)
        return [r if r.ok else alone(n) for n, r in ((n, judge(n, p.get(n))) for n in ns)]
    k = 16
    jobs = [pool.submit(many, names[i:i + k]) for i in range(0, len(names), k)]
    return [r for j in jobs for r in j.result()]


# ---- link signatures ----

def sig_one(name, build):
    out = os.path.join(build, 'sig', name + '.dis')
    msg, rc = compile_(name + '.b', out, os.path.join(HERE, 'sig'))
    full = 'sig/' + name
    if rc != 0:
        return Result(full, False, 'does not compile: ' + msg.strip()[:200])
    try:
        with open(out, 'rb') as f:
            d = dislib.parse(f.read())
    except Exception as e:
        return Result(full, False, 'unreadable object: %s' % e)
    got = ['%s %.8x' % (n, s) for _, _, s, n in d['links']]
    want = read(os.path.join(HERE, 'sig', name + '.sig')).splitlines()
    if got == want:
        return Result(full, True)
    return Result(full, False, difference(want, got), '\n'.join(got))


def known_failures():
    """Names in the file of known failures: one `kind/name: reason` a line, # for comments."""
    if not KNOWN:
        return {}
    r = {}
    for line in read(KNOWN).splitlines():
        if line.strip() and not line.startswith('#'):
            name, _, why = line.partition(':')
            r[name.strip()] = why.strip()
    return r


def main():
    pats = [a for a in sys.argv[1:] if not a.startswith('-')]

    def chosen(kind, ext):
        r = []
        for f in sorted(glob.glob(os.path.join(HERE, kind, '*' + ext))):
            n = os.path.basename(f)[:-len(ext)]
            if n == 'loader' or not os.path.exists(os.path.join(HERE, kind, n + exts[kind])):
                continue
            if not pats or any(fnmatch.fnmatch(kind + '/' + n, p) or p == kind for p in pats):
                r.append(n)
        return r
    exts = {'run': '.out', 'fail': '.err', 'dis': '.out', 'sig': '.sig'}
    names = {'run': chosen('run', '.b'), 'fail': chosen('fail', '.b'), 'dis': chosen('dis', '.py'),
             'sig': chosen('sig', '.b')}
    if '-l' in sys.argv[1:]:
        for k in names:
            for n in names[k]:
                print(k + '/' + n)
        return 0
    for v, c in (('LIMBO', LIMBO), ('EMU', EMU)):
        if not shutil.which(c[0]):
            print('%s: no command %s' % (v, c[0]))
            return 2
    build = tempfile.mkdtemp(prefix='conformance.')
    for k in ('fail', 'sig'):
        os.makedirs(os.path.join(build, k))
    results = []
    try:
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            sigs = [pool.submit(sig_one, n, build) for n in names['sig']]
            fails = [pool.submit(fail_one, n, build) for n in names['fail']]
            if names['dis']:
                results += dis_all(names['dis'], build, pool)
            if names['run']:
                results += run_all(names['run'], build, pool)
            results += [j.result() for j in sigs + fails]
    finally:
        if os.environ.get('KEEP'):
            print('build products: ' + build)
        else:
            shutil.rmtree(build, ignore_errors=True)
    bad = sorted((r for r in results if not r.ok), key=lambda r: r.name)
    known = known_failures()
    if known:
        # A listed test must fail: the list can only shrink.
        good = [r for r in results if r.ok and r.name in known]
        bad = [r for r in bad if r.name not in known] + [
            Result(r.name, False, 'passes, but is on the list of known failures (%s)' % KNOWN) for r in good]
    for r in bad:
        print('FAIL %s: %s' % (r.name, r.why))
        if verbose and r.detail:
            print('\n'.join('    ' + l for l in r.detail.splitlines()[:40]))
    print('%d passed, %d failed' % (len(results) - len(bad), len(bad)))
    return 1 if bad else 0


sys.exit(main())
