#!/bin/sh
# arm64run.sh SOURCE BUILD: builds arm64run.c for arm64, and runs it here or under qemu. Skipped (77) without the tools.
top=$1
out=$2/arm64run
cc=gcc
run=
if [ "$(uname -m)" != aarch64 ]; then
	cc=aarch64-linux-gnu-gcc
	run=qemu-aarch64
	command -v $run >/dev/null || { echo "skipped: there is no $run"; exit 77; }
fi
command -v $cc >/dev/null || { echo "skipped: there is no $cc"; exit 77; }
$cc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -static -I "$top" -o "$out" "$top/tests/jit/arm64run.c" "$top/libinterp/jit/arm64enc.c" "$top/libinterp/jit/codebuf.c" || exit 1
$run "$out"
