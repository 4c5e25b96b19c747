# lines that end in half a character stay lines
load std
{echo a; echo -n 'x'; echo 日 | bytes 0 1; echo; echo c} >f
xd -1x f
for i in head sort uniq 'sed p' 'grep -v q' fmt {${split ' ' $i} f | xd -1x}
bytes 0 4 <f | grep -n x | xd -1x
echo 日 | bytes 0 1 | grep -vn x | xd -1x
