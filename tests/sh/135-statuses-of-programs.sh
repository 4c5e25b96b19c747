load std
read 1 </dev/null
echo $status
grep x </dev/null
echo $status
cmp /dev/null nosuch
echo $status
