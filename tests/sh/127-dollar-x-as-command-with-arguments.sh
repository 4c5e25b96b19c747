x=(echo a b)
$x c
(echo d) e
`{echo echo f}
