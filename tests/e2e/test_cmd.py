"""Commands of the host: os(1) and cmd(3)."""
import os
import signal
import subprocess
import time

from emulib import EMU, SCALE, check, environment, equal


def lives(mark):
    """Pids of host processes, zombies excepted, that have mark among their arguments."""
    pids = []
    for pid in os.listdir('/proc'):
        if pid.isdigit() and int(pid) != os.getpid():
            try:
                with open('/proc/%s/cmdline' % pid, 'rb') as f:
                    if mark.encode() in f.read().split(b'\0'):
                        pids.append(int(pid))
            except OSError:
                pass
    return pids


def gone(mark, timeout=2):
    end = time.monotonic() + timeout * SCALE
    while time.monotonic() < end:
        if not lives(mark):
            return
        time.sleep(0.02)
    left = lives(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    check(False, 'host processes are left', left)


def await_start(mark, n=1, timeout=10):
    end = time.monotonic() + timeout * SCALE
    while len(lives(mark)) < n:
        check(time.monotonic() < end, 'command does not start', mark)
        time.sleep(0.02)


def seconds(i):
    """An argument for sleep that no other run has."""
    return '1000.%d%d' % (os.getpid(), i)


def test_output(p):
    equal(p.run('os', 'echo', 'hi', "it's  quoted", ''), ("hi it's  quoted \n", '', 0))


def test_status(p):
    o, e, st = p.run('sh', '-c', "os sh -c 'exit 3'; echo $status; os true; echo [$status]; os sh -c 'kill -9 $$'; echo $status;"
                     "os sh -c 'kill -INT $$'; echo $status")
    equal((o, e), ('host: exit: 3\n[]\nhost: killed\nhost: signal: 2\n', ''))
    equal(p.run('os', 'sh', '-c', 'exit 3')[2], 1, 'status of emu')


def test_streams_apart(p):
    equal(p.run('os', 'sh', '-c', 'echo o; echo e >&2'), ('o\n', 'e\n', 0))


def test_input(p):
    data = ''.join('line %d\n' % i for i in range(20000))
    o, e, st = p.run('os', 'cat', stdin=data)
    check(o == data, 'copied input', len(o))
    equal((e, st), ('', 0))


def test_much_of_all(p):
    o, e, st = p.run('os', 'sh', '-c', 'tee /dev/stderr', stdin='0123456789abcdef' * 40000)
    equal((len(o), len(e), st), (640000, 640000, 0))


def test_input_not_wanted(p):
    equal(p.run('os', 'true', stdin='x' * 1000000), ('', '', 0))


def test_directory(p):
    d = p.home('a dir')
    equal(p.run('os', '-d', d, 'pwd'), (d + '\n', '', 0))
    o, e, st = p.run('os', '-d', '/nosuch', 'pwd')
    check("can't chdir to /nosuch: No such file or directory" in e and st == 1, 'message', (e, st))


def test_not_found(p):
    o, e, st = p.run('os', 'nosuchcommand')
    check('exec failed: No such file or directory' in e and st == 1, 'message', (e, st))


def test_nice(p):
    equal(p.run('os', '-n', 'nice')[0], '19\n')
    equal(p.run('os', '-N', '7', 'nice')[0], '7\n')


def test_environment_is_clean(p):
    o, e, st = p.run('os', 'sh', '-c', 'ls /proc/$$/fd | tr "\\n" " "; ps -o sig_ignored= -o blocked= -p $$ 2>/dev/null || true')
    equal(o.split()[:3], ['0', '1', '2'])
    check(all(int(w, 16) == 0 for w in o.split()[3:] if len(w) == 16), 'signals', o)


def test_kill_of_os_ends_command(p):
    m = seconds(1)
    e = p.emu()
    e.run("os sh -c 'sleep %s & sleep %s; true' </dev/null & pid=$apid" % (m, m))
    await_start(m, 2)
    e.run('kill $pid')
    gone(m)
    check('still here' in e.run('echo still here').split('\n'), 'the shell goes on')


def test_kill_of_os_ends_what_the_command_left(p):
    m = seconds(2)
    e = p.emu()
    e.run("os sh -c 'sleep %s &' </dev/null & pid=$apid" % m)
    await_start(m)
    time.sleep(0.2)
    e.run('kill $pid')
    gone(m)


def test_kill_of_os_leaves_input_alone(p):
    m = seconds(6)
    e = p.emu()
    e.send("os sleep %s & pid=$apid\n{sleep 2; kill $pid; sleep 1; echo killed} &\n" % m)
    e.read(b'killed\n', 20)
    gone(m)
    check('still here' in e.run('echo still here').split('\n'), 'the shell goes on')


def test_daemons_may_stay(p):
    m = seconds(3)
    e = p.emu()
    equal(e.run("os sh -c 'sleep %s </dev/null >/dev/null 2>&1 & echo started' </dev/null" % m), 'started')
    time.sleep(0.3)
    check(len(lives(m)) == 1, 'the daemon was ended')
    for pid in lives(m):
        os.kill(pid, signal.SIGTERM)
    gone(m)


def ends(p, sig, command, mark):
    q = subprocess.Popen([EMU, 'os', 'sh', '-c', command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         env=environment(p.home('home')), start_new_session=True)
    await_start(mark)
    q.send_signal(sig)
    q.wait(10 * SCALE)
    gone(mark)


def test_end_of_emu_ends_command(p):
    m = seconds(4)
    ends(p, signal.SIGTERM, 'sleep %s; true' % m, m)


def test_end_of_emu_ends_the_stubborn(p):
    m = seconds(5)
    ends(p, signal.SIGINT, "trap '' TERM; sleep %s; sleep %s" % (m, m), m)


def test_background(p):
    f = os.path.join(p.dir, 'flag')
    e = p.emu()
    equal(e.run("os -b sh -c 'sleep 0.3; echo x > %s' </dev/null; echo on" % f), 'on')
    end = time.monotonic() + 5 * SCALE
    while not os.path.exists(f) and time.monotonic() < end:
        time.sleep(0.05)
    check(os.path.exists(f), 'the command in the background was not run')


def test_files(p):
    e = p.emu()
    e.quiet("bind -a '#C' /")
    equal(e.run('ls /cmd'), '/cmd/clone')
    equal(e.run('echo nonsense > /cmd/clone; echo $status').split('\n')[0].partition('unknown')[2], ' control message "nonsense"')
    equal(e.run('cd /cmd/0; lc'), 'ctl    data   status stderr wait')
    check(e.run('cat /cmd/0/status').startswith('cmd/0 0 Closed /'), 'status')
    equal(e.run('{read 5; echo; cat /cmd/0/status} < /cmd/0/data').split()[:3], ['cmd/0', '1', 'Open'])
    check('not started' in e.run('echo kill > /cmd/0/ctl'), 'kill without command')
    check('permission denied' in e.run('echo x > /cmd/0/status'), 'status is not written')


def test_conversation(p):
    e = p.emu()
    e.quiet("bind -a '#C' /")
    e.quiet("fn conv {echo -n exec sh -c '''read x; echo got $x; exit 4''' >[1=0]; {cat /cmd/0/wait > /tmp/w&}; sleep 1;"
            " cat /cmd/0/status; echo word > /cmd/0/data; cat /cmd/0/data}")
    o = e.run('conv <> /cmd/clone').split('\n')
    check(o[0].startswith('cmd/0 2 Execute ') and o[0].endswith(' sh'), 'status', o)
    equal(o[1:], ['got word'])
    w = e.run('sleep 1; cat /tmp/w').split()
    equal(w[1:], ['0', '0', '0', "'exit:", "4'"], 'wait record')


def test_many(p):
    o, e, st = p.run('sh', '-c', 'load std; for(i in 1 2 3 4 5 6 7 8 9 10 11 12){os echo $i &}; os sleep 1; os echo done', timeout=40)
    equal(sorted(o.split()), sorted([str(i) for i in range(1, 13)] + ['done']))


def test_left_out(p):
    o, e, st = p.run('--no-cmd', 'os', 'echo', 'hi')
    check(o == '' and st == 1 and 'mount/attach disallowed' in e, 'no commands', (o, e, st))
    o, e, st = p.run('--no-host', 'sh', '-c', "ls '#U*/etc'; ls -d /tmp")
    check(o == '/tmp\n' and 'mount/attach disallowed' in e, 'no files', (o, e, st))
    equal(p.run('--no-host', '--no-cmd', 'echo', 'x'), ('x\n', '', 0))
