# Timing, built into native systems only: elsewhere it cannot be loaded.
Bench: module
{
	PATH:	con	"$Bench";

	reset:	fn();	# the clock of microsec starts at 0
	microsec:	fn(): big;
	disablegc:	fn();	# no garbage collection until enablegc
	enablegc:	fn();
	read:	fn(fd: ref Sys->FD, buf: array of byte, n: int): int;	# as Sys->read
};
