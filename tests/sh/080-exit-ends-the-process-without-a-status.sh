{echo a; exit; echo b}
echo c
