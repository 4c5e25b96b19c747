(a b)^c=(1 2)
echo $ac $bc
