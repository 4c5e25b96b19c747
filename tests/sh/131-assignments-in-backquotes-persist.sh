x=`{y=5}
echo $y
