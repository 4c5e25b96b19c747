cat <nosuch
echo not reached
