echo 'echo hi' >scr
./scr
echo '#!/dis/sh
echo script $0 $*
load std; status bad' >scr2
chmod 755 scr scr2
./scr
echo $status
scr2 a 'b c'
echo $status
path=(/tmp/w /dis)
scr2
