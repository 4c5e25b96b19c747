"""The compiler inside emu."""
import os
import subprocess
import time

from emulib import EMU, check, equal, environment

HELLO = '''implement Hello;
include "sys.m";
include "draw.m";
Hello: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, nil: list of string)
{
	sys := load Sys Sys->PATH;
	sys->print("hello\\n");
}
'''
BAD = HELLO.replace('sys->print("hello\\n");', 'x := y;')


def put(p, name, text):
    p.file('home/.local/share/emu/tmp/' + name, text)


def get(p, name):
    with open(os.path.join(p.dir, 'home/.local/share/emu/tmp', name), 'rb') as f:
        return f.read()


def host(p, *args):
    """The compiler of the host."""
    limbo = os.path.join(os.path.dirname(EMU), 'limbo')
    return subprocess.run([limbo] + list(args), cwd=p.dir, capture_output=True, env=dict(environment(p.dir), ROOT='/nosuch'))


def test_compile_and_run(p):
    put(p, 'hello.b', HELLO)
    equal(p.run('sh', '-c', 'cd /tmp; limbo hello.b; hello; ls'), ('hello\nhello.b\nhello.dis\n', '', 0))


def test_same_object_as_in_the_build(p):
    script = 'load std; cd /tmp; for i in ls grep mk limbo {limbo -w /appl/cmd/$i.b; cmp $i.dis /dis/$i.dis}'
    equal(p.run('sh', '-c', script, timeout=60), ('', '', 0))


def test_same_symbols_and_listings(p):
    put(p, 'x', '')
    e = p.emu()
    e.quiet('limbo -g -o /tmp/l.dis /appl/cmd/ls.b')
    e.quiet('limbo -S -o /tmp/l.s /appl/cmd/ls.b')
    e.quiet('limbo -t Sys /module/sys.m > /tmp/t')
    root = os.path.join(os.path.dirname(EMU), '../root')
    for args in (['-g', '-o', 'h.dis'], ['-S', '-o', 'h.s']):
        equal(host(p, *args, '-I', root + '/module', root + '/appl/cmd/ls.b').returncode, 0)
    for name in ('.sbl', '.s'):
        with open(os.path.join(p.dir, 'h' + name), 'rb') as f:
            check(get(p, 'l' + name).split(b'\tsource')[0] == f.read().split(b'\tsource')[0], name)
    equal(get(p, 't'), host(p, '-t', 'Sys', root + '/module/sys.m').stdout)


def test_errors(p):
    put(p, 'bad.b', BAD)
    put(p, 'noinc.b', 'implement X;\ninclude "nosuch.m";\n')
    e = p.emu()
    e.run('cd /tmp; echo old > bad.dis')
    equal(e.run('limbo bad.b'), 'bad.b:8: y is not declared')
    equal(e.run('limbo bad.b >[2] /dev/null; echo $status'), 'errors')
    equal(e.run('ls bad.dis >[2] /dev/null'), '')
    check('nosuch.b' in e.run('limbo nosuch.b') and 'does not exist' in e.run('limbo nosuch.b'), 'no such file')
    check(e.run('limbo noinc.b').startswith('noinc.b:'), 'no such include')
    check("can't open /tmp: " in e.run('limbo /tmp'), 'directory', e.run('limbo /tmp'))
    equal(e.run('limbo'), 'usage: limbo [-GSacgwe] [-I incdir] [-o outfile] [-{T|t|d} module] [-D debug] file ...')
    equal(e.run('limbo >[2] /dev/null; echo $status'), 'usage')
    equal(e.run('limbo -o x a.b b.b >[2] /dev/null; echo $status'), 'usage')
    equal(e.run('ls'), 'bad.b\nnoinc.b')


def test_name_space_of_the_caller(p):
    put(p, 'hello.b', HELLO)
    put(p, 'inc/own.m', 'Own: con "from the name space";\n')
    put(p, 'own.b', HELLO.replace('include "draw.m";', 'include "draw.m";\ninclude "own.m";').replace('"hello\\n"', '"%s\\n", Own'))
    e = p.emu()
    e.run('cd /tmp')
    # a file that only exists there; one that only the host has
    e.quiet('mkdir /tmp/m; bind /tmp/inc /tmp/m; limbo -I m own.b')
    equal(e.run('own'), 'from the name space')
    p.file('outside.b', HELLO)
    check('does not exist' in e.run('limbo %s/outside.b' % p.dir), 'host file')
    # without /module there is nothing to include
    check("can't include sys.m" in e.run("sh -c 'load std; pctl forkns; bind /tmp/inc /module; limbo hello.b'"), 'no modules')


def test_killed_while_reading(p):
    put(p, 'hello.b', HELLO)
    e = p.emu()
    e.quiet("bind '#|' /n/remote; cd /tmp")
    e.quiet('limbo /n/remote/data1 & pid=$apid; sleep 1')
    check('Limbocmd' in e.run('ps'), 'waits', e.run('ps'))
    check('killed' in e.run('kill $pid; sleep 1'), 'killed')
    check('Limbocmd' not in e.run('ps'), 'gone', e.run('ps'))
    equal(e.run('limbo hello.b; hello'), 'hello')


def resident(e):
    """MB that emu holds of the host's memory."""
    with open('/proc/%d/statm' % e.p.pid) as f:
        return int(f.read().split()[1]) * os.sysconf('SC_PAGESIZE') >> 20


def await_(cond, what):
    end = time.monotonic() + 60
    while not cond():
        check(time.monotonic() < end, what)
        time.sleep(0.01)


def functions(n):
    return HELLO.replace('module {', 'module { f0: fn(a: int): int;') + 'f0(a: int): int { return a; }\n' + ''.join(
        'f%d(a, b: int): int { x := a * b + %d; if(x > b) x = f%d(b, x) - 1; return x; }\n' % (i, i % 1000, max(1, i - 1)) for i in range(1, n))


def test_memory_limit(p):
    put(p, 'big.b', functions(400000))
    put(p, 'hello.b', HELLO)
    e = p.emu()
    e.quiet('cd /tmp; echo old > big.dis')
    before = resident(e)
    equal(e.run('limbo big.b', timeout=120), 'fatal limbo compiler error: out of memory')
    equal(e.run('limbo big.b >[2] /dev/null; echo $status', timeout=120), 'errors')
    equal(e.run('ls big.dis >[2] /dev/null'), '')
    equal(e.run('limbo hello.b; hello'), 'hello')
    await_(lambda: resident(e) < before + 64, 'the memory is given back')


def test_killed_while_compiling(p):
    put(p, 'big.b', functions(150000))
    put(p, 'hello.b', HELLO)
    e = p.emu()
    e.quiet('cd /tmp')
    before = resident(e)
    for i in range(5):
        e.quiet('limbo big.b & pid=$apid')
        await_(lambda: resident(e) > before + 100, 'the compilation takes memory')
        check('killed' in e.run('kill $pid; sleep 1'), 'killed')
        check('Limbocmd' not in e.run('ps'), 'gone', e.run('ps'))
        await_(lambda: resident(e) < before + 64, 'the memory is given back')
    equal(e.run('limbo hello.b; hello'), 'hello')
    equal(e.run('ls big.dis >[2] /dev/null'), '')
