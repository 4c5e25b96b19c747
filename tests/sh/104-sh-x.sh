load std
echo `{echo a b} 'q r' {x y}
for i in 1 2 {echo $i}
{echo block} a
