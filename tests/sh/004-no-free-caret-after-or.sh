load expr
x=v
echo ${expr 1 2 +}abc a${expr 1 2 +} (a b)c a(b c) {a}b b{a} $x(a b) $x{a}
