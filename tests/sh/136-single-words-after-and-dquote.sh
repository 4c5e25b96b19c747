`(echo a) b
x="(echo c d)
echo $x
