#!/bin/sh
# The limbo command: options, names of outputs, exit status, what is left after an error. $1: the command.
limbo() {
	"$command" "$@"
}
command=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset EMU ROOT
failures=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# same NAME WANTED GOT
same() {
	[ "$2" = "$3" ] || fail "$1: want <$2>, got <$3>"
}

usage='usage: limbo [-CGSacgwe] [-I incdir] [-o outfile] [-{T|t|d} module] [-D debug] file ...'

mkdir inc sub
printf 'implement Good;\nGood: module { init: fn(); };\ninit() { x := 1; }\n' >good.b
printf 'implement Bad;\nBad: module { init: fn(); };\ninit() { x := nothing; }\n' >bad.b
printf 'implement Inc;\ninclude "i.m";\ninit() { }\n' >inc.b
printf 'Inc: module { f: fn(a: byte, s: string): int; init: fn(); };\n' >inc/i.m
printf 'implement Inc;\ninclude "i.m";\nf(a: byte, s: string): int { return 0; }\ninit() { }\n' >inc.b
cp good.b sub/named.b
cp good.b noext

# names of outputs
limbo good.b || fail 'good.b'
[ -f good.dis ] || fail 'no good.dis'
limbo sub/named.b && [ -f named.dis ] || fail 'output goes into the current directory'
limbo noext && [ -f noext.dis ] || fail 'a name without .b'
limbo -o other good.b && [ -f other ] || fail '-o'
limbo -S good.b && [ -f good.s ] || fail '-S'
limbo -x.obj good.b && [ -f good.obj ] || fail '-x'
limbo -gw good.b 2>/dev/null && [ -f good.sbl ] || fail '-g'
limbo -g -o o.dis good.b && [ -f o.sbl ] || fail '-g with -o'
cmp -s good.dis o.dis || fail 'the same source, another object'

# messages and exit status
same 'a warning' 'good.b:3: warning: local x not referenced' "$(limbo -w good.b 2>&1)"
limbo -w good.b 2>/dev/null || fail 'a warning is no error'
echo old >bad.dis
echo old >bad.sbl
same 'an error' 'bad.b:3: nothing is not declared' "$(limbo -g bad.b 2>&1)"
limbo bad.b 2>/dev/null && fail 'an error without a status'
[ -e bad.dis ] && fail 'an object in spite of an error'
[ -e bad.sbl ] && fail 'symbols in spite of an error'
limbo -o /dev/null bad.b 2>/dev/null
[ -c /dev/null ] || fail 'a device was removed'
same 'several files' 'good.b:
bad.b:
bad.b:3: nothing is not declared' "$(limbo good.b bad.b 2>&1)"
same 'no such file' "can't open no.b: No such file or directory" "$(limbo no.b 2>&1)"
same 'a directory' "can't open sub: Is a directory" "$(limbo sub 2>&1)"
for args in '' '-o x good.b bad.b' '-Q good.b' '-I' '-m good.b' '-r good.b'; do
	same "usage of <$args>" "$usage" "$(limbo $args 2>&1)"
	limbo $args 2>/dev/null && fail "usage of <$args>: status"
done

# include directories
same 'no include' "inc.b:2: near \` ; \` : can't include i.m: No such file or directory" "$(limbo inc.b 2>&1)"
limbo -Iinc inc.b || fail '-Iinc'
limbo -I inc inc.b || fail '-I inc'
mkdir -p root/module && cp inc/i.m root/module
ROOT=$dir/root "$command" inc.b || fail 'ROOT'
EMU="-v -r$dir/root" "$command" inc.b || fail 'EMU'
(cd sub && limbo -I ../inc ../inc.b) || fail 'include from another directory'
i=0
many=
while [ $i -lt 33 ]; do
	many="$many -Ia$i"
	i=$((i + 1))
done
same 'too many directories' 'fatal limbo compiler error: out of include path space' "$(limbo $many good.b 2>&1)"

# listings
same '-t' 1 "$(limbo -t Inc inc/i.m | grep -c '^	"f",0x[0-9a-f]*,Inc_f,40,2,{0x0,0x40,},$')"
same '-t, number' '#define Incmodlen	2' "$(limbo -t Inc inc/i.m | tail -1)"
same '-X' 'sign f len 7
f(b,s)i' "$(limbo -X f inc/i.m)"
same '-t of none' 'inc/i.m: no module Nope' "$(limbo -t Nope inc/i.m 2>&1)"
limbo -a inc/i.m | grep -q '^} F_Inc_f;$' || fail '-a'
limbo -T Inc inc/i.m | grep -q '^Inc_f(Prog \*p, void \*fp)$' || fail '-T'
[ -e i.dis ] && fail 'a listing made an object'

