ns | sed -n '/ \/dev$/p' | sed 2q
ns 99999
echo $status
