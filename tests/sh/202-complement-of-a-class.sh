load std
echo {ls [~a]*}
~ foo [~g]oo; echo '['^$"status^']'
~ goo [~g]oo; echo '['^$"status^']'
x={echo [~b]*}
>a; >b; >c
$x
