load std
echo a
status bad
echo b
