"""Devices that stand for hardware of the host: serial ports (a pseudo-terminal is one here) and sound (ALSA's file and null devices)."""
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
import tty

from emulib import EMU, Skip, check, equal, environment


class Serial:
    """An emu in a name space whose /dev has one serial port, whose other end is fd."""

    def __init__(self, place, ports=True, args=()):
        dev = place.home('dev')
        try:
            self.fd, self.slave = pty.openpty()
        except OSError as e:
            raise Skip('no pseudo-terminal: %s' % e)
        tty.setraw(self.fd)
        setup = ['mount -t tmpfs none %s' % dev, 'mkdir %s/pts' % dev, 'mount --rbind /dev/pts %s/pts' % dev]
        setup += ['touch %s/%s; mount --bind /dev/%s %s/%s' % (dev, f, f, dev, f) for f in ('null', 'zero', 'random', 'urandom', 'tty')]
        if ports:
            setup.append('ln -s %s %s/ttyS0' % (os.ttyname(self.slave), dev))
        setup += ['mount --rbind %s /dev' % dev, 'exec "$@"']
        flags = ['-m'] if os.getuid() == 0 else ['-rm']
        if not shutil.which('unshare') or subprocess.run(['unshare'] + flags + ['true'], stderr=subprocess.DEVNULL).returncode != 0:
            raise Skip('no mount name space')
        self.emu = place.emu('home', *args, within=['unshare'] + flags + ['sh', '-ec', ' && '.join(setup), 'sh'])

    def read(self, n):
        got = b''
        while len(got) < n and select.select([self.fd], [], [], 10)[0]:
            got += os.read(self.fd, n - len(got))
        return got

    def attributes(self):
        return termios.tcgetattr(self.slave)

    def close(self):
        os.close(self.fd)
        os.close(self.slave)


def test_serial_data(place):
    s = Serial(place)
    equal(s.emu.run("cd '#t'; ls"), 'eia0\neia0ctl\neia0status')
    equal(s.emu.run('ls -l eia0').split()[0], '--rw-rw----')
    equal(s.emu.run('cat eia0ctl').strip(), '0')
    s.emu.quiet("echo -n AT > eia0")
    equal(s.read(2), b'AT')
    # bytes of all values come through in both directions: nothing is changed on the way
    every = bytes(range(256))
    s.emu.quiet('{read -o 0 256 < eia0 > /tmp/got; echo -n > /tmp/done} &')
    time.sleep(0.3)
    os.write(s.fd, every)
    s.emu.quiet('while {! ftest -e /tmp/done} {sleep 1}')
    s.emu.quiet('cat /tmp/got > eia0')
    equal(s.read(256), every)
    s.close()


def test_serial_settings(place):
    s = Serial(place)
    s.emu.quiet('load std; fd=0; {cat > /dev/null} < /dev/null')
    equal(s.emu.run("cat '#t/eia0status'"), 'opens 1 ferr 0 oerr 0 baud 9600')
    a = s.attributes()
    check(a[2] & termios.CSIZE == termios.CS8 and not a[2] & termios.PARENB and a[4] == termios.B9600, 'raw 9600 8N1', a)
    s.emu.quiet("echo b115200 L8 S2 pn x1 m1 i5 nonsense > '#t/eia0ctl'")
    a = s.attributes()
    check(a[2] & termios.CSTOPB and a[2] & termios.CRTSCTS and a[0] & termios.IXON and a[4] == termios.B115200, '8N2', a)
    # they stay for who opens the port next
    equal(s.emu.run("cat '#t/eia0status'"), 'opens 1 ferr 0 oerr 0 baud 115200')
    for bad in ('b12345', 'l9', 's3', 'px'):
        equal(s.emu.run("echo %s > '#t/eia0ctl'" % bad), 'echo: write error: bad arg in system call', bad)
    s.emu.quiet("echo f > '#t/eia0ctl'; echo pn l8 s1 x0 m0 k > '#t/eia0ctl'")
    a = s.attributes()
    check(not a[2] & (termios.CSTOPB | termios.CRTSCTS) and not a[0] & termios.IXON and a[4] == termios.B115200, '8N1', a)
    # a pseudo-terminal has neither parity nor a modem's lines, and says so
    for refused in ('pe', 'l7', 'd0', 'h'):
        check('echo: write error: ' in s.emu.run("echo %s > '#t/eia0ctl'" % refused), refused)
    equal(s.emu.run("cat '#t/eia0status'"), 'opens 1 ferr 0 oerr 0 baud 115200')
    equal(s.emu.run("echo x > '#t/eia0status'"), 'echo: write error: permission denied')
    equal(s.emu.run("chmod 444 '#t/eia0'; ls -l '#t/eia0'").split()[0], '--r--r--r--')
    s.close()


