implement Bufio;

#
# Buffered input and output; see bufio(2).
#
# An Iobuf is a window on a file.  When reading, buffer[0:size] holds the
# bytes of the file from offset bufpos on, buffer[index] is the next to give,
# and filpos is the offset of the file itself, bufpos+size.  A few bytes before
# index survive a refill, so that one character can always be put back.
# When writing, buffer[0:index] waits to be written at bufpos, which equals filpos.
#
# Errors last: a write that failed when the buffer was full is told by the next
# flush too, and a read that failed by ungetb, for gets has only nil to say.
#

include "sys.m";
	sys: Sys;

include "bufio.m";

# values of lastop: what the buffer holds
NONE, READ, WRITE, ATEND, FAILED: con iota;

# bits of dirty: something waits; something that was to be written is lost
WAITS, LOST: con 1 << iota;

Bufsize:	con Sys->ATOMICIO;
History:	con Sys->UTFmax;
Room:	con Bufsize + 2*History;	# one read, what can be put back, a character in pieces
Runeself:	con 16r80;

# the buffers that are filled by a module
fills: list of (ref Iobuf, BufioFill);

getsys()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

open(name: string, mode: int): ref Iobuf
{
	getsys();
	fd := sys->open(name, mode);
	if(fd == nil)
		return nil;
	return mk(fd, array[Room] of byte, 0, mode);
}

create(name: string, mode, perm: int): ref Iobuf
{
	getsys();
	fd := sys->create(name, mode, perm);
	if(fd == nil)
		return nil;
	return mk(fd, array[Room] of byte, 0, mode);
}

fopen(fd: ref Sys->FD, mode: int): ref Iobuf
{
	getsys();
	if(fd == nil)
		return nil;
	b := mk(fd, array[Room] of byte, 0, mode);
	o := sys->seek(fd, big 0, Sys->SEEKRELA);
	if(o > big 0)
		b.bufpos = b.filpos = o;
	return b;
}

sopen(input: string): ref Iobuf
{
	return aopen(array of byte input);
}

aopen(input: array of byte): ref Iobuf
{
	getsys();
	return mk(nil, input, len input, OREAD);
}

mk(fd: ref Sys->FD, buf: array of byte, n: int, mode: int): ref Iobuf
{
	b := ref Iobuf;
	b.fd = fd;
	b.buffer = buf;
	b.index = 0;
	b.size = n;
	b.dirty = 0;
	b.bufpos = big 0;
	b.filpos = big n;
	b.lastop = NONE;
	b.mode = mode & 3;
	return b;
}

Iobuf.setfill(b: self ref Iobuf, f: BufioFill)
{
	unfill(b);
	if(f == nil)
		return;
	if(len b.buffer > 0){
		# the bytes are the caller's, and will be moved about
		a := array[len b.buffer] of byte;
		a[0:] = b.buffer;
		b.buffer = a;
	}
	fills = (b, f) :: fills;
}

unfill(b: ref Iobuf)
{
	l: list of (ref Iobuf, BufioFill);
	found := 0;
	for(f := fills; f != nil; f = tl f)
		if((hd f).t0 != b)
			l = hd f :: l;
		else
			found = 1;
	if(found)
		fills = l;
}

filler(b: ref Iobuf): BufioFill
{
	for(l := fills; l != nil; l = tl l)
		if((hd l).t0 == b)
			return (hd l).t1;
	return nil;
}

#
# reading
#

# get more bytes: their number, EOF or ERROR
fill(b: ref Iobuf): int
{
	n: int;
	f := filler(b);
	if(f == nil && b.fd == nil){
		b.lastop = ATEND;
		return EOF;
	}
	shift(b);
	if(f != nil)
		n = f->fill(b);
	else{
		getsys();
		n = sys->read(b.fd, b.buffer[b.size:], Bufsize);
		if(n > 0){
			b.size += n;
			b.filpos += big n;
		}else if(n < 0)
			n = ERROR;
	}
	if(n > 0)
		return n;
	b.lastop = ATEND;
	if(n != ERROR)
		return EOF;
	b.lastop = FAILED;
	return ERROR;
}

# make room for one read, keeping what is unread and what may be put back
shift(b: ref Iobuf)
{
	keep := History;
	if(keep > b.index)
		keep = b.index;
	start := b.index - keep;
	old := b.buffer[start:b.size];
	if(len b.buffer < Room || len b.buffer - len old < Bufsize)
		b.buffer = array[Room + len old] of byte;
	if(start > 0 || len old > 0)
		b.buffer[0:] = old;
	b.bufpos += big start;
	b.index = keep;
	b.size = len old;
}

