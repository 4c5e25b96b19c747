"""What somebody tries first: starting emu, its arguments, its status, its ends."""
import os
import subprocess

from emulib import EMU, Terminal, check, equal, environment


def test_command(p):
    equal(p.run('echo', 'hi'), ('hi\n', '', 0))


def test_command_failing(p):
    o, e, st = p.run('ls', '/nosuch')
    equal(o, '')
    check('does not exist' in e, 'message', e)
    equal(st, 1, 'status')


def test_unknown_command(p):
    o, e, st = p.run('nosuchcommand')
    equal(o, '')
    check('nosuchcommand' in e, 'message', e)
    equal(st, 1, 'status')


def test_script_on_stdin(p):
    o, e, st = p.run(stdin='ls /\n')
    equal(e, '')
    equal(st, 0)
    for name in ('/dev', '/dis', '/prog', '/tmp', '/usr'):
        check(name in o.split('\n'), name, o)
    check(';' not in o and 'ls' not in o, 'no prompt, no echo', o)


def test_stdin_reaches_the_command(p):
    data = ''.join('line %d\n' % i for i in range(1000)) + 'no newline at the end'
    equal(p.run('cat', stdin=data), (data, '', 0))


def test_stdin_is_shared_by_lines(p):
    equal(p.run(stdin='read 100\nfor the read command\necho next\n')[0], 'for the read command\nnext\n')


def test_shell_exit(p):
    equal(p.run('sh', '-c', 'exit'), ('', '', 0))


def test_shell_status(p):
    equal(p.run('sh', '-c', 'raise something')[2], 1)


def test_streams(p):
    o, e, st = p.run('sh', '-c', 'echo out; echo err >[1=2]')
    equal((o, e, st), ('out\n', 'err\n', 0))


def test_no_process_is_left(p):
    q = subprocess.Popen([EMU, 'sh', '-c', 'sleep 100 & echo started'], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                         env=environment(p.home('home')), start_new_session=True)
    check(q.stdout.readline() == b'started\n', 'started')
    q.terminate()
    q.wait(10)
    q.stdout.close()
    check(not os.path.exists('/proc/%d' % q.pid), 'gone')


def test_host_object_file(p):
    src = p.file('args.b', '''implement Args;
include "sys.m";
include "draw.m";
Args: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, argv: list of string)
{
	sys := load Sys Sys->PATH;
	for(; argv != nil; argv = tl argv)
		sys->print("<%s>", hd argv);
	sys->print("\\n");
}
''')
    limbo = os.path.join(os.path.dirname(EMU), 'limbo')
    out = os.path.join(p.dir, 'args.dis')
    subprocess.run([limbo, '-o', out, src], check=True)
    equal(p.run(out, 'a b', "it's", '')[0], "<%s><a b><it's><>\n" % out)


def test_help_and_version(p):
    o, e, st = p.run('--help')
    check(st == 0 and 'Usage: emu' in o and e == '', 'help', (o, e, st))
    o, e, st = p.run('--version')
    check(st == 0 and o.startswith('emu '), 'version', o)


def test_bad_option(p):
    o, e, st = p.run('-Z')
    check(st == 1 and e.startswith('Usage: emu'), 'usage', (o, e, st))


def test_other_root(p):
    root = os.path.join(os.path.dirname(EMU), '../root')
    o, e, st = p.run('-r', root, 'sh', '-c', 'echo it runs; ls -d /dis/sh.dis /module/sys.m')
    equal((o, e, st), ('it runs\n/dis/sh.dis\n/module/sys.m\n', '', 0))


def test_no_home(p):
    env = environment('/nonexistent')
    del env['HOME']
    q = subprocess.run([EMU, 'sh', '-c', 'echo x > /tmp/f; cat /tmp/f'], stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=30)
    equal((q.stdout, q.stderr, q.returncode), (b'x\n', b'', 0))


def test_terminal(p):
    t = Terminal(p.home('home'))
    t.expect('; ')
    t.send('echo one two\n')
    t.expect('one two\r\n')
    t.expect('one two\r\n')
    t.expect('; ')
    t.send('nosuch\n')
    t.expect('file does not exist')
    t.expect('; ')
    t.send('pwd\n')
    t.expect('/\r\n; ')
    t.send('\x04')
    equal(t.wait(), 0, 'status after ^D')


def test_terminal_interrupt_leaves_terminal_sane(p):
    t = Terminal(p.home('home'))
    t.expect('; ')
    t.send('\x03')
    t.wait()
