x={echo hello $1}
$x world
echo $x $#x
