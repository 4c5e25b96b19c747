load std
echo ${join , ${split : a:b:c}} $#{tl a b c} $"{tl a b c}^x
echo ${index 0 a b} ${index x a b} ${index 2 a b}
subfn twice {result=($* $*)}
echo ${twice {a b} c}
