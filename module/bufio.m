# Buffered input and output; needs sys.m before it. See bufio(2).
Bufio: module
{
	PATH:		con "/dis/lib/bufio.dis";
	SEEKSTART:	con Sys->SEEKSTART;
	SEEKRELA:	con Sys->SEEKRELA;
	SEEKEND:	con Sys->SEEKEND;
	OREAD:		con Sys->OREAD;
	OWRITE:		con Sys->OWRITE;
	ORDWR:		con Sys->ORDWR;

	# results of the functions that give an int
	EOF:		con -1;
	ERROR:		con -2;

	Iobuf: adt
	{
		seek:		fn(b: self ref Iobuf, n: big, where: int): big;
		offset:		fn(b: self ref Iobuf): big;
		read, write:	fn(b: self ref Iobuf, a: array of byte, n: int): int;
		getb, getc:	fn(b: self ref Iobuf): int;
		gets:		fn(b: self ref Iobuf, sep: int): string;
		gett:		fn(b: self ref Iobuf, sep: string): string;
		ungetb, ungetc:	fn(b: self ref Iobuf): int;
		putb:		fn(b: self ref Iobuf, b: byte): int;
		putc:		fn(b: self ref Iobuf, c: int): int;
		puts:		fn(b: self ref Iobuf, s: string): int;
		flush:		fn(b: self ref Iobuf): int;
		close:		fn(b: self ref Iobuf);
		setfill:	fn(b: self ref Iobuf, f: BufioFill);

		fd:			ref Sys->FD;
		buffer:			array of byte;
		index, size, dirty:	int;
		bufpos, filpos:		big;
		lastop, mode:		int;
	};

	open:	fn(name: string, mode: int): ref Iobuf;
	create:	fn(name: string, mode, perm: int): ref Iobuf;
	fopen:	fn(fd: ref Sys->FD, mode: int): ref Iobuf;
	sopen:	fn(input: string): ref Iobuf;
	aopen:	fn(input: array of byte): ref Iobuf;
};

BufioFill: module
{
	fill:	fn(b: ref Bufio->Iobuf): int;
};

ChanFill: module
{
	PATH:	con "/dis/lib/chanfill.dis";

	init:	fn(data: array of byte, fid: int, wc: Sys->Rwrite, r: ref Sys->FileIO, b: Bufio): ref Bufio->Iobuf;
	fill:	fn(b: ref Bufio->Iobuf): int;
};
