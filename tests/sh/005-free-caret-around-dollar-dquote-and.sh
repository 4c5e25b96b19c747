x=v
echo $x'a' 'a'$x $x`{echo q} z`{echo q} $x$x $x.b $x/y $x-z pre$x
