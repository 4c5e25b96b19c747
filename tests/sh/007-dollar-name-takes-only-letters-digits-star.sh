x_1=u
echo $x_1-y $x_1.c
