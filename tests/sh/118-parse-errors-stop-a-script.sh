echo a
echo {b
