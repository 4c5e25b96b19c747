#!/bin/sh
# styxram and styxcl together: what is put can be listed, read, renamed and removed, and errors are told.
# usage: examples.sh styxram styxcl
set -eu
ram=$1
cl=$2
dir=$(mktemp -d)
"$ram" >"$dir/port" &
pid=$!
trap 'kill $pid; rm -rf "$dir"' EXIT
i=0
while [ ! -s "$dir/port" ]; do
	i=$((i + 1))
	[ $i -lt 100 ] || { echo 'styxram does not start' >&2; exit 1; }
	sleep 0.1
done
addr="127.0.0.1!$(cat "$dir/port")"

c() {
	"$cl" -u glenda "$addr" "$@"
}
expect() { # expect text command ...: the command prints the text
	want=$1
	shift
	got=$("$@" 2>&1) || true
	[ "$got" = "$want" ] || { printf 'FAIL: %s\n got: %s\nwant: %s\n' "$*" "$got" "$want" >&2; exit 1; }
}

c mkdir /a
c mkdir /a/b
printf 'hello\n' | c put /a/b/f
expect hello c cat a/b/f
expect 'd-777 glenda glenda          0 b' c ls /a
expect '--666 glenda glenda          6 f' c ls /a/b
printf 'hi\n' | c put /a/b/f
expect hi c cat a/b/f
dd if=/dev/urandom of="$dir/big" bs=1000 count=3333 2>/dev/null
c put /big <"$dir/big"
c cat /big | cmp - "$dir/big"
c mv /a/b/f g
c chmod 640 /a/b/g
expect '--640 glenda glenda          3 g' c stat /a/b/g
expect 'styxcl: /a/x/y: x: file does not exist' c cat /a/x/y
expect 'styxcl: /a/b/g: permission denied' "$cl" -u other "$addr" cat /a/b/g
expect 'styxcl: a: directory is not empty' c rm a
c rm /a/b/g
c rm /a/b
c rm /a
expect 'styxcl: /a: file does not exist' c stat /a
p=x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x
d=
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	d=$d/x
	c mkdir $d
done
printf deep | c put $p/f
expect deep c cat $p/f
echo ok
