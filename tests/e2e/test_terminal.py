"""The console at a terminal: editing, history, completion, keys that are signals, and what the terminal is like afterwards."""
import os
import signal

from emulib import EMU, Screen, Terminal, check, equal


def screen(p, *args, **kw):
    """A screen on which emu shows its prompt."""
    s = Screen(p, p.home('home'), **kw)
    s.type('"$EMU_BIN" %s\n' % ' '.join(args))
    s.last(';')
    s.keys('C-l')
    s.await_(lambda l: l == [';'], 'a clear screen')
    return s


def test_cursor_keys(p):
    s = screen(p)
    s.type('ehco hi')
    s.keys('Home', 'Right', 'Delete')
    s.keys('Right', 'h')
    s.last('; echo hi')
    s.keys('Enter')
    s.last('hi', ';')
    s.type('echo one  two')
    s.keys('M-b', 'M-b', 'C-k')
    s.type('x')
    s.last('; echo x')
    s.keys('C-a', 'C-Right', 'y', 'C-e', 'z')
    s.last('; echoy xz')
    s.keys('C-Left', 'C-u', 'Enter')
    s.last(';')


def test_history(p):
    s = screen(p)
    s.type('echo first\n')
    s.last('first', ';')
    s.type("echo 'a\nb'\n")
    s.last("; echo 'a", "b'", 'a', 'b', ';')
    s.type(' echo secret\n')
    s.last('secret', ';')
    s.type('exit\n')
    s.last('host$')
    s.type('"$EMU_BIN"\n')
    s.last('host$ "$EMU_BIN"', ';')
    s.keys('Up')
    s.last('; exit')
    s.keys('Up')
    s.last("; b'")
    s.keys('Up', 'Up')
    s.last('; echo first')
    s.keys('Down', 'C-u')
    s.type('cat')
    s.keys('C-u', 'C-r')
    s.type('fir')
    s.await_(lambda l: 'echo first' in l[-2] and 'fir' in l[-1], 'the search')
    s.keys('Enter')
    s.last('first', ';')
    f = os.path.join(p.dir, 'home/.local/state/emu/history')
    equal(open(f).read(), "echo first\necho 'a\nb'\nexit\necho first\n")
    equal(os.stat(f).st_mode & 0o777, 0o600)


def test_history_state_directory(p):
    d = p.home('state')
    s = screen(p, XDG_STATE_HOME=d)
    s.type('echo x\\y\n')
    s.last('x\\y', ';')
    equal(open(os.path.join(d, 'emu/history')).read(), 'echo x\\\\y\n')


def test_history_is_the_shells(p):
    s = screen(p)
    s.type('cat\n')
    s.last('; cat')
    s.type('words\n')
    s.last('words', 'words')
    s.keys('Up')
    s.last('words', 'words', 'words')
    s.keys('C-u', 'C-d')
    s.last('words', 'words', '', ';')
    s.keys('Up')
    s.last('; cat')


def test_completion(p):
    s = screen(p)
    s.type('mkdir /tmp/c; cd /tmp/c; >one; >onetwo; mkdir three; >\'with blank\'; >tschüß\n')
    s.last(';')
    s.keys('C-l')
    s.type('ls thr\t')
    s.last('; ls three/')
    s.keys('C-u')
    s.type('cat o\t')
    s.last('; cat one')
    s.keys('Tab')
    s.last('; cat one', 'one     onetwo', '; cat one')
    s.type('t\t')
    s.last('; cat onetwo')
    s.type('w\t')
    s.last("; cat onetwo 'with blank'")
    s.keys('C-u')
    s.type("cat 'with b\t")
    s.last("; cat 'with blank'")
    s.keys('C-u')
    s.type('cat ts\t')
    s.last('; cat tschüß')
    equal(s.cursor()[0], len('; cat tschüß '))
    s.keys('C-u')


def test_completion_of_commands(p):
    s = screen(p)
    s.type('sty\t')
    s.last('; styx')
    s.keys('C-u')
    s.type('ndb/csq\t')
    s.last('; ndb/csquery')
    s.keys('C-u')
    s.type("fn myfunction {echo x}; bind '#U*' /n/local\n")
    s.last(';')
    s.type('echo a | myf\t')
    s.last('; echo a | myfunction')
    s.keys('C-u')
    s.type('whil\t')
    s.last('; while')
    s.keys('C-u')
    s.type('echo $emur\t')
    s.last('; echo $emuroot')
    s.keys('C-u')
    s.type('ls /n/local/us\t')
    s.last('; ls /n/local/usr/')
    s.keys('C-u')
    s.type('path=(/dis/ndb)\n')
    s.last(';')
    s.type('csq\t')
    s.last('; csquery')
    s.keys('C-u')


