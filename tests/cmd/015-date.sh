date 0; date -u 1000000000; date -n 5; date x
echo $status
