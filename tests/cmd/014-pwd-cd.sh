pwd; cd /lib; pwd; cd /nosuch
echo $status
cd a b
echo $status
