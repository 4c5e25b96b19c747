mount
echo $status
mount /nosuch n
echo $status
mount -A 'tcp!127.0.0.1!1' n
echo $status
