{echo a
echo b} | cat | wc
echo c |
cat
