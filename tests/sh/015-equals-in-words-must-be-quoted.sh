echo 'a=b' a'='b
echo a=b
