load mpexpr
echo ${expr 2 100 xx} ${expr 2 10 97 expmod} ${expr 3 7 invert} ${expr 255 bits}
echo ${expr 0 not} ${expr 5 not} ${expr 5 '~'} ${expr 5 _} ${expr 1 70 shl} ${expr -r 16 255} ${expr -r 64 1000000}
