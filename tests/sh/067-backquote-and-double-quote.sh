x=`{echo a b; echo c}
y="{echo a b; echo c}
echo $#x $x - $#y
echo $y
