implement Mbr;

#
# Puts boot code on a disk; see prep(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

include "disks.m";
	disks: Disks;
	Disk, Toffset, Magic0, Magic1: import disks;

Mbr: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Idoffset: con 440;	# the disk's number and two bytes more, which other systems use, are before the table
Minsec:	con 512;

# int 0x18; 1: hlt; jmp 1b: the next device is tried
nothing := array[] of {byte 16rcd, byte 16r18, byte 16rf4, byte 16reb, byte 16rfd};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		nomod(Arg->PATH);
	disks = load Disks Disks->PATH;
	if(disks == nil)
		nomod(Disks->PATH);
	disks->init();
	arg->init(argv);
	arg->setusage("disk/mbr [-m mbrfile] disk");
	code := nothing;
	while((o := arg->opt()) != 0)
		case o {
		'm' =>	code = readcode(arg->earg());
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	file := hd argv;
	d := Disk.open(file, Sys->ORDWR, 0);
	if(d == nil || d.wfd == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	if(d.offset != big 0)
		fatal(file + " is a part of a disk");
	size := d.secsize;
	if(size < Minsec)
		fatal("bad sector size " + string size);
	b := array[size] of byte;
	n := sys->pread(d.fd, b, size, big 0);
	if(n < 0)
		fatal(sys->sprint("can't read %s: %r", file));
	if(n < size)
		fatal(file + " is too short");
	if(b[Minsec-2] != byte Magic0 || b[Minsec-1] != byte Magic1){
		# there is no table to keep
		b[Idoffset:] = array[Minsec - Idoffset] of {* => byte 0};
		b[Minsec-2] = byte Magic0;
		b[Minsec-1] = byte Magic1;
	}
	b[0:] = array[Idoffset] of {* => byte 0};
	b[0:] = code;
	if(sys->pwrite(d.wfd, b, size, big 0) != size)
		fatal(sys->sprint("error writing %s: %r", file));
}

# what is to be put before the table: all of the file, or, if it is a whole sector, what is code in it
readcode(file: string): array of byte
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		fatal(sys->sprint("can't open %s: %r", file));
	b := array[Minsec + 1] of byte;
	n := sys->readn(fd, b, len b);
	if(n < 0)
		fatal(sys->sprint("can't read %s: %r", file));
	if(n == 0)
		fatal(file + " is empty");
	if(n == Minsec && b[Minsec-2] == byte Magic0 && b[Minsec-1] == byte Magic1)
		return b[0:Idoffset];
	if(n > Toffset)
		fatal(sys->sprint("%s is longer than the %d bytes before the table", file, Toffset));
	return b[0:n];
}

fatal(s: string)
{
	sys->fprint(sys->fildes(2), "mbr: %s\n", s);
	raise "fail:error";
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "mbr: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