def test_completion_of_options(p):
    s = screen(p)
    s.type('kill -\t')
    s.last('; kill -g')
    equal(s.cursor()[0], len('; kill -g '))
    s.keys('C-u')
    # described on a page with others, and not with their options
    s.type('echo x | gunzip -\t\t')
    s.last('; echo x | gunzip -', '-D  -v', '; echo x | gunzip -')
    s.keys('C-u')
    s.type('lookman; unmount -\t')
    s.last('; lookman; unmount -')
    s.keys('C-u')
    s.type('mkdir -\t')
    s.last('; mkdir -p')
    s.keys('C-u')
    s.type('cp -\t\t')
    s.last('; cp -', '-g  -r  -u  -x', '; cp -')
    s.keys('C-u')
    s.type('tiny/sh -\t')
    s.last('; tiny/sh -c')
    s.keys('C-u')
    s.type('nosuch -\t')
    s.last('; nosuch -')
    s.keys('C-u')


def test_background_commands(p):
    s = screen(p)
    s.type('sleep 100 & p=$apid\n')
    s.last(';')
    # ^C at the prompt, and of what runs in the foreground, are none of its business
    s.keys('C-c')
    s.last(';')
    s.type('sleep 200\n')
    s.last('; sleep 200')
    s.keys('C-c')
    s.last(';')
    s.type("ftest -e /prog/$p/ctl; echo alive'['^$status^']'\n")
    s.last('alive[]', ';')
    # a line under way is not disturbed by what it says
    s.type('{sleep 1; echo late} &\n')
    s.last(';')
    s.type('echo half a ')
    s.last('late', '; echo half a')
    s.type('line\n')
    s.last('half a line', ';')
    s.type('kill $p; sleep 1; ftest -e /prog/$p/ctl; echo $status\n')
    s.last('false', ';')


def test_tab_elsewhere(p):
    s = screen(p)
    s.type('cat\na\tb\n')
    s.last('; cat', 'a       b', 'a       b')


def test_wide_characters(p):
    s = screen(p, columns=20)
    s.type('echo 日本語日本語日本語x')
    s.last('; echo 日本語日本語', '日本語x')
    s.keys('Left', 'Left', 'BSpace')
    s.last('; echo 日本語日本語', '日語x')
    s.keys('Home', 'Delete', 'e')
    s.keys('Enter')
    s.last('日本語日本語日語x', ';')
    s.type("echo 😀é |wc -b\n")
    s.last('      7', ';')


def test_long_lines(p):
    s = screen(p, columns=20)
    text = 'echo ' + 'abcdefghij' * 5
    s.type(text)
    s.last('; echo abcdefghijabc', 'defghijabcdefghijabc', 'defghijabcdefghij')
    s.keys('C-a')
    s.type('x')
    s.last('; xecho abcdefghijab', 'cdefghijabcdefghijab', 'cdefghijabcdefghij')
    s.keys('BSpace', 'Enter')
    s.last('abcdefghijabcdefghij', 'abcdefghijabcdefghij', 'abcdefghij', ';')


def test_resize(p):
    s = screen(p, columns=40)
    s.type('echo ' + 'abcdefghij' * 5)
    s.last('; echo abcdefghijabcdefghijabcdefghijabc', 'defghijabcdefghij')
    s.resize(60, 20)
    s.last('; echo ' + 'abcdefghij' * 5)
    s.resize(20, 20)
    s.last('; echo abcdefghijabc', 'defghijabcdefghijabc', 'defghijabcdefghij')
    s.type('!')
    s.last('; echo abcdefghijabc', 'defghijabcdefghijabc', 'defghijabcdefghij!')
    equal(s.lines()[0][:6], '; echo')


def test_output_while_a_line_is_edited(p):
    s = screen(p, columns=40)
    s.type('{sleep 1; echo one; sleep 1; echo -n tw; sleep 1; echo o} &\n')
    s.type('echo ' + 'abcdefghij' * 4)
    line = ['; echo abcdefghijabcdefghijabcdefghijabc', 'defghij']
    s.last('one', *line)
    s.keys('Left')
    s.last('one', 'tw', *line)
    s.last('one', 'two', *line)
    s.keys('x', 'Enter')
    s.last('one', 'two', line[0], 'defghixj', 'abcdefghij' * 3 + 'abcdefghix', 'j', ';')


def test_prompts(p):
    s = screen(p)
    s.type("prompt=('e$ ' '> ')\n")
    s.last('e$')
    s.type("echo {\n")
    s.last('e$ echo {', '>')
    s.type("x}\n")
    s.last('> x}', '{x}', 'e$')
    s.type('echo -n ask me; read\n')
    s.last('ask me')
    s.type('yes')
    s.keys('C-a', 'Right', 'X', 'Enter')
    s.last('ask meyXes', 'yXes', 'e$')
    s.type("prompt=`{unicode -t 1b}^'[1mbold'^`{unicode -t 1b}^'[0m% '\n")
    s.last('bold%')
    s.type('ab')
    s.keys('Left')
    s.type('c')
    s.last('bold% acb')
    equal(s.cursor()[0], 8)