# turn to reading: 0 or ERROR
reading(b: ref Iobuf): int
{
	if(b.mode == OWRITE)
		return ERROR;
	if(b.lastop == WRITE && b.flush() == ERROR)
		return ERROR;
	b.lastop = READ;
	return 0;
}

Iobuf.read(b: self ref Iobuf, a: array of byte, n: int): int
{
	if(b.lastop != READ && reading(b) == ERROR)
		return ERROR;
	if(n > len a)
		n = len a;
	got := 0;
	while(got < n){
		if(b.index >= b.size){
			r := fill(b);
			if(r <= 0){
				if(got > 0)
					b.lastop = READ;
				else if(r == ERROR)
					return ERROR;
				break;
			}
		}
		m := b.size - b.index;
		if(m > n - got)
			m = n - got;
		a[got:] = b.buffer[b.index:b.index+m];
		b.index += m;
		got += m;
	}
	return got;
}

Iobuf.getb(b: self ref Iobuf): int
{
	if(b.lastop != READ && reading(b) == ERROR)
		return ERROR;
	if(b.index >= b.size){
		r := fill(b);
		if(r <= 0)
			return r;
	}
	return int b.buffer[b.index++];
}

Iobuf.getc(b: self ref Iobuf): int
{
	if(b.lastop != READ && reading(b) == ERROR)
		return ERROR;
	if(b.index >= b.size){
		r := fill(b);
		if(r <= 0)
			return r;
	}
	c := int b.buffer[b.index];
	if(c < Runeself){
		b.index++;
		return c;
	}
	getsys();
	n: int;
	for(;;){
		(c, n, nil) = sys->byte2char(b.buffer[0:b.size], b.index);
		if(n > 0)
			break;
		# the rest of the character has not been read yet
		if(fill(b) <= 0){
			b.lastop = READ;
			(c, n) = (Sys->UTFerror, 1);
			break;
		}
	}
	b.index += n;
	return c;
}

Iobuf.ungetb(b: self ref Iobuf): int
{
	if(b.lastop == ATEND){
		b.lastop = READ;
		return 1;
	}
	if(b.lastop != READ || b.index <= 0)
		return ERROR;
	b.index--;
	return 1;
}

Iobuf.ungetc(b: self ref Iobuf): int
{
	if(b.lastop == ATEND){
		b.lastop = READ;
		return 1;
	}
	if(b.lastop != READ || b.index <= 0)
		return ERROR;
	b.index -= lastlen(b.buffer[0:b.index]);
	return 1;
}

# bytes of the last character of a
lastlen(a: array of byte): int
{
	e := len a;
	if(int a[e-1] < Runeself)
		return 1;
	getsys();
	for(n := 2; n <= Sys->UTFmax && n <= e; n++){
		(nil, m, ok) := sys->byte2char(a, e - n);
		if(ok && m == n)
			return n;
	}
	return 1;
}

Iobuf.gets(b: self ref Iobuf, sep: int): string
{
	if(sep >= Runeself)
		return collect(b, nil, sep);
	if(b.lastop != READ && reading(b) == ERROR)
		return nil;
	acc: array of byte;
	nacc := 0;
	for(;;){
		if(b.index >= b.size && fill(b) <= 0)
			break;
		buf := b.buffer;
		e := b.size;
		for(i := b.index; i < e; i++)
			if(int buf[i] == sep)
				break;
		found := i < e;
		if(found)
			i++;
		piece := buf[b.index:i];
		b.index = i;
		if(found && nacc == 0){
			s := string piece;
			if(s != nil && s[len s - 1] == sep)
				return s;
			return text(piece);
		}
		if(nacc + len piece > len acc){
			a := array[2*len acc + len piece] of byte;
			a[0:] = acc;
			acc = a;
		}
		acc[nacc:] = piece;
		nacc += len piece;
		if(found)
			break;
	}
	if(nacc == 0)
		return nil;
	b.lastop = READ;
	return text(acc[0:nacc]);
}

# The conversion to a string leaves off what may be the beginning of a character at the end, even if a separator is
# among it. Here nothing is to follow, so it is bad as elsewhere.
text(a: array of byte): string
{
	n := Sys->UTFmax;
	b := array[len a + n] of {* => byte ' '};
	b[0:] = a;
	s := string b;
	return s[0:len s - n];
}

Iobuf.gett(b: self ref Iobuf, sep: string): string
{
	if(len sep == 1)
		return b.gets(sep[0]);
	return collect(b, sep, -1);
}

