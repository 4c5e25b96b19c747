load std expr
for i in ${expr 1 300 seq} {echo $i >/dev/null &}
echo a
sleep 1
echo b
