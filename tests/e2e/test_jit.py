"""Compiled programs seen from the host: the map for perf(1), and the same output under both engines."""
import os
import platform
import re
import subprocess

from emulib import EMU, SCALE, Skip, check, equal, environment

PROGRAM = '''implement Work;
include "sys.m";
	sys: Sys;
include "draw.m";

Work: module
{
	init: fn(nil: ref Draw->Context, nil: list of string);
	collatz: fn(n: int): int;
};

collatz(n: int): int
{
	for(k := 0; n != 1; k++)
		if(n % 2)
			n = 3 * n + 1;
		else
			n /= 2;
	return k;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sum := big 0;
	for(i := 1; i < 2000; i++)
		sum += big collatz(i);
	a := array[8] of { * => 1.5 };
	{
		for(i = 0; ; i++)
			a[i] /= real (i + 1);
	} exception e {
	"array bounds*" =>
		sys->print("%bd %g %s\\n", sum, a[7], e);
	}
}
'''
OUTPUT = '133988 .1875 array bounds error\n'


def run(p, words, *options):
    """(output, what is in the map for perf or None) with EMU_JIT=words."""
    e = dict(environment(p.home('home')), EMU_JIT=words)
    q = subprocess.Popen([EMU, *options, '#U*' + p.limbo(PROGRAM)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=e)
    out = q.communicate(timeout=60 * SCALE)[0].decode()
    name = '/tmp/perf-%d.map' % q.pid
    if not os.path.exists(name):
        return out, None
    with open(name) as f:
        text = f.read()
    os.remove(name)
    return out, text


def test_same_output(p):
    equal(run(p, '', '-c0'), (OUTPUT, None), 'interpreted')
    equal(run(p, '', '-c1'), (OUTPUT, None), 'compiled')
    equal(run(p, 'force'), (OUTPUT, None), 'compiled at once')


def test_perf_map(p):
    if platform.machine() != 'x86_64':
        raise Skip('nothing is compiled on this machine')
    out, text = run(p, 'force,perf')
    equal(out, OUTPUT)
    if text is None:
        raise Skip('nothing is compiled in this build')
    lines = [re.fullmatch(r'([0-9a-f]+) ([0-9a-f]+) (\S+)', l) for l in text.splitlines()]
    check(lines and all(lines), 'lines of address, size and name', text)
    names = [m[3] for m in lines]
    for name in ('Work.init', 'Work.collatz'):
        check(name in names, name, names)
    # A function is in one place at a time; nothing was dropped in so small a program, so that no two share any.
    places = sorted((int(m[1], 16), int(m[2], 16)) for m in lines)
    for (a, n), (b, _) in zip(places, places[1:]):
        check(n > 0 and a + n <= b, 'functions overlap', (hex(a), n, hex(b)))


def test_no_map_unasked(p):
    equal(run(p, 'perf', '-c0')[1] or '', '', 'nothing is compiled')
