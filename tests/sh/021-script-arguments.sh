echo $0 $1 $2 $9 $* $#*
{echo $1 $*} x
echo $01
