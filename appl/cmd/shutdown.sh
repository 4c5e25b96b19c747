#!/dis/sh
# ends the system; see shutdown(8)
load std
if {~ $1 -h} {
	echo -n halt >/dev/sysctl
} {~ $1 -r} {
	echo -n reboot >/dev/sysctl
} {
	echo 'usage: shutdown -h | -r' >[1=2]
	raise usage
}
