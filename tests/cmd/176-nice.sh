load std
nice; echo $status
nice -n 9 echo no; echo $status
nice -n x echo no; echo $status
nice echo yes; nice -n 8 ftest -f nosuch; echo $status; nice nosuch; echo $status
nice {echo a block; echo of two} | cat
