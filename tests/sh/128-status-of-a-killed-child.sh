load std
sh -c {load std; kill ${pid} >/dev/null} >[2] /dev/null
echo $status
