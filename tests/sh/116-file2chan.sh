load file2chan std
data=''
file2chan memfile {rreadone $data} {data=${rget data}}
echo $#apid
echo hello >memfile
cat memfile
file2chan f2 {} {fetchwdata >[1=2]}
echo direct >f2
cat f2
