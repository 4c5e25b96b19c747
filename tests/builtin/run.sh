#!/bin/sh
# Runs the programs beside it, or in PROGRAMS, and compares what they print: LIMBO='limbo -I.../module' EMU=... run.sh [name ...]
# LIMBO and EMU are words of the shell, as for the conformance tests: EMU runs the object file whose host path is its argument.
cd "${PROGRAMS:-$(dirname "$0")}" || exit 1
emu=${EMU:-emu}
unset EMU
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
[ $# -gt 0 ] || set -- *.b
bad=0
for t; do
	t=${t%.b}
	eval "${LIMBO:-limbo}"' -o "$tmp/$t.dis" "$t.b"' >"$tmp/got" 2>&1 &&
		eval "timeout 300 $emu"' "$tmp/$t.dis"' </dev/null >"$tmp/got" 2>/dev/null
	if ! diff -u "$t.out" "$tmp/got"; then
		echo "FAIL $t"
		bad=1
	fi
done
[ $bad -eq 0 ] && echo ok
exit $bad
