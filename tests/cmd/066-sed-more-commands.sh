echo 'a
b
c
d' >f
sed -n '2,3p' f; sed -n '$=' f; sed '2c\
changed' f; sed -n 'l' <{echo 'tab	x'}; sed '/b/!d' f; sed -n '2{p;=;}' f; sed 's/[bc]/&&/' f; sed '3,$d;s/a/A/' f
echo 'one;two' | sed 'y/;/ /;s/(o)(n)/\2\1/'
