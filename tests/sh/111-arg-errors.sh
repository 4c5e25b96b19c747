load arg std
rescue * {echo $exception} {arg a {echo A} - -a -q}
rescue * {echo $exception} {arg a+ {echo A} - -a}
rescue * {echo $exception} {arg a b - x}
