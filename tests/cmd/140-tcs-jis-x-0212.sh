load std
# three bytes each, among others of one and two
echo 'a丂b丄日ｶ¡' >u
tcs -t euc-jp u >e; xd -1x e; tcs -f euc-jp e
# cut anywhere
for i in 1 2 3 4 5 6 7 8 9 10 11 { {read $i; cat} <e | tcs -f euc-jp }
# not at its end
{echo -n ab; read 3 <e} | tcs -f euc-jp | xd -1x
# without its first byte it is one of two
bytes 0 2 a <e | tcs -f euc-jp | sed 1q
tcs -t iso-2022-jp u | xd -c
# a whole block of them
for i in 1 2 3 4 5 6 7 8 9 10 {cat u u u u u u u u u u} | tr -d '\n' >l
for i in 1 2 3 4 5 6 7 8 9 10 {cat l} >ll
tcs -t euc-jp ll | tcs -f euc-jp | cmp ll /fd/0; echo status $status
