sh -c 'echo a; echo b'
sh -c 'echo $*' a b
sh -c '{echo $*}' a b
sh -c echo a
sh -c 'echo $0'
sh -c 'load std; status foo'
echo $status
sh -c 'echo )'
echo $status
sh -c
echo $status
