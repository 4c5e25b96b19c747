# buffers over strings, pipes and modules
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

writer(fd: ref Sys->FD)
{
	s := "";
	for(i := 0; i < 20000; i++)
		s[i] = 16r65e5;
	a := array of byte (s + "\nbb\n");
	for(i = 0; i < len a; i += 1000){
		n := 1000;
		if(n > len a - i)
			n = len a - i;
		sys->write(fd, a[i:i+n], n);
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil){
		sys->print("cannot load Bufio: %r\n");
		return;
	}

	b := bufio->sopen("one\ntwo;three");
	sys->print("[%s][%s][%s][%s]\n", b.gets('\n'), b.gett(";,"), b.gets('\n'), b.gets('\n'));
	b = bufio->sopen("aé日x");
	while((c := b.getc()) >= 0)
		sys->print("%x ", c);
	sys->print("%d\n", c);
	b.seek(big 0, Bufio->SEEKSTART);
	b.getc();
	b.getc();
	sys->print("%bd %d %bd %x\n", b.offset(), b.ungetc(), b.offset(), b.getc());
	sys->print("%d %d\n", b.putb(byte 0), int b.seek(big 100, Bufio->SEEKSTART));
	b = bufio->aopen(array[] of {byte 16rff, byte 'a', byte 16re6});
	sys->print("%x %x %x %d\n", b.getc(), b.getc(), b.getc(), b.getc());

	# lines longer than the buffer, and characters across its end
	fds := array[2] of ref Sys->FD;
	sys->pipe(fds);
	spawn writer(fds[1]);
	fds[1] = nil;
	b = bufio->fopen(fds[0], Bufio->OREAD);
	n := 0;
	while((s := b.gets('\n')) != nil){
		sys->print("%d %c ", len s, s[0]);
		n += len s;
	}
	sys->print("%d\n", n);

	sys->pipe(fds);
	w := bufio->fopen(fds[1], Bufio->OWRITE);
	sys->print("%d %d %d %d ", w.puts("añb"), w.putc(16r65e5), w.putb(byte '!'), w.write(array of byte "xyz", 2));
	sys->print("%d %d %bd\n", w.getb(), w.flush(), w.offset());
	w.close();
	fds[1] = nil;
	w = nil;
	buf := array[100] of byte;
	n = sys->read(fds[0], buf, len buf);
	sys->print("%s\n", string buf[0:n]);
	b = bufio->sopen("0123456789");
	n = b.read(buf, 4);
	sys->print("%d %s ", n, string buf[0:4]);
	sys->print("%d %d\n", b.read(buf, 100), b.read(buf, 1));

	# errors are told at the end: gets has only nil to say, and a write fails when the buffer is full
	b = bufio->sopen("a");
	b.gets('\n');
	sys->print("%d %d ", b.gets('\n') == nil, b.ungetb());
	b = bufio->open("#U*/proc/self/mem", Bufio->OREAD);
	sys->print("%d %d %d\n", b.gets('\n') == nil, b.ungetb(), b.getc());
	w = bufio->open("#U*/dev/full", Bufio->OWRITE);
	sys->print("%d ", w.putb(byte 'a'));
	sys->print("%d ", w.write(array[10000] of {* => byte 'b'}, 10000));
	sys->print("%d %d\n", w.flush(), w.flush());

	# what may be the beginning of a character, before a separator and before the end
	b = bufio->aopen(array[] of {byte 'a', byte 16re6, byte '\n', byte 16rfe, byte 'b', byte '\n', byte 16rf0, byte 16r9f});
	while((s = b.gets('\n')) != nil){
		for(i := 0; i < len s; i++)
			sys->print("%x ", s[i]);
		sys->print("\n");
	}
}
