x='a  b *'
echo $x
y=`{echo '*'}
echo $y