# characters up to and including sep, or one of seps
collect(b: ref Iobuf, seps: string, sep: int): string
{
	s := "";
	while((c := b.getc()) >= 0){
		s[len s] = c;
		if(c == sep || has(seps, c))
			return s;
	}
	if(s != "")
		b.lastop = READ;
	return s;
}

has(s: string, c: int): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == c)
			return 1;
	return 0;
}

#
# writing
#

# turn to writing: 0 or ERROR
writing(b: ref Iobuf): int
{
	if(b.mode == OREAD || b.fd == nil || b.buffer == nil)
		return ERROR;
	at := b.bufpos + big b.index;
	if(b.filpos != at){
		getsys();
		if(sys->seek(b.fd, at, Sys->SEEKSTART) < big 0)
			return ERROR;
	}
	b.bufpos = b.filpos = at;
	b.index = b.size = 0;
	b.lastop = WRITE;
	return 0;
}

Iobuf.write(b: self ref Iobuf, a: array of byte, n: int): int
{
	if(b.lastop != WRITE && writing(b) == ERROR)
		return ERROR;
	if(n > len a)
		n = len a;
	for(o := 0; o < n;){
		if(b.index >= Bufsize && drain(b) == ERROR)
			return ERROR;
		m := Bufsize - b.index;
		if(m > n - o)
			m = n - o;
		b.buffer[b.index:] = a[o:o+m];
		b.index += m;
		b.dirty |= WAITS;
		o += m;
	}
	return n;
}

Iobuf.putb(b: self ref Iobuf, c: byte): int
{
	if(b.lastop != WRITE && writing(b) == ERROR)
		return ERROR;
	if(b.index >= Bufsize && drain(b) == ERROR)
		return ERROR;
	b.buffer[b.index++] = c;
	b.dirty |= WAITS;
	return 0;
}

Iobuf.putc(b: self ref Iobuf, c: int): int
{
	if(c >= 0 && c < Runeself)
		return b.putb(byte c);
	getsys();
	a := array[Sys->UTFmax] of byte;
	n := sys->char2byte(c, a, 0);
	if(b.write(a, n) == ERROR)
		return ERROR;
	return 0;
}

Iobuf.puts(b: self ref Iobuf, s: string): int
{
	a := array of byte s;
	if(b.write(a, len a) == ERROR)
		return ERROR;
	return len s;
}

# write what waits: 0 or ERROR
drain(b: ref Iobuf): int
{
	n := b.index;
	b.index = b.size = 0;
	b.dirty &= ~WAITS;
	if(n == 0)
		return 0;
	m := 0;
	if(b.fd != nil){
		getsys();
		m = sys->write(b.fd, b.buffer[0:n], n);
		if(m > 0)
			b.filpos += big m;
		b.bufpos = b.filpos;
	}
	if(m == n)
		return 0;
	b.dirty |= LOST;
	return ERROR;
}

Iobuf.flush(b: self ref Iobuf): int
{
	if(b.lastop == WRITE)
		drain(b);
	else
		b.bufpos = b.filpos;
	b.index = b.size = 0;
	b.lastop = NONE;
	if(b.dirty & LOST)
		return ERROR;
	return 0;
}

Iobuf.close(b: self ref Iobuf)
{
	if(b.dirty)
		b.flush();
	unfill(b);
	b.fd = nil;
	b.buffer = nil;
	b.index = b.size = 0;
	b.lastop = NONE;
}

#
# position
#

Iobuf.offset(b: self ref Iobuf): big
{
	return b.bufpos + big b.index;
}

Iobuf.seek(b: self ref Iobuf, n: big, where: int): big
{
	if(b.dirty && b.flush() == ERROR){
		b.dirty = 0;	# told here
		return big ERROR;
	}
	getsys();
	case where {
	SEEKSTART =>
		;
	SEEKRELA =>
		n += b.offset();
	SEEKEND =>
		if(b.fd != nil)
			return seekfd(b, n, Sys->SEEKEND);
		n += b.bufpos + big b.size;
	* =>
		return big ERROR;
	}
	o := n - b.bufpos;
	if(b.lastop != WRITE && o >= big 0 && o <= big b.size){
		b.index = int o;
		b.lastop = NONE;
		return n;
	}
	if(b.fd == nil || n < big 0)
		return big ERROR;
	return seekfd(b, n, Sys->SEEKSTART);
}

seekfd(b: ref Iobuf, n: big, where: int): big
{
	o := sys->seek(b.fd, n, where);
	if(o < big 0)
		return big ERROR;
	b.bufpos = b.filpos = o;
	b.index = b.size = 0;
	b.lastop = NONE;
	return o;
}
