"""All of appl/ made inside emu, from a copy of the tree: the same bytes as the host made."""
import filecmp
import os
import shutil
import time

from emulib import EMU, HERE, check, equal

SRC = os.path.join(HERE, '../..')
BUILT = os.path.join(os.path.dirname(os.path.realpath(EMU)), '../root/dis')


def files(d):
    return sorted(os.path.relpath(os.path.join(r, f), d) for r, _, l in os.walk(d) for f in l)


def test_appl(p):
    for d in ('appl', 'module'):
        shutil.copytree(os.path.join(SRC, d), os.path.join(p.dir, d))
    out = p.home('out')
    p.file('make', """
bind '#U*%s/appl' /appl
bind '#U*%s/module' /module
cd /appl
mk 'DIS=#U*%s'
""" % (p.dir, p.dir, out))
    o, e, st = p.run('sh', '#U*%s/make' % p.dir, timeout=300)
    equal((e, st), ('', 0), 'mk')
    made = files(out)
    equal(made, files(BUILT), 'what is made')
    check(len(made) > 200, 'number of files', len(made))
    equal([f for f in made if not filecmp.cmp(os.path.join(out, f), os.path.join(BUILT, f), False)], [], 'files that differ')
    equal(p.run('sh', '#U*%s/make' % p.dir, timeout=100), ('', "mk: 'all' is up to date\n", 0), 'mk again')
    # times have whole seconds: what changes in the second in which it was made is as old
    later = time.time() + 2
    os.utime(os.path.join(p.dir, 'appl/cmd/echo.b'), (later, later))
    o, e, st = p.run('sh', '#U*%s/make' % p.dir, timeout=100)
    equal((o, e, st), ('mkdir -p `{basename -d #U*%s/echo.dis}\nlimbo -w -I /module -o #U*%s/echo.dis cmd/echo.b\n' % (out, out), '', 0),
          'after a change')
