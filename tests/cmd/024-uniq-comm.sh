echo 'a
a
b
c
c' >f; echo 'a
c
d' >g
uniq f; uniq -d f; uniq -u f; comm g f; comm -12 g f; comm -3 g f; comm nosuch g
echo $status
