#!/bin/busybox sh
# The only process of the guest of v9fs.sh: mounts the export and uses it. Lines for the host begin with TEST.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for m in $(cat /lib/order); do insmod /lib/$m || echo "TEST FAIL insmod $m"; done
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
for w in $(cat /proc/cmdline); do
	case $w in port=*|sum=*) eval "$w" ;; esac
done

ok() {	# what, command ...
	what=$1
	shift
	if "$@" >/tmp.out 2>&1; then
		echo "TEST ok $what"
	else
		echo "TEST FAIL $what: $(head -3 /tmp.out)"
		return 1
	fi
}
fails() {	# what, text, command ...
	what=$1 text=$2
	shift 2
	if "$@" >/tmp.out 2>&1; then
		echo "TEST FAIL $what: done"
	elif grep -q "$text" /tmp.out; then
		echo "TEST ok $what"
	else
		echo "TEST FAIL $what: $(head -3 /tmp.out)"
	fi
}
is() {	# what, is, should be
	if [ "$2" = "$3" ]; then echo "TEST ok $1"; else echo "TEST FAIL $1: \`$2', not \`$3'"; fi
}

round() {	# options
	echo "TEST -- mount -o $1"
	ok mount mount -t 9p -o "trans=tcp,port=$port,$1" 10.0.2.2 /mnt || return
	cd /mnt
	ok ls ls -l /mnt
	is cat "$(cat file)" 'from the host'
	is 'large file' "$(md5sum <big | cut -d' ' -f1)" "$sum"
	is 'directory of 1000' "$(ls src/deep | wc -l)" 1000
	fails 'missing file' 'No such file' cat missing
	fails 'existing directory' 'File exists' mkdir src
	echo one >new
	echo two >>new
	is 'written and appended' "$(cat new)" "one
two"
	ok chmod chmod 600 new
	ok 'touch -d' touch -d @1000000000 new
	ok cp cp file moved0
	ok truncate truncate -s 7 moved0
	ok mv mv moved0 moved
	is 'truncated and renamed' "$(cat moved)" 'from th'
	ok 'cp -r' cp -r src tree
	ok dd dd if=big of=copy bs=65536
	ok fsync dd if=file of=synced conv=fsync
	ok 'write in place' sh -c 'printf HOST | dd of=synced bs=1 seek=9 conv=notrunc'
	is 'written in place' "$(cat synced)" 'from the HOST'
	ok mkdir mkdir -p gone/a/b
	echo x >gone/a/b/f
	ok 'rm -r' rm -r gone
	ok find sh -c 'find . -type f | wc -l'
	# a walk from a file that is open, and a file that is used after it was removed from the directory's view
	ok 'open and stat' sh -c 'exec 3<file; ls -l file; cat <&3'
	ok tar sh -c 'mkdir tmp; tar cf - src | tar xf - -C tmp; rm -r tmp'
	ok sync sync
	cd /
	ok umount umount /mnt
}

round version=9p2000,uname=u,access=any
cd /
mount -t 9p -o trans=tcp,port=$port,version=9p2000,uname=u,access=any 10.0.2.2 /mnt && rm -r /mnt/tree /mnt/copy /mnt/new /mnt/moved && umount /mnt
round version=9p2000,uname=root,access=any,msize=131096,cache=loose
echo 'TEST end'
poweroff -f
