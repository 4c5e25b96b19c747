echo '#! ' >s; chmod 755 s; ./s; echo $status
echo '#!/nosuch x' >s; ./s; echo $status
echo '#!/dis/sh -x
echo $*' >s; ./s q
