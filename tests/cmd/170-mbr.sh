load std
fn show {xd -1x d | sed -n '1,2p;27,33p'}
zeros 512 100 >d
disk/mbr d; show; xd -1x d | sed -n '$p'
# a table and the number of the disk stay
{zeros -v7 440 1; zeros -v8 6 1; zeros -v9 64 1; zeros -v55 1 1; zeros -vaa 1 1; zeros -v1 512 1} >d
disk/mbr d; show
zeros -v3 441 1 >code; disk/mbr -m code d; show
zeros -v4 2 1 >code; disk/mbr -m code d; show
# the code of a whole sector
{zeros -v5 510 1; zeros -v55 1 1; zeros -vaa 1 1} >code; disk/mbr -m code d; show
zeros -v3 447 1 >code; disk/mbr -m code d; echo $status
zeros -v3 512 1 >code; disk/mbr -m code d; echo $status
>code; disk/mbr -m code d; echo $status
disk/mbr -m nosuch d; echo $status
disk/mbr nosuch; echo $status
zeros 511 1 >short; disk/mbr short; echo $status
show
disk/mbr
