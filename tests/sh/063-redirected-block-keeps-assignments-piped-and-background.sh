x=5
{x=6} | cat; echo $x
{x=7} >/dev/null; echo $x
{x=8} &
sleep 1
echo $x
