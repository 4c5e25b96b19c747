# Messages of the file protocol; needs sys.m before it. See styx(2).
Styx: module
{
	PATH:		con "/dis/lib/styx.dis";
	PATHV1:		con "/dis/lib/styx1.dis";
	VERSION:	con "9P2000";
	MAXWELEM:	con 16;
	NOTAG:		con 16rFFFF;
	NOFID:		con int ~0;
	BIT8SZ:		con 1;
	BIT16SZ:	con 2;
	BIT32SZ:	con 4;
	BIT64SZ:	con 8;
	QIDSZ:		con BIT8SZ + BIT32SZ + BIT64SZ;
	STATFIXLEN:	con BIT16SZ + QIDSZ + 5 * BIT16SZ + 4 * BIT32SZ + BIT64SZ;
	IOHDRSZ:	con 24;
	MAXFDATA:	con 8192;
	MAXRPC:		con IOHDRSZ + MAXFDATA;

	# message types
	Tversion, Rversion, Tauth, Rauth, Tattach, Rattach, Terror, Rerror, Tflush, Rflush,
	Twalk, Rwalk, Topen, Ropen, Tcreate, Rcreate, Tread, Rread, Twrite, Rwrite, Tclunk,
	Rclunk, Tremove, Rremove, Tstat, Rstat, Twstat, Rwstat, Tmax: con 100 + iota;

	ERRMAX:		con 128;
	OREAD:		con 0;
	OWRITE:		con 1;
	ORDWR:		con 2;
	OEXEC:		con 3;
	OTRUNC:		con 16;
	ORCLOSE:	con 64;
	DMDIR:		con int 1 << 31;
	DMAPPEND:	con int 1 << 30;
	DMEXCL:		con int 1 << 29;
	DMAUTH:		con int 1 << 27;
	QTDIR:		con 16r80;
	QTAPPEND:	con 16r40;
	QTEXCL:		con 16r20;
	QTAUTH:		con 16r08;
	QTFILE:		con 16r00;

	Tmsg: adt
	{
		tag:	int;
		pick {
		Readerror =>
			error:	string;
		Version =>
			msize:	int;
			version:	string;
		Auth =>
			afid:	int;
			uname, aname:	string;
		Attach =>
			fid, afid:	int;
			uname, aname:	string;
		Flush =>
			oldtag:	int;
		Walk =>
			fid, newfid:	int;
			names:	array of string;
		Open =>
			fid, mode:	int;
		Create =>
			fid:	int;
			name:	string;
			perm, mode:	int;
		Read =>
			fid:	int;
			offset:	big;
			count:	int;
		Write =>
			fid:	int;
			offset:	big;
			data:	array of byte;
		Clunk or Stat or Remove =>
			fid:	int;
		Wstat =>
			fid:	int;
			stat:	Sys->Dir;
		}

		read:		fn(fd: ref Sys->FD, msize: int): ref Tmsg;
		unpack:		fn(a: array of byte): (int, ref Tmsg);
		pack:		fn(nil: self ref Tmsg): array of byte;
		packedsize:	fn(nil: self ref Tmsg): int;
		text:		fn(nil: self ref Tmsg): string;
		mtype:		fn(nil: self ref Tmsg): int;
	};

	Rmsg: adt
	{
		tag:	int;
		pick {
		Readerror =>
			error:	string;
		Version =>
			msize:	int;
			version:	string;
		Auth =>
			aqid:	Sys->Qid;
		Attach =>
			qid:	Sys->Qid;
		Flush =>
		Error =>
			ename:	string;
		Clunk or Remove or Wstat =>
		Walk =>
			qids:	array of Sys->Qid;
		Create or Open =>
			qid:	Sys->Qid;
			iounit:	int;
		Read =>
			data:	array of byte;
		Write =>
			count:	int;
		Stat =>
			stat:	Sys->Dir;
		}

		read:		fn(fd: ref Sys->FD, msize: int): ref Rmsg;
		unpack:		fn(a: array of byte): (int, ref Rmsg);
		pack:		fn(nil: self ref Rmsg): array of byte;
		packedsize:	fn(nil: self ref Rmsg): int;
		text:		fn(nil: self ref Rmsg): string;
		mtype:		fn(nil: self ref Rmsg): int;
	};

	init:		fn();
	readmsg:	fn(fd: ref Sys->FD, msize: int): (array of byte, string);
	istmsg:		fn(f: array of byte): int;
	compatible:	fn(t: ref Tmsg.Version, msize: int, version: string): (int, string);
	packdirsize:	fn(d: Sys->Dir): int;
	packdir:	fn(d: Sys->Dir): array of byte;
	unpackdir:	fn(f: array of byte): (int, Sys->Dir);
	dir2text:	fn(d: Sys->Dir): string;
	qid2text:	fn(q: Sys->Qid): string;
	utflen:		fn(s: string): int;
	write:		fn(fd: ref Sys->FD, a: array of byte, n: int): int;
};
