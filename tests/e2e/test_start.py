"""What somebody tries first: starting emu, its arguments, its status, its ends."""
import os
import shlex
import shutil
import subprocess

from emulib import EMU, SCALE, Terminal, check, equal, environment


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


def test_help_names_every_option(p):
    o = p.run('--help')[0]
    for opt in 'g c d I s m p f r b B 7 G C S v'.split():
        check(' -%s' % opt in o, 'help says nothing of -' + opt)
    equal(p.run('-h')[0], o)
    usage = p.run('-Q')[1]
    check(len(o.split('\n')) > len(usage.split('\n')), 'a line for each')


def test_bad_options(p):
    for args in (['-Z'], ['--nosuch'], ['-g', '12'], ['-g', '1x2x'], ['-c', '10'], ['-cx'], ['-p', 'pool=1m'], ['-p', 'main'], ['-m', 'x'], ['-r'], ['-vZ']):
        o, e, st = p.run(*args)
        equal((o, st), ('', 1), args)
        check(args[0] in e.split('\n')[0], 'the culprit is named', e)
        check('\nUsage: emu [options...] [file.dis [args...]]\n' in e, 'usage', e)
    equal(p.run('-C', 'x8y8')[1:], ("emu: invalid channel specifier (-C): 'x8y8'\n", 1))
    equal(p.run('-C', 'x8r8g8b8', 'echo', 'x'), ('x\n', '', 0))


def test_options(p):
    equal(p.run('-sbB7GS', '-m3', '-g640x480', '-g', '10x10', '-f/fonts/x', '-p', 'heap=64m', '-pmain=32M', '-c1', '-c', '0', '--', 'echo', '-x'), ('-x\n', '', 0))
    equal(p.run('echo', '-r', '/nosuch')[0], '-r /nosuch\n', 'options end at the command')
    o = p.run('-v', '-c0', 'echo', 'x')[0].split('\n')
    check(o[0].startswith('Inferno Fourth Edition (20151010) main (pid=') and o[0].endswith(') interp'), '-v', o)
    equal(o[1:], ['Initial Dis: "/dis/emuinit.dis"', 'x', ''])


def environ(p, args, **kw):
    env = environment(p.home('home'))
    env.update(kw)
    q = subprocess.run([EMU] + args, stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=30)
    return q.stdout.decode(), q.stderr.decode(), q.returncode


def test_environment(p):
    root = os.path.realpath(os.path.join(os.path.dirname(EMU), '../root'))
    show = ['sh', '-c', 'echo $emuroot; cat /dev/jit']
    equal(environ(p, show, INFERNO=root)[0], root + '\n1')
    equal(environ(p, show, ROOT=root, EMU='-c0')[0], root + '\n0')
    equal(environ(p, show, INFERNO=root, ROOT='/nosuch')[0], root + '\n1')
    equal(environ(p, show, INFERNO='/nosuch', EMU="-c1 -r '%s'" % root)[0], root + '\n1')
    equal(environ(p, ['-r', root, '-c0'] + show, EMU='-c1 -r/nosuch')[0], root + '\n0')
    o, e, st = environ(p, ['echo', 'x'], EMU='-Q')
    check(o == '' and st == 1 and e.startswith('emu: bad option in EMU environment variable (-Q)\n') and 'Usage: emu' in e, 'EMU', e)


def test_variables(p):
    o = environ(p, ['-c0', 'sh', '-c', 'load std; for(i in emuargs emuroot emuhost emuwdir cputype){cat /env/$i; echo}'])[0].split('\n')
    equal(o[0], "%s -c0 sh -c 'load std; for(i in emuargs emuroot emuhost emuwdir cputype){cat /env/$i; echo}'" % shlex.quote(EMU))
    equal(o[1:4], [p.home('home') + '/.local/share/emu', 'Linux', os.getcwd()])
    check(o[4] in ('amd64', 'arm64'), 'cputype', o)


def test_first_name_space(p):
    o = p.run('ns')[0].split('\n')
    check(len([l for l in o if '#c' in l]) == 1, 'one console', o)
    for line in ('bind -b \'#c\' /dev', 'bind \'#p\' /prog', 'bind \'#d\' /fd', 'bind -a \'#I\' /net', 'bind -c \'#e\' /env', 'cd /'):
        check(line in o, 'no ' + line, o)


def test_first_user(p):
    import pwd
    me = pwd.getpwuid(os.getuid()).pw_name
    equal(p.run('sh', '-c', 'cat /dev/user /dev/hostowner')[0], me * 2)


def test_dash(p):
    o, e, st = p.run('-', stdin='echo from stdin\n')
    check(st == 1 and e != '', 'a command - is not there', (o, e, st))


