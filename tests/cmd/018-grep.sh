echo 'one two
three
four five six' >f; cp f g
grep two f; grep zzz f
echo $status
grep -n e f; grep -v two f; grep -i TWO f; grep -l two f g; grep -L zzz f g; grep e f g; grep -n e f g
grep -s two f
echo '['^$"status^']'
grep two nosuch
echo $status
grep '(' f
echo $status
grep '^t|s?x$' f
grep
