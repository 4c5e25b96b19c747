load std mpexpr
echo ${expr -1 70 shr} ${expr -5 1 shr} ${expr 12345678901234567890 -1 and} ${expr -12345678901234567890 255 and}
echo ${expr -7 2 /} ${expr -7 2 %} ${expr -1 7 exp} ${expr 0 0 exp} ${expr 64rD0JA} ${expr -r 36 -36rhello}
echo ${expr 1 30 seq x rep}
rescue '*' {echo $exception} {${expr 4 8 invert}}
rescue '*' {echo $exception} {${expr 2 10000000 exp}}
rescue '*' {echo $exception} {${expr 2 -1 5 expmod}}
rescue '*' {echo $exception} {${expr 1 0 /}}
