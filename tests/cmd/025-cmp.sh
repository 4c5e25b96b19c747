echo abc >f; echo abd >g; echo ab >h
cmp f g
echo $status
cmp f f; cmp f h; cmp -l f g; cmp -s f g
echo $status
cmp -L f g; cmp f nosuch
echo $status
cmp f
echo $status
