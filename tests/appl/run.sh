#!/bin/sh
# Compiles and runs the programs of lib/ in the emulator, and compares what they print.
# LIMBO and EMU are the commands, as words of the shell; arguments choose tests.
dir=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail=0
mkdir "$tmp/data"
export XDG_DATA_HOME="$tmp/data"
for b in "$dir"/lib/*.b; do
	t=$(basename "$b" .b)
	case " ${*:-$t} " in *" $t "*) ;; *) continue ;; esac
	if ! eval "${LIMBO:-limbo}"' -w -I "$dir/../../module" -o "$tmp/$t.dis" "$b"'; then
		fail=1
		continue
	fi
	eval "timeout 120 ${EMU:-emu}"' "$tmp/$t.dis"' </dev/null >"$tmp/$t.got" 2>&1
	if [ $? = 124 ]; then
		echo "$t: does not end"
		fail=1
	fi
	if ! cmp -s "$tmp/$t.got" "$dir/lib/$t.out"; then
		echo "$t: output differs"
		diff "$dir/lib/$t.out" "$tmp/$t.got" | head -20
		fail=1
	fi
done
exit $fail
