zeros 512 4 > d
disk/mbr d; echo $status
xd -1x d | sed 4q; xd -1x d | sed -n 32p; xd -c d | grep ' b  o  o '
{zeros 1 440; echo -n serial; zeros 1 12; echo -n partition; zeros 1 43; echo -n Uª | tcs -t latin1; echo rest of the disk} > e
wc -c <e
disk/mbr -m /dev/null e; echo $status
echo a boot program > boot; disk/mbr -m boot e
strings e; xd -1x e | sed -n 32p
{zeros 1 446; echo x} > big; disk/mbr -m big e; echo $status
{zeros 1 440; echo code} > big; disk/mbr -m big e; strings e
echo short > s; disk/mbr s; echo $status
disk/mbr nowhere; echo $status
disk/mbr; echo $status
