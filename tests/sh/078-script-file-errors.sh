sh nosuch
echo $status
echo 'echo $0 $*' | sh
echo 'echo $0 $*' >f
sh f a b