def test_paste(p):
    s = screen(p)
    s.paste('echo one\necho two\techo\n')
    s.last('; echo one', 'echo two        echo')
    s.keys('Enter')
    s.last('one', '; two echo', ';')


def test_typed_ahead(p):
    s = screen(p)
    s.type('sleep 1\n')
    s.type('echo one\necho two\n')
    s.type('echo thr')
    s.await_(lambda l: l[-1] == '; echo thr' and 'one' in l and 'two' in l, 'what was typed ahead')
    s.type('ee\n')
    s.last('three', ';')


def test_end_typed_ahead(p):
    t = Terminal(p.home('home'), TERM='xterm')
    t.expect('; ')
    t.send('sleep 1; echo one\n')
    t.expect('one\r\n')
    t.send('\004')
    t.expect('one\r\n')
    equal(t.wait(), 0)


def test_raw_mode_has_every_key(p):
    s = screen(p)
    s.type('{echo rawon >[1=3]; echo ready; dd -bs 1 -count 8 >[2]/dev/null | xd -c} >[3]/dev/consctl\n')
    s.last('ready')
    s.type('a')
    s.keys('C-c', 'C-z', 'C-d', 'Up')
    s.keys('x')
    s.last('0000000 a  03 1a 04 1b [  A  x', '0000008', ';')
    s.type('echo on\n')
    s.last('on', ';')


def test_no_editing(p):
    for args, env in ((['--no-edit'], {}), ([], {'TERM': 'dumb'})):
        t = Terminal(p.home('home'), *args, **env)
        t.expect('; ')
        t.send('echo x\n')
        equal(t.expect('; '), 'echo x\r\nx\r\n')
        t.send('\004')
        equal(t.wait(), 0)


def test_interrupt(p):
    s = screen(p)
    s.type('sleep 1000\n')
    s.last('; sleep 1000')
    s.keys('C-c')
    s.last('; sleep 1000', '^C', ';')
    s.type('echo $status; ps | grep Sleep\n')
    s.last('interrupted', ';')
    s.type('while {} {}\n')
    s.last('; while {} {}')
    s.keys('C-c')
    s.last('; while {} {}', '^C', ';')
    s.type('for i in 1 2 3 {cat}; echo not reached\n')
    s.last('; for i in 1 2 3 {cat}; echo not reached')
    s.keys('C-c')
    s.last('; for i in 1 2 3 {cat}; echo not reached', '^C', ';')


def test_interrupt_leaves_the_background(p):
    s = screen(p)
    s.type('sleep 1000 &\n')
    s.last('; sleep 1000 &', ';')
    s.type('sleep 500 | sleep 400\n')
    s.last('; sleep 500 | sleep 400')
    s.keys('C-c')
    s.last('^C', ';')
    s.keys('C-c')
    s.last('; ^C', ';')
    s.keys('C-l')
    s.type('ps | grep Sleep | wc -l\n')
    s.last('      1', ';')


def test_interrupt_at_the_prompt(p):
    s = screen(p)
    s.type('echo {')
    s.keys('C-c')
    s.last('; echo {^C', ';')
    s.type('echo {\n')
    s.type('x')
    s.keys('C-c')
    s.type('echo $status\n')
    s.last('interrupted', ';')


def test_interrupt_nested_shell(p):
    s = screen(p)
    s.type("sh\n")
    s.last('; sh', ';')
    s.type("prompt='inner '\n")
    s.last('inner')
    s.type('sleep 1000\n')
    s.last('inner sleep 1000')
    s.keys('C-c')
    s.last('inner sleep 1000', '^C', 'inner')
    s.type('exit\n')
    s.last('inner exit', ';')
    s.type('sleep 1000\n')
    s.last('; sleep 1000')
    s.keys('C-c')
    s.last('; sleep 1000', '^C', ';')


def test_another_shell(p):
    """mash: prompts, more lines of a command, ^C at the prompt and in what runs, errors, ^D."""
    s = screen(p)
    s.type("mash\n")
    s.last('mash%')
    s.type("prompt '% ' '> '\n")
    s.last('%')
    s.type("for (i in a b) {\necho $i\n}\n")
    s.last('% for (i in a b) {', '> echo $i', '> }', 'a', 'b', '%')
    s.type('if (a) echo yes\n')
    s.last('yes', '%')
    s.type("sleep 1000\n")
    s.last('% sleep 1000')
    s.keys('C-c')
    s.type('echo $status\n')
    s.last('interrupted', '%')
    s.type('while (x) {}\n')
    s.last('% while (x) {}')
    s.keys('C-c')
    s.last('% while (x) {}', '^C', '%')
    s.type('echo {\n')
    s.last('%')
    s.type('{ echo\n')
    s.last('>')
    s.keys('C-c')
    s.type('nosuch; echo (hd ())\n')
    s.last('mash: hd of an empty list', '%')
    s.type('echo $status\n')
    s.last('error', '%')
    s.keys('C-d')
    s.last(';')


