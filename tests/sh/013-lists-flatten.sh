a=(1 (2 3) ((4)) $undefined '')
echo $#a $a
