cal 9 1752; cal 2 2024; cal foo
echo $status