# code
cat >code.b <<'X'
implement Code;
Code: module { init: fn(); };
A: adt { n: int; next: ref A; };
twice(n: int): int { return n + n; }
f(): int { return 0; }
init()
{
	a := array[3] of int;
	a[0] = twice(len a);
	g := f;
	a[1] = g();
	x := ref A(a[1], nil);
	x.next = x;
	y := 1 << 40;
}
X
head4() { od -An -tx1 -j4 -N4 "$1" | tr -d ' '; }
has() { limbo -S "$@" -o code.s code.b 2>/dev/null && cat code.s; }
limbo -s 1000 -o code.dis code.b || fail '-s'
same 'flags and stack extent' 804083e8 "$(head4 code.dis)"
limbo -c -s1000 -o code.dis code.b && same '-c' 804183e8 "$(head4 code.dis)"
limbo -C -s 1000 -o code.dis code.b && same '-C' 804283e8 "$(head4 code.dis)"
[ "$(has | grep -c '	newa	')" = 1 ] || fail 'newa'
[ "$(has -z | grep -c '	newaz	')" = 1 ] || fail '-z'
[ "$(has | grep -c '	call	')" = 0 ] || fail 'a small function is not put in place'
[ "$(has -i | grep -c '	call	')" = 1 ] || fail '-i'
has | grep -q '	load	.*\$self\|"$self"' || fail 'the module itself is loaded'
has -F | grep -q '	self	' || fail '-F'
has -O >/dev/null || fail '-O'
has -G | grep -q 'code.b:9:.* a' || fail '-G'
same '-D s' 0 "$(limbo -D s -o code.dis code.b >sizes 2>&1; echo $?)"
grep -q . sizes || fail '-D s prints nothing'
limbo -DS -o code.dis code.b | grep -q '^signed init type fn() len 4 sig 0x9cd71c5e$' || fail '-D S'
same '-y' "code.b:3: illegal circular reference to type ref A in field next of adt A" "$(limbo -y code.b 2>&1)"
cat >cycle.b <<'X'
implement W;
W: module { init: fn(); };
A: adt { b: ref B; n: int; kids: array of ref B; l: list of int; };
B: adt { a: cyclic ref A; };
init()
{
	a := ref A(nil, 1, array[2] of ref B, nil);
	b := ref B(a);
	a.n = 2;
	a.l = 1 :: a.l;
	b.a = a;
	a.b = b;
	a.kids[0] = b;
}
X
same '-y, assignments' "cycle.b:12: cannot assign to a.b because field 'b' of a could complete a cycle to a
cycle.b:13: cannot assign to a.kids[0] because field 'kids' of a could complete a cycle to a" "$(limbo -y cycle.b 2>&1)"
limbo -o cycle.dis cycle.b || fail 'what only -y forbids'
same '-w' 'code.b:14: warning: shift amount 40 out of range
code.b:14: warning: local y not referenced' "$(limbo -w code.b 2>&1)"
printf 'implement W;\nW: module { init: fn(); };\nu: int;\nc: con 1;\ninit() { }\n' >w.b
same '-w of globals' '' "$(limbo -w w.b 2>&1)"
same '-ww' 'w.b:3: warning: global u not referenced
w.b:4: warning: con c not referenced' "$(limbo -ww w.b 2>&1)"
limbo -A inc/i.m | grep -q Inc || fail '-A'
limbo -d Inc inc/i.m | grep -q Inc_f || fail '-d'
printf 'include "loop.b";\n' >loop.b
(ulimit -c 0; limbo -f loop.b; exit $?) >/dev/null 2>&1
[ $? -gt 1 ] || fail '-f'

# many errors
{
	printf 'implement M;\nM: module { init: fn(); };\ninit() {\n'
	i=0
	while [ $i -lt 40 ]; do
		echo "x$i = 1;"
		i=$((i + 1))
	done
	echo '}'
} >many.b
same 'too many errors' '20 too many errors, stopping' "$(limbo many.b 2>&1 | wc -l | tr -d ' ') $(limbo many.b 2>&1 | tail -1)"
same '-e' '40' "$(limbo -e many.b 2>&1 | wc -l | tr -d ' ')"

[ $failures -eq 0 ]
