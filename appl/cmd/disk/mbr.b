implement Mbr;

#
# Puts a boot program into the first sector of a disk; see mbr(8).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "arg.m";
	arg: Arg;

Mbr: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Sector:	con 512;
Code:	con 440;	# then the disk's serial number, the partitions, and the signature
Table:	con 446;
Sign:	con 510;

# Says so, and lets the machine try its next disk: ds = 0, a loop of teletype output of what follows, int 18h, hlt.
program := array[] of {
	byte 16r31, byte 16rc0, byte 16r8e, byte 16rd8, byte 16rbe, byte 16r19, byte 16r7c, byte 16rac, byte 16r08, byte 16rc0,
	byte 16r74, byte 16r08, byte 16rb4, byte 16r0e, byte 16r31, byte 16rdb, byte 16rcd, byte 16r10, byte 16reb, byte 16rf3,
	byte 16rcd, byte 16r18, byte 16rf4, byte 16reb, byte 16rfd,
};
message: con "no boot program\r\n\0";

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	arg = load Arg Arg->PATH;
	if(arg == nil)
		fatal(sys->sprint("cannot load %s: %r", Arg->PATH), "load");
	boot: string;
	arg->init(argv);
	arg->setusage("disk/mbr [-m mbrfile] disk");
	while((o := arg->opt()) != 0)
		case o {
		'm' =>	boot = arg->earg();
		* =>	arg->usage();
		}
	argv = arg->argv();
	if(len argv != 1)
		arg->usage();
	disk := hd argv;
	(code, room) := bootcode(boot);
	fd := sys->open(disk, Sys->ORDWR);
	if(fd == nil)
		fatal(sys->sprint("cannot open %s: %r", disk), "open");
	old := array[Sector] of byte;
	n := sys->readn(fd, old, Sector);
	if(n < 0)
		fatal(sys->sprint("%s: read error: %r", disk), "read");
	if(n != Sector)
		fatal(sys->sprint("%s: has no whole sector", disk), "read");
	new := array[Sector] of {* => byte 0};
	if(old[Sign] == byte 16r55 && old[Sign+1] == byte 16raa)
		new[room:] = old[room:Sign];
	new[0:] = code;
	new[Sign] = byte 16r55;
	new[Sign+1] = byte 16raa;
	if(sys->pwrite(fd, new, Sector, big 0) != Sector)
		fatal(sys->sprint("%s: write error: %r", disk), "write");
}

# what goes to the beginning of the sector, and from where on its content stays
bootcode(file: string): (array of byte, int)
{
	if(file == nil){
		m := array of byte message;
		code := array[len program + len m] of byte;
		code[0:] = program;
		code[len program:] = m;
		return (code, Code);
	}
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		fatal(sys->sprint("cannot open %s: %r", file), "open");
	buf := array[Sector + 1] of byte;
	n := sys->readn(fd, buf, len buf);
	if(n < 0)
		fatal(sys->sprint("%s: read error: %r", file), "read");
	if(n == 0)
		fatal(sys->sprint("%s: is empty", file), "read");
	# a whole sector: its own table does not count
	if(n == Sector && buf[Sign] == byte 16r55 && buf[Sign+1] == byte 16raa)
		n = Code;
	if(n > Table)
		fatal(sys->sprint("%s: boot program is larger than %d bytes", file, Table), "size");
	if(n > Code)
		return (buf[0:n], Table);
	return (buf[0:n], Code);
}

fatal(s, status: string)
{
	sys->fprint(sys->fildes(2), "disk/mbr: %s\n", s);
	raise "fail:" + status;
}
