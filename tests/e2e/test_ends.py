"""How emu ends: statuses, broken processes, closed and full outputs, pipelines, signals."""
import os
import pty
import select
import signal
import subprocess
import time

from emulib import EMU, SCALE, Failure, Skip, Terminal, check, environment, equal


def shell(p, script):
    """What a host shell script gives; emu is $EMU."""
    env = environment(p.home('home'))
    env['EMU_'] = EMU
    q = subprocess.Popen(['bash', '-c', 'emu() { "$EMU_" "$@"; }; ' + script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, env=env, start_new_session=True)
    try:
        o, e = q.communicate(timeout=30 * SCALE)
    except subprocess.TimeoutExpired:
        os.killpg(q.pid, signal.SIGKILL)
        o, e = q.communicate()
        raise Failure('%r does not end: %r %r' % (script, o[-500:], e[-500:]))
    return o.decode(), e.decode(), q.returncode


BREAKS = '''implement Breaks;
include "sys.m";
include "draw.m";
Breaks: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, nil: list of string)
{
	sys := load Sys Sys->PATH;
	sys->print("before\\n");
	a: array of int;
	a[3] = 1;
}
'''


def test_broken(p):
    o, e, st = p.run(p.limbo(BREAKS))
    equal(st, 1, 'status')
    lines = (o + e).split('\n')
    equal(len([l for l in lines if 'Broken' in l]), 1, 'one line')
    check('before' in lines, 'output before it', lines)


def test_broken_in_a_shell(p):
    dis = p.limbo(BREAKS)
    o, e, st = p.run('sh', '-c', "'#U*%s' | cat; echo on; ps | grep broken | wc -l" % dis)
    check('on' in o.split('\n'), 'the shell goes on', (o, e))
    equal(len([l for l in (o + e).split('\n') if 'Broken' in l]), 1, 'one line')


def test_statuses(p):
    equal(p.run('sh', '-c', 'echo halt > /dev/sysctl')[2], 0)
    equal(p.run('sh', '-c', 'echo halt 7 > /dev/sysctl')[2], 7)
    equal(p.run('sh', '-c', 'echo before; echo halt 3 > /dev/sysctl')[0::2], ('before\n', 3))
    equal(shell(p, 'emu echo x; echo alive $?'), ('x\nalive 0\n', '', 0))
    equal(shell(p, 'emu ls /nosuch 2>/dev/null; test $? -gt 0 -a $? -lt 126 && echo good')[0], 'good\n')
    equal(shell(p, 'emu echo -n && echo yes; emu ftest -d /nosuch || echo no')[0], 'yes\nno\n')


def test_pipeline(p):
    o, e, st = shell(p, "emu sh -c 'load std; while {} {echo y}' | head -3; echo ${PIPESTATUS[@]}")
    lines = o.split('\n')
    equal(lines[:3], ['y', 'y', 'y'])
    equal(lines[3], '141 0', 'as by the signal')
    equal(e, '')


def test_pipeline_without_the_signal(p):
    """A service manager ignores PIPE for its services: the writer gets an exception, others go on."""
    o, e, st = shell(p, "trap '' PIPE; { emu sh -c 'sleep 1; echo x; echo y >[1=2]'; echo status $? >&2; } | true")
    equal(e, 'y\nstatus 0\n', 'it goes on')


def test_pipeline_of_cat(p):
    big = p.file('big', 'x' * 1000000)
    o, e, st = shell(p, "emu cat '#U*%s' | head -c 5; echo" % big)
    equal((o, e), ('xxxxx\n', ''))
    equal(shell(p, "head -c 300000 /dev/zero | emu cat | emu cat | wc -c")[0].strip(), '300000')


def test_full_output(p):
    o, e, st = shell(p, 'emu echo hi >/dev/full')
    check('No space left on device' in e and 0 < st < 126, 'echo', (o, e, st))
    o, e, st = shell(p, 'emu ls /dev >/dev/full')
    check('No space left on device' in e and 0 < st < 126, 'ls', (o, e, st))
    equal(shell(p, 'emu echo hi 2>/dev/full')[0::2], ('hi\n', 0))


def test_closed_descriptors(p):
    o, e, st = shell(p, 'emu echo hi >&-')
    check(e != '' and 0 < st < 126, 'output is closed', (o, e, st))
    equal(shell(p, 'emu cat <&-'), ('', '', 0), 'input is closed')
    equal(shell(p, 'emu echo hi 2>&-'), ('hi\n', '', 0))
    f = p.file('f', 'kept')
    shell(p, 'emu sh -c "echo junk; cat \'#U*%s\'" >&- 2>&-' % f)
    equal(open(f).read(), 'kept', 'no file takes the place of standard output')
    o, e, st = shell(p, "emu sh -c 'echo x > /tmp/f; echo junk' >&-; emu cat /tmp/f")
    equal(o, 'x\n')


def test_output_is_flushed(p):
    equal(len(shell(p, "emu sh -c 'cat /dev/zeros 2>/dev/null; read 100000 </dev/random' | wc -c; emu dd -if /dev/random -bs 65536 -count 16 | wc -c")[0].split()), 2)
    equal(shell(p, 'emu dd -if /dev/random -bs 65536 -count 16 2>/dev/null | wc -c')[0].strip(), str(1 << 20))


def start(p, *args, **kw):
    q = subprocess.Popen([EMU] + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env=environment(p.home('home')), start_new_session=True, **kw)
    equal(q.stdout.readline(), b'ready\n')
    return q


def finish(q):
    o, e = q.communicate(timeout=10 * SCALE)
    return o.decode(), e.decode(), q.returncode


def test_signals(p):
    for name in ('TERM', 'HUP', 'INT', 'QUIT'):
        sig = getattr(signal, 'SIG' + name)
        q = start(p, 'sh', '-c', 'echo ready; sleep 1000')
        q.send_signal(sig)
        equal(finish(q), ('', '', 128 + sig), name)


def test_signals_that_were_ignored(p):
    q = start(p, 'sh', '-c', 'echo ready; cat; echo end', preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    q.send_signal(signal.SIGHUP)
    q.stdin.write(b'still\n')
    equal(finish(q), ('still\nend\n', '', 0), 'nohup')


def test_signal_in_a_busy_program(p):
    q = start(p, 'sh', '-c', 'load std; echo ready; while {} {}')
    q.send_signal(signal.SIGTERM)
    equal(finish(q)[2], 128 + signal.SIGTERM)


def test_signal_while_output_is_stuck(p):
    q = start(p, 'sh', '-c', 'echo ready; cat /dev/random')
    q.send_signal(signal.SIGTERM)
    equal(q.wait(10 * SCALE), 128 + signal.SIGTERM, 'nobody reads, and it ends')
    q.communicate()


def test_other_groups_are_left_alone(p):
    equal(shell(p, 'emu echo x; sleep 0.1; echo alive; emu sh -c "echo halt > /dev/sysctl"; echo alive too')[0], 'x\nalive\nalive too\n')


def test_hangup_of_the_terminal(p):
    t = Terminal(p.home('home'))
    t.expect('; ')
    os.close(t.fd)
    end = time.monotonic() + 10 * SCALE
    while time.monotonic() < end:
        pid, st = os.waitpid(t.pid, os.WNOHANG)
        if pid:
            return
        time.sleep(0.02)
    os.kill(t.pid, signal.SIGKILL)
    os.waitpid(t.pid, 0)
    check(False, 'emu goes on without its terminal')


def test_terminal_is_restored(p):
    import termios
    try:
        master, slave = pty.openpty()
    except OSError as e:
        raise Skip('no pseudo-terminal: %s' % e)
    before = termios.tcgetattr(slave)
    q = subprocess.Popen([EMU, 'sh', '-c', 'echo -n rawon > /dev/consctl & {echo rawon; sleep 1000} > /dev/consctl'], stdin=slave, stdout=slave, stderr=slave,
                         env=environment(p.home('home')))
    end = time.monotonic() + 10 * SCALE
    while termios.tcgetattr(slave) == before and time.monotonic() < end:
        time.sleep(0.02)
    check(termios.tcgetattr(slave)[3] & termios.ICANON == 0, 'raw mode')
    q.terminate()
    q.wait(10 * SCALE)
    equal(termios.tcgetattr(slave), before)
    os.close(master)
    os.close(slave)


def test_service(p):
    """As under a service manager: no terminal, no input, a root of its own, messages to standard error, ends by SIGTERM."""
    home = p.home('home')
    p.file('home/.local/share/emu/usr/emu/service', "echo starting >[1=2]\nmkdir -p /usr/emu/public\necho hello >/usr/emu/public/f\necho ready\nsleep 100000\n")
    q = subprocess.Popen([EMU, '-I', '--no-cmd', '--no-host', 'sh', '/usr/emu/service'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, env=environment(home), start_new_session=True, cwd='/')
    equal(q.stdout.readline(), b'ready\n')
    q.terminate()
    o, e, st = finish(q)
    equal((o, e, st), ('', 'starting\n', 143))
    equal(open(home + '/.local/share/emu/usr/emu/public/f').read(), 'hello\n')


def test_unit(p):
    unit = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../contrib/systemd/emu.service')
    try:
        q = subprocess.run(['systemd-analyze', 'verify', '--man=no', unit], capture_output=True, timeout=60 * SCALE)
    except FileNotFoundError:
        raise Skip('no systemd-analyze')
    bad = [l for l in q.stderr.decode().split('\n') if 'emu.service' in l and '/usr/local/bin/emu' not in l]
    equal(bad, [])