def test_interrupt_without_shell(p):
    t = Terminal(p.home('home'), 'cat')
    t.send('word\n')
    t.expect('word\r\n')
    t.expect('word\r\n')
    t.send('\003')
    equal(t.wait(), 130)


def test_second_interrupt_kills(p):
    p.file('home/s', 'load std\necho started\nfn f {rescue x {status ok} {sleep 1000}}\nwhile {} {f}\n')
    s = screen(p)
    s.type("sh '#U*%s/home/s'\n" % p.dir)
    s.last('started')
    s.keys('C-c')
    s.last('^C', ';')
    s.keys('C-c')
    s.last('; ^C', ';')
    s.keys('C-l')
    s.type('ps | grep Sleep | wc -l\n')
    s.last('      0', ';')


def test_end_of_file(p):
    s = screen(p)
    s.type('cat\nx\n')
    s.last('; cat', 'x', 'x')
    s.keys('C-d')
    s.await_(lambda l: l[-1] == ';', 'the end of cat')
    s.keys('C-d')
    s.await_(lambda l: l[-1].startswith('host$'), 'the end of emu')
    s.type('echo $?; stty -a | grep -ow -e icanon -e echo\n')
    s.last('0', 'icanon', 'echo', 'host$')


def test_stop_and_continue(p):
    s = Screen(p, p.home('home'))
    s.type('"$EMU_BIN"\n')
    s.last(';')
    s.type('echo abc')
    s.last('; echo abc')
    s.keys('C-z')
    s.await_(lambda l: l[-1] == 'host$' and 'Stopped' in ' '.join(l), 'emu stopped')
    s.type('stty -a | grep -ow -e icanon -e echo\n')
    s.last('icanon', 'echo', 'host$')
    s.type('fg\n')
    s.await_(lambda l: l[-1] == '; echo abc', 'the line again')
    s.keys('Left', 'x', 'Enter')
    s.last('; echo abxc', 'abxc', ';')
    s.type('sleep 1000\n')
    s.last('; sleep 1000')
    s.keys('C-z')
    s.await_(lambda l: l[-1] == 'host$' and 'Stopped' in ' '.join(l[-5:]), 'emu stopped again')
    s.type('fg\n')
    s.await_(lambda l: 'EMU_BIN' in l[-1], 'emu goes on')
    s.keys('C-c')
    s.await_(lambda l: l[-1] == ';', 'the prompt')


def modes_after(p, ending):
    s = Screen(p, p.home('home'))
    s.type('cd; stty -g >before; "$EMU_BIN"; echo $? >status; stty -g >after; cmp before after && echo same\n')
    s.last(';')
    s.type('echo half')
    s.last('; echo half')
    ending(s)
    s.last('same', 'host$')
    return int(open(os.path.join(p.dir, 'home/status')).read())


def emupid(p):
    """The emu under the terminal."""
    for pid in os.listdir('/proc'):
        try:
            if pid.isdigit() and os.path.samefile('/proc/%s/exe' % pid, EMU) and \
                    ('HOME=' + os.path.join(p.dir, 'home')).encode() in open('/proc/%s/environ' % pid, 'rb').read().split(b'\0'):
                return int(pid)
        except OSError:
            pass
    check(False, 'no emu')


def test_terminal_after_a_signal(p):
    equal(modes_after(p, lambda s: os.kill(emupid(p), signal.SIGTERM)), 128 + signal.SIGTERM)


def test_terminal_after_a_crash(p):
    equal(modes_after(p, lambda s: os.kill(emupid(p), signal.SIGSEGV)), 128 + signal.SIGSEGV)


def test_terminal_after_quit(p):
    equal(modes_after(p, lambda s: s.keys('C-\\')), 128 + signal.SIGQUIT)


def test_terminal_after_raw_mode(p):
    def ending(s):
        s.keys('C-u')
        s.type('{echo rawon >[1=3]; echo halt >/dev/sysctl} >[3]/dev/consctl\n')
    equal(modes_after(p, ending), 0)


def test_end_while_output_is_stopped(p):
    t = Terminal(p.home('home'), TERM='xterm')
    t.expect('\033[?2004h; ')
    t.send('echo x\n')
    t.expect('x\r\n')
    t.expect('\033[?2004h; ')
    t.send('\023')
    t.send('y')
    os.kill(t.pid, signal.SIGTERM)
    equal(t.wait(), 128 + signal.SIGTERM)
