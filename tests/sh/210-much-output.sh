x=`{zeros -v 61 1000 1 | sed 's/aaaaaaaaaa/& /g'}
echo $#x
zeros 300000 1 | {cat} | wc -c
