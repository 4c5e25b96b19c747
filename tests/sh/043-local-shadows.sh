load std
x := (a b)
fn f {x := q; {y := 1; x = z; echo $x}; echo $x}
f
echo $x
