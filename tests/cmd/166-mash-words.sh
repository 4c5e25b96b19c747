sed 1d /tmp/s >m; mash m one 'two words'; echo '('^$"status^')'; exit
# words, variables, expressions: mash(1)
echo $0 $1 (len $args) (hd tl $args)
x = a b c
echo $x (len $x) (hd $x) (tl $x) (tl tl tl $x) (hd $x :: z)
echo a^$x^z pre$x'post' $x^$x $x$x 'it''s' \$x x\ y (1 2 3)^.x
echo "{echo hi there}^! '|' `{echo one; echo two three} '|' (len `{echo one; echo two three}) (len "{echo a b})
mkdir d; > d/a.b ; > d/c.b ; > 'd/[x'
p = '*'
echo d/*.b d/[ac].b d/?.b d/^$p 'd/*' d/\* d/'['* d/*.none
cd d; echo *; cd ..
echo (x == x) ((a b) == (a b)) (len (a == b)) (() == ()) (len ((a b) == (a c))) (a != b) (len !a) (!())
echo (abc xbz q ~ b z) (len (abc ~ '^b')) (abc !~ q) (len (a && ())) (a && b) (() || c) (a || c)
echo (1 :: 2 3 :: 4) (hd (a b) :: c) ({test -d d}) (len {test -d nosuch})
echo one\
two # a comment
echo a#b '#c' # d
echo if else in while a=b c:d x==
fn f {
	local := 1 2
	x = changed
	y := $x
	echo $0: $args: (len $args): $2: $y $local
	args = none
	echo $args
}
f p q 'r s'
echo $x (len $local) $args
x :=
echo (len $x)
eval 'x = ' (echo $x) evaluated
echo $x
quote 'a b' c '' '$x' 'don''t' '*'
e = a 'b c'
sh -c 'echo $#e $e'
env e
e =
sh -c 'echo $#e'
echo ünïcödé^'☺' 日本
case $1 {
o => echo too short
'on.*' x => echo by a pattern
.* => echo too late
}
case (a bc) { bc => echo one of them; }
case () { x => echo no; () => echo nothing }
case x { y => echo no
}
