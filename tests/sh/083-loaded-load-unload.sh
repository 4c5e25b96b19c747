load std expr
echo ${loaded}
unload std
for
unload std
echo $status
load nosuch
