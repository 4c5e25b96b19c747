load std
fn f {* = (p q); echo $*}
f a b
echo '['^$"*^']'
