load std
for i in 'echo (' 'echo ''a' '{' '}' 'case x {' 'for (x' 'for (x in a b' 'x = `' 'x = "a' 'fn' 'fn f x' '=' 'a : b : c' ': b' '| x' 'echo a | ' '>' '> x > ' 'echo $' 'echo a >[x] y' 'echo a >[1=' 'echo )' 'if x' 'if (a) ' 'while' 'case a { b c }' 'rescue' 'echo (a' 'echo (a == )' 'x = (hd ())' 'x = (tl ())' 'echo (1 2)^(1 2 3)' 'echo (a ~ ''('')' 'cat < nosuch' 'cat < a^(b c)' 'echo >[9=8]' 'eval ''(''' 'load nosuch' 'run nosuch' 'run .' 'raise' '''''' {
	mash -c $i; echo $i '-' $status
}
mash nosuch; echo $status; mash -q; echo $status; mash -c; echo $status
echo 'echo one; raise two; echo three' >s; mash s; echo $status; mash -e -c 'ftest -d nosuch; echo no'; echo $status
mash -e -c 'if {ftest -d nosuch} echo no else echo yes; rescue .* echo caught; ftest -d nosuch; echo no'; echo $status
echo 'echo a
echo )
echo b' >s; mash s; echo $status; mash -n s; echo $status; mash <s; echo $status; mash -i <s >[2]/dev/null; echo $status
echo 'for (i in a b) {
echo -n $i
}; x = 1 2; cat <$x | tr a b >>[2] e &
if ({x} && !(a b) ~ c) y else z
case $x { a b => c; d => {} }; a ''b c''^d : e { f; g^`{x} }' >s; mash -d s; mash -d s >t; mash -d t >u; cmp t u; echo same $status
mash -x -c 'x = 1 ''2 3''; echo $x; for (i in a) echo $i' 
for i in 28 7b 22 24 60 5e 27 7d 3e 7c { zeros -v $i 10000 1 >t; mash t >[2=1] | sed 's/.*: //' }
mash -c 'fn f { f }; f' >[2=1] | sed 's/.*: //' | sed 1q
mash -c 'time nosuch' >[2=1] | sed 's/^[0-9.]*$/seconds/'
