echo 'b
a
10
9
-1' >f
sort f; sort -r f; sort -n f; sort -nr f; sort nosuch
echo $status
sort f f
echo $status
