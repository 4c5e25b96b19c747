load expr
echo ${expr 7 2 /} ${expr 7 2 %} ${expr -7 2 /} ${expr -7 2 %} ${expr 2 3 x} ${expr 5 _} ${expr 5 '~'} ${expr 1 4 '<<'} ${expr 256 4 shr}
echo ${expr 12 10 and} ${expr 12 10 or} ${expr 12 10 xor} ${expr 1 1 eq} ${expr 2 1 gt} ${expr 2 1 '<'} ${expr 2 2 ge} ${expr 1 2 neq}
echo ${expr 1 2 3} ${expr 1 5 seq} ${expr 3 1 seq} ${expr 1 2 3 4 + rep} ${expr 1 5 seq 1 1 + rep}
echo ${expr 16r1f} ${expr 2r101} ${expr -16rff} ${expr -r 16 255} ${expr -r16 -255} ${expr -r 2 5}
ntest 0; echo '['^$"status^']'
ntest 5; echo '['^$"status^']'
