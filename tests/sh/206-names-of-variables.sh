'a/b'=1
'x.y'=2
'*x'=3
echo $'a/b' $'x.y' $'*x' $*x
sh -c 'echo $''x.y'''
echo {$'a/b' $'x.y' $#'x.y'^z}
