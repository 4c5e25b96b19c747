x=(a b)
echo y >$x
