prompt=only
echo a
prompt=()
echo b
exit
echo c
