"""What docs/security.md promises: what programs reach of the host under each option."""
import os

from emulib import check, equal


def attempt(p, how, *options):
    secret = p.file('secret/file', 'the secret\n')
    os.chmod(p.dir, 0o755)
    dis = p.limbo('hostile.b')
    home = p.home('home')
    p.run('echo')
    os.makedirs(home + '/.local/share/emu/dis', exist_ok=True)
    os.replace(dis, home + '/.local/share/emu/dis/hostile.dis')
    o, e, st = p.run(*options, 'sh', '-c', 'hostile %s %s; echo -n' % (secret, how), timeout=60)
    lines = o.split('\n')
    check(lines[-2:] == ['done', ''] and st == 0, 'it ran', (o, e, st))
    check(not [f for d, _, f in os.walk(p.dir) if 'escaped' in f and not d.startswith(home + '/.local/share/emu')], 'nothing was made outside')
    return [l[len('REACHED '):] for l in lines if l.startswith('REACHED ')]


def test_both_options(p):
    equal(attempt(p, 'inside', '--no-host', '--no-cmd'), [])


def test_no_host(p):
    got = attempt(p, 'inside', '--no-host')
    check(got and all('cmd' in g or '#C' in g for g in got), 'only commands', got)


def test_no_cmd(p):
    got = attempt(p, 'inside', '--no-cmd')
    check(got and all(g.startswith('file ') for g in got), 'only files', got)
    check(all('#U*' in g or '#*fs!*' in g or '/n' in g or '../' in g or './' in g or g.startswith('file ./') for g in got), 'through #U*', got)


def test_default(p):
    got = attempt(p, 'inside')
    check(any('#U*' in g for g in got) and any('#C' in g for g in got), 'the test works', got)


def test_newns(p):
    # names that begin with # remain
    got = attempt(p, 'newns', '--no-host', '--no-cmd')
    equal(got, [])
    got = attempt(p, 'newns', '--no-cmd')
    check(got and all('#U*' in g or '#*fs!*' in g or '/n' in g or '../' in g or g.startswith('file ./') for g in got), 'only by #', got)


def test_nodevs(p):
    got = attempt(p, 'nodevs')
    equal([g for g in got if not g.startswith('/prog/1') and not g.startswith('1/')], [])


def test_other_user(p):
    equal(attempt(p, 'user', '--no-host', '--no-cmd'), [])


def test_links_of_the_host_are_followed(p):
    secret = p.file('secret/file', 'the secret\n')
    p.run('echo')
    os.symlink(os.path.dirname(secret), p.home('home') + '/.local/share/emu/tmp/link')
    equal(p.run('--no-host', '--no-cmd', 'cat', '/tmp/link/file')[0], 'the secret\n')
    o, e, st = p.run('--no-host', '--no-cmd', 'cat', '/tmp/link/../file')
    check('does not exist' in e, 'but .. stays inside', (o, e))


def test_host_command_file(p):
    dis = p.limbo('hostile.b')
    o, e, st = p.run('--no-host', dis)
    check(st == 1 and o == '', 'no object file of the host either', (o, e, st))


def test_reboot_keeps_the_options(p):
    o, e, st = p.run('--no-host', '--no-cmd', stdin="ls '#U*/etc'\necho reboot > /dev/sysctl\nls '#U*/etc'\n")
    equal((o, e.count('mount/attach disallowed')), ('', e.count('\n')))
