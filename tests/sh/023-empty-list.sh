x=()
echo $#x '['^$"x^']'
