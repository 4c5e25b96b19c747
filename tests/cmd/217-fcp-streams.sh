# what comes or goes in order is copied in order, and a reader that goes away ends it
seq 100000 >f
fcp f /fd/1 | cat >g; cmp f g; echo $status
cat f | fcp /fd/0 h; cmp f h; echo $status
fcp f i; cmp f i; echo $status
fcp f /fd/1 | read 10 >/dev/null
echo $status