def test_unreadable_roots(p):
    equal(p.run('-r', '/nosuch', 'echo', 'x'), ('', 'emu: root /nosuch: No such file or directory\n', 1))
    f = p.file('file', '')
    equal(p.run('-r', f, 'echo', 'x'), ('', 'emu: root %s: Not a directory\n' % f, 1))
    empty = p.home('empty')
    equal(p.run('-r', empty, 'echo', 'x'), ('', 'panic: loading "/dis/emuinit.dis": \'/dis\' file does not exist\n', 1))
    p.home('home')
    me = p.ordinary()
    os.chmod(empty, 0)
    equal(p.run('-r', empty, 'echo', 'x', **me), ('', 'emu: root %s: Permission denied\n' % empty, 1))


def test_other_init(p):
    out = p.limbo("""implement Init;
include "sys.m";
include "draw.m";
Init: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
init(ctxt: ref Draw->Context, argv: list of string)
{
	sys := load Sys Sys->PATH;
	n := sys->read(sys->fildes(0), array[10] of byte, 10);
	sys->print("%d %d %d %r\\n", ctxt == nil, argv == nil, n);
}
""")
    home = p.home('home')
    p.run('echo')
    os.rename(out, home + '/.local/share/emu/tmp/init.dis')
    equal(p.run('-d', '/tmp/init.dis', stdin='input\n'), ('1 1 -1 file does not exist\n', '', 0))
    equal(p.run('-d', '/tmp/none.dis'), ('', 'panic: loading "/tmp/none.dis": \'/tmp/none.dis\' file does not exist\n', 1))
    equal(p.run('-I', 'cat', stdin='input\n')[2], 1)


def test_existing_root(p):
    """Another tree boots its own programs: emuinit, shell and commands of that tree, nothing of ours."""
    limbo = os.path.join(os.path.dirname(EMU), 'limbo')
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
    root = p.home('inferno')
    for d in ('dis', 'tmp', 'usr', 'n', 'dev', 'net', 'prog', 'env', 'chan', 'fd'):
        os.makedirs(root + '/' + d, exist_ok=True)
    built = os.path.join(os.path.dirname(EMU), '../root/dis')
    for f in ('sh.dis', 'echo.dis', 'ls.dis'):
        shutil.copy(built + '/' + f, root + '/dis/' + f)
    shutil.copytree(built + '/lib', root + '/dis/lib')
    p.file('emuinit.b', """implement Emuinit;
include "sys.m";
include "draw.m";
include "sh.m";
Emuinit: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };
init(nil: ref Draw->Context, nil: list of string)
{
	sys := load Sys Sys->PATH;
	sys->print("init of the tree\\n");
	sys->bind("#e", "/env", Sys->MREPL|Sys->MCREATE);
	sh := load Command "/dis/sh.dis";
	sh->init(nil, "sh" :: "-c" :: "echo shell of the tree; ls -d /dis/lib /appl" :: nil);
}
""")
    subprocess.run([limbo, '-I', top + '/module', '-o', root + '/dis/emuinit.dis', p.dir + '/emuinit.b'], check=True)
    o, e, st = p.run('-r', root)
    equal(o, 'init of the tree\nshell of the tree\n/dis/lib\n')
    check('/appl' in e, 'nothing but the tree', e)


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


def test_terminal_interrupt_at_the_prompt(p):
    t = Terminal(p.home('home'))
    t.expect('; ')
    t.send('\x03')
    t.expect('; ')
    t.send("echo ali''ve\n")
    t.expect('alive')
    t.expect('; ')
    t.send('\x04')
    equal(t.wait(), 0)


def test_both_engines_leave_the_shell_alive(p):
    """Field report 16: a failing command, a builtin's error, a failed load and a break leave the shell at its prompt."""
    script = "load nosuch\nls /nosuch\ncd /nosuch\n{raise x}\nload std\n${hd}\nnosuch\necho '(' > /tmp/s; sh /tmp/s\necho alive\n"
    a, b = (p.run('-c%d' % c, 'sh', '-i', stdin=script) for c in (0, 1))
    equal(a, b)
    check('alive\n' in a[0] and a[2] == 0, 'alive', a)
    check('Broken' not in a[1] and 'Broken' not in a[0], 'broken', a)


def test_many_starts(p):
    """Field report 78: nothing but the command's output, and nothing left behind."""
    home, tmp = p.home('home'), p.home('tmp')
    env = dict(environment(home), TMPDIR=tmp)
    q = subprocess.run(['sh', '-c', 'for i in $(seq 100); do "$0" echo x; done', EMU], stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=120 * SCALE)
    equal((q.stdout, q.stderr, q.returncode), (b'x\n' * 100, b'', 0))
    equal(os.listdir(tmp), [])
    del env['HOME']
    q = subprocess.run([EMU, 'sh', '-c', 'echo y > /tmp/f'], stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=30 * SCALE)
    equal((q.stdout, q.stderr, q.returncode), (b'', b'', 0))
    equal(os.listdir(tmp), [], 'the place of one without a home')
