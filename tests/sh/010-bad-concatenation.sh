echo (a b c)^(1 2)
echo not reached
