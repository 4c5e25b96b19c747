nosuch a b
echo $status
./nosuch
x.dis
/nosuch
