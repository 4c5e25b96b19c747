#!/bin/sh
# The compiler has nothing to say about any program of appl/. LIMBO is the compiler, as words of the shell.
cd "$(dirname "$0")/../.." || exit 1
out=$(mktemp)
trap 'rm -f "$out"' EXIT
find appl -name '*.b' | sort | while read -r b; do
	grep -q '^implement[ 	]' "$b" && eval "${LIMBO:-limbo}"' -w -I module -o /dev/null "$b"' 2>&1
done >"$out"
cat "$out"
[ ! -s "$out" ]
