"""What documents show is so: the commands of docs/tutorial.md are run and their output compared."""
import os
import shutil
import subprocess

from emulib import EMU, HERE, Skip, check, environment, equal

DOCS = os.path.join(HERE, '../../docs')


def sessions(doc):
    """[prompt, command, output] of each command in the indented examples, and the texts of fenced programs, in order."""
    steps, fence, text = [], None, None
    for l in open(os.path.join(DOCS, doc)).read().split('\n'):
        if fence is not None:
            if l.startswith('```'):
                steps.append(['limbo', fence, ''])
                fence = None
            else:
                fence += l + '\n'
        elif l.startswith('```limbo'):
            fence = ''
        elif l.startswith('    ; ') or l.startswith('    $ '):
            steps.append([l[4], l[6:], ''])
        elif l.startswith('    ') and steps:
            steps[-1][2] += l[4:] + '\n'
    return steps


def test_tutorial(p):
    home = p.home('home')
    bin_ = os.path.dirname(os.path.abspath(EMU))
    e, n = None, 0
    for kind, text, want in sessions('tutorial.md'):
        if kind == 'limbo':
            p.file('home/.local/share/emu/tmp/back.b', text)
        elif text == 'emu':
            e = p.emu()
        elif kind == '$':
            env = dict(environment(home), PATH=bin_ + ':' + os.environ['PATH'])
            r = subprocess.run(['sh', '-c', text], capture_output=True, text=True, env=env, timeout=60)
            equal(r.stdout + r.stderr, want, '$ ' + text)
            n += 1
        else:
            if text.startswith('os '):
                text += ' </dev/null'  # it would take the commands that follow for its input
            equal(e.run(text), want.rstrip('\n'), '; ' + text)
            n += 1
    check(n > 40, 'number of commands', n)


def test_manual_of_the_host(p):
    if not shutil.which('man'):
        raise Skip('no man')
    build = os.path.join(os.path.dirname(os.path.abspath(EMU)), '..')
    d = os.path.join(p.dir, 'installed')
    r = subprocess.run(['cmake', '--install', build, '--prefix', d], capture_output=True, text=True, timeout=120)
    equal(r.returncode, 0, r.stderr)

    def page(*args):
        env = dict(os.environ, MANWIDTH='80', LC_ALL='C', MANPAGER='cat')
        return subprocess.run(['man', '-M', d + '/share/man'] + list(args), capture_output=True, text=True, env=env, timeout=60).stdout
    for args, want in ((['emu'], 'emu - Inferno on a host'), (['1inferno', 'ls'], 'ls, lc - list files'),
                       (['3inferno', 'cons'], 'cons - console'), (['tutorial'], 'tutorial - the first hour')):
        check(want in page(*args), 'man ' + ' '.join(args), page(*args)[:200])
    clash = [f for r, _, l in os.walk(d + '/share/man') for f in l if not f.endswith('inferno') and f[:-2] not in
             ('emu', 'limbo', 'limbols', 'disdump', 'disasm', 'styxmount')]
    equal(clash, [], 'pages that could hide the host\'s')
