ifs=(: ' ')
x=`{echo a:b c}
echo $#x
ifs=''
x=`{echo a:b c}
echo $#x