def test_serial_wait_ends(place):
    """A process that waits for a port can be killed, and others go on."""
    s = Serial(place)
    s.emu.quiet("load std; cat '#t/eia0' & pid=$apid; sleep 1")
    equal(s.emu.run("cat '#t/eia0status'"), 'opens 2 ferr 0 oerr 0 baud 9600')
    check('killed' in s.emu.run('kill $pid; sleep 1'), 'kill')
    equal(s.emu.run("cat '#t/eia0status'"), 'opens 1 ferr 0 oerr 0 baud 9600')
    s.close()


def test_serial_none(place):
    s = Serial(place, ports=False)
    check('no free devices' in s.emu.run("ls '#t'"), 'without ports')
    s.close()
    o, e, _ = place.run('--no-host', 'sh', '-c', "ls '#t'; ls '#A'")
    equal((o + e).count('mount/attach disallowed'), 2, '--no-host')


class Sound:
    """Runs emu with ALSA's default device made of files: what is played, and what is heard."""

    def __init__(self, place, heard=b''):
        self.place = place
        self.played = os.path.join(place.dir, 'played')
        heard = place.file('heard', heard)
        self.config = place.file('asound.conf', """
            pcm.nothing { type null }
            pcm.!default { type file slave.pcm nothing file "%s" infile "%s" format raw }
            """ % (self.played, heard))
        self.env = dict(environment(place.home('home')), ALSA_CONFIG_PATH=self.config)

    def run(self, script):
        p = subprocess.run([EMU, 'sh', '-c', script], env=self.env, capture_output=True, timeout=60)
        return (p.stdout + p.stderr).decode()

    def samples(self):
        b = open(self.played, 'rb').read()
        return list(struct.unpack('<%dh' % (len(b) // 2), b))


def needs_alsa(s):
    if 'no free devices' in s.run("ls '#A'"):
        raise Skip('no ALSA library')


def test_sound_control(place):
    s = Sound(place)
    needs_alsa(s)
    default = ['indev mic line', 'outdev spkr hdph line', 'enc pcm ulaw alaw', 'rate 8000 11025 22050 44100', 'bits 16 8', 'chans 2 1',
               'in 100 0 100', 'out 100 0 100', 'in buf 100 0 100', 'out buf 100 0 100']
    equal(s.run("cat '#A/audioctl'").splitlines(), default)
    got = s.run("""f='#A/audioctl'
        echo 'rate 22050 out chans 1 vol 30 left 40 in buf 5' > $f
        echo in enc alaw > $f
        echo outdev line > $f
        cat $f""").splitlines()
    equal(got, ['indev mic line', 'outdev line spkr hdph', 'in enc alaw pcm ulaw', 'out enc pcm ulaw alaw', 'rate 22050 8000 11025 44100',
                     'bits 16 8', 'in chans 2 1', 'out chans 1 2', 'in 100 0 100', 'out left 40 0 100', 'out right 30 0 100',
                     'in buf 5 0 100', 'out buf 5 0 100'])
    # a bad word changes nothing
    for bad in ('rate 48000', 'chans', 'vol 101', 'vol x', 'nothing 1', 'rate 8000 chans 3'):
        equal(s.run("echo -n %s > '#A/audioctl'; cat '#A/audioctl'" % bad).splitlines(),
              default + ['echo: write error: bad arg in system call'], bad)


def test_sound_play(place):
    tone = [((i * 7919) % 65536) - 32768 for i in range(20000)]
    place.file('tone', struct.pack('<20000h', *tone))
    s = Sound(place)
    needs_alsa(s)
    at = "'#U*%s/tone'" % place.dir
    equal(s.run("cat %s > '#A/audio'" % at), '')
    equal(s.samples(), tone)
    # a law is undone, and each side has its volume
    equal(s.run("echo out enc ulaw left 50 right 0 > '#A/audioctl'; cat %s > '#A/audio'" % at), '')
    got = s.samples()
    equal(len(got), 40000)
    check(all(v == 0 for v in got[1::2]) and max(got[0::2]) == 32124 // 2 and min(got[0::2]) == -(32124 // 2), 'ulaw, left alone at half')
    equal(s.run("echo out bits 8 chans 1 > '#A/audioctl'; cat %s > '#A/audio'" % at), '')
    check(len(s.samples()) == 40000 and set(v & 0xFF for v in s.samples()) == {0}, 'eight bits')
    # what is not whole frames; who comes second
    equal(s.run("echo -n abc > '#A/audio'"), 'echo: write error: bad arg in system call\n')
    equal(s.run("{echo -n abcd > '#A/audio'} > '#A/audio'").count('device or object already in use'), 1)


def test_sound_record(place):
    heard = [((i * 104729) % 65536) - 32768 for i in range(8000)]
    s = Sound(place, struct.pack('<8000h', *heard))
    needs_alsa(s)
    s.run("read 8000 < '#A/audio' > '#U*%s/got'" % place.dir)
    equal(open(place.dir + '/got', 'rb').read(), struct.pack('<4000h', *heard[:4000]))
