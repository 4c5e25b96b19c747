load std
fn f {raise break}
for i in 1 2 {echo $i; f}
for i in 1 2 {{echo $i; raise break} | cat}
