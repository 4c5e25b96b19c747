echo {
}
nosuch
echo $status
cat <nosuch
echo $status
load std
raise foo
echo $status
echo )
prompt=('>> ' '.. ')
echo (a
b)
status final
