#!/bin/sh
# v9fs.sh EMU BUILD: Linux's own 9P client against an export. A kernel of Debian runs in qemu, with busybox for a system; it mounts a
# directory that emu exports to it over qemu's network, and what it does there is checked on the host. Needs the packages
# qemu-system-x86, busybox-static and cpio; the kernel's package is fetched to BUILD and unpacked there, not installed.
set -eu
emu=$(realpath "$1")
mkdir -p "$2/v9fs"
dir=$(realpath "$2/v9fs")
guest=$(realpath "$(dirname "$0")/v9fs-guest.sh")
cd "$dir"

for c in qemu-system-x86_64 busybox cpio; do
	command -v $c >/dev/null || { echo "v9fs: no $c: apt-get install qemu-system-x86 busybox-static cpio" >&2; exit 77; }
done
if ! ls boot/vmlinuz-* >/dev/null 2>&1; then
	package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -1)
	apt-get download "$package" >/dev/null
	dpkg-deb -x linux-image-*.deb .
fi
version=$(ls lib/modules)

# The guest's system: busybox, the modules in the order in which they need one another, and the script.
rm -rf root
mkdir -p root/bin root/lib root/proc root/sys root/dev root/mnt
cp "$(command -v busybox)" root/bin/busybox
cp "$guest" root/init
for m in e1000 netfs fscache 9pnet 9pnet_fd 9p; do
	f=$(find "lib/modules/$version" -name "$m.ko")
	[ -z "$f" ] || { cp "$f" root/lib/; echo $m.ko >>root/lib/order; }
done
(cd root && find . | cpio -o -H newc --quiet) | gzip -1 >initrd

# The directory, and who serves it.
rm -rf pub home
mkdir -p pub/src/deep home
echo 'from the host' >pub/file
head -c 3000000 /dev/urandom >pub/big
: >pub/none && chmod 0 pub/none
for i in $(seq 1000); do echo $i >"pub/src/deep/a file with number $i"; done
port=$((20000 + $$ % 10000))
HOME=$dir/home "$emu" sh -c "listen -A 'tcp!127.0.0.1!$port' {export '#U*$dir/pub' &}; sleep 100000" </dev/null >emu.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || :' EXIT

timeout 300 qemu-system-x86_64 -cpu max -m 512 -nographic -no-reboot -kernel boot/vmlinuz-* -initrd initrd \
	-append "console=ttyS0 quiet panic=-1 port=$port sum=$(md5sum <pub/big | cut -d' ' -f1)" \
	-netdev user,id=n -device e1000,netdev=n </dev/null >guest.log 2>&1 || { tail -50 guest.log; echo 'v9fs: qemu failed' >&2; exit 1; }

sed -n 's/\r$//; s/^TEST //p' guest.log
status=0
grep -q '^TEST end' guest.log || { tail -30 guest.log; status=1; }
! grep -q '^TEST FAIL' guest.log || status=1
same() {
	[ "$1" = "$2" ] || { echo "FAIL on the host: $3: \`$1', not \`$2'"; status=1; }
}
same "$(cat pub/new 2>&1)" "$(printf 'one\ntwo')" 'what was written and appended'
same "$(stat -c %a pub/new)" 600 'chmod'
same "$(stat -c %Y pub/new)" 1000000000 'touch -d'
same "$(cat pub/moved)" 'from th' 'truncate and rename'
same "$(md5sum <pub/copy)" "$(md5sum <pub/big)" 'a copy by the guest'
same "$(ls pub/tree/deep | wc -l)" 1000 'cp -r'
same "$(ls pub/gone pub/tmp 2>/dev/null)" '' 'rm -r'
kill -0 $server || { echo 'FAIL: emu has ended'; status=1; }
[ $status = 0 ] && echo "v9fs of Linux $version: passed"
exit $status
