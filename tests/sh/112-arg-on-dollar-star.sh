load arg
(arg a {echo A} b {echo B $#arg})
echo $*
