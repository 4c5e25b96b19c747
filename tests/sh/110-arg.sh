load arg std
args=(-a -bfoo -c x y -- -z rest)
(arg
 a {echo A}
 b+ {echo B $arg}
 c++ {echo C $arg opt $opt}
 '*' {echo star $opt}
 - $args)
echo rest $*
