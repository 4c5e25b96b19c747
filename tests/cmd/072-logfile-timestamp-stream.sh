echo hi | timestamp x | sed 's/[0-9][0-9]+/N/g'
stream f
echo $status
