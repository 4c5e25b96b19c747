{sleep 1; echo late} &
echo early $#apid
sleep 2
