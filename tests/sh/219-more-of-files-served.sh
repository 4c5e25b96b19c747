load std file2chan
file2chan f {rread ${rget count}} {echo got ${rget data} at ${rget offset}} {echo closed}
echo one >f
sleep 1
{echo two; echo three} >f
sleep 1
read 5 <f
sleep 1
rescue '*' {echo $exception} {rwrite 999}
file2chan g {rblock; {sleep 1; rread $tag later} &} {}
cat <{read 100 <g}
