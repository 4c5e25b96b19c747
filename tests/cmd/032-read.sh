echo abc >f
read 2 <f; echo; read -o 1 1 <f; echo; read </dev/null
echo $status
read x <f
