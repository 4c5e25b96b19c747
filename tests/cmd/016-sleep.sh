sleep 0; sleep; sleep x
echo $status
