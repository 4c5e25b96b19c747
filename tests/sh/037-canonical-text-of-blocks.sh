echo {a b;c|d&e} {x=y; z:=w} {a<b>c>>d<>e>[2=1]f>[2]g|[2]h |[1=2] i}
echo {`{a} "{b} $x $#x $"x ${quote a} a^b (a b)}
echo {a && b || c} {x 'a b' '' a''b 'it''s'} {*.c '*.c' [a-z]?}
echo {
a
b; c
} {;} {a;;b} {}
