"""Scripts of the host that the Inferno shell runs: #!/usr/bin/env -S emu sh."""
import os
import subprocess

from emulib import EMU, SCALE, environment, equal

HEAD = '#!/usr/bin/env -S emu sh\n'


def script(p, name, text):
    f = p.file(name, text)
    os.chmod(f, 0o755)
    return f


def host(p, command, stdin='', cwd=None):
    """Runs a command line of the host's shell, with emu on the path."""
    env = dict(environment(p.home('home')), PATH='%s:%s:%s' % (p.home('bin'), os.path.dirname(os.path.abspath(EMU)), os.environ['PATH']))
    r = subprocess.run(['sh', '-c', command], input=stdin, capture_output=True, text=True, env=env, cwd=cwd or p.dir,
                       timeout=60 * SCALE)
    return r.stdout, r.stderr, r.returncode


def test_arguments(p):
    script(p, 'bin/show', HEAD + 'load std\nfor i in $* {echo $i}\n')
    equal(host(p, "show one 'two  words' '' \"it's\" '*' -c"), ("one\ntwo  words\n\nit's\n*\n-c\n", '', 0))
    equal(host(p, './show a', cwd=p.home('bin')), ('a\n', '', 0), 'by a relative name')
    equal(host(p, p.dir + '/bin/show'), ('', '', 0), 'without arguments')


def test_streams(p):
    script(p, 'bin/filter', HEAD + 'echo begin >[1=2]\nsed s/a/b/\necho end\n')
    equal(host(p, 'printf "a\\nxa" | filter | tr b c'), ('c\nxc\nend\n', 'begin\n', 0))
    data = ''.join('line %d\n' % i for i in range(20000))
    script(p, 'bin/copy', HEAD + 'cat\n')
    equal(host(p, 'copy | copy', stdin=data)[0], data)
    equal(host(p, 'yes | copy | head -2')[0], 'y\ny\n', 'a pipe whose reader goes')


def test_status(p):
    script(p, 'bin/fails', HEAD + 'load std\nif {~ $1 yes} {raise wrong} {}\n')
    equal(host(p, 'fails no && echo fine; fails yes || echo failed')[0], 'fine\nfailed\n')
    script(p, 'bin/last', HEAD + 'ls /nosuch >[2]/dev/null\n')
    equal(host(p, 'last')[2], 1)
    script(p, 'bin/strict', '#!/usr/bin/env -S emu sh -e\nls /nosuch >[2]/dev/null\necho not reached\n')
    equal(host(p, 'strict'), ('', '', 1))


def test_files_of_both(p):
    p.file('data', 'of the host\n')
    script(p, 'bin/both', HEAD + "load std\nbind '#U*' /n/local\ncat /n/local$emuwdir/data\nos tr a-z A-Z\n")
    equal(host(p, 'echo in | both'), ('of the host\nIN\n', '', 0))


def test_inferno_files_have_their_names(p):
    p.file('home/.local/share/emu/tmp/s', 'echo inferno $*\n')
    equal(host(p, 'emu sh /tmp/s a'), ('inferno a\n', '', 0))
    equal(host(p, 'emu --no-host sh %s' % script(p, 'bin/s', HEAD + 'echo host\n'))[2], 1, 'no files of the host')


def test_profiles(p):
    user = p.run('cat', '/dev/user')[0]
    p.file('home/.local/share/emu/usr/%s/lib/profile' % user, 'fn mine {echo my own $home}\nx=set\n')
    p.file('home/.local/share/emu/usr/%s/dis/hello' % user, '#!/dis/sh\necho hello $1\n')
    os.chmod(os.path.join(p.dir, 'home/.local/share/emu/usr/%s/dis/hello' % user), 0o755)
    equal(p.run(stdin='mine; hello you; loaded | grep while; whatis x; ftest -e /net/cs; echo [$status]\n'),
          ('my own /usr/%s\nhello you\nwhile\tstd\nx=set\n[]\n' % user, '', 0))
    equal(p.run('sh', stdin='mine\n')[0], '', 'not a login shell')
