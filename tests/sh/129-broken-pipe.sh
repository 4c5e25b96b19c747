zeros 100000 | {read 1 >/dev/null}
echo $status
