x=(1 2)
echo a^$x^b (a b)^$x $x^$x x^(1 2 3)
