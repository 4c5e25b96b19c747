load std
echo ${hd a b c} - ${tl a b c} - ${index 2 a b c} - ${index 9 a b} - ${hd} ${tl} -
x=${split : a:b::c}
echo $#x $x ${split ab 1a2b3} ${join - a b c} '['^${join -}^']'
split=()
echo ${split x}
