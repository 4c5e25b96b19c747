echo 3 >f; mkdir d; echo abcd >d/x; touch -t 100 f d/x
du; du -a; du -s d; du d f; du -n d; du -nt d; du nosuch; du -z
echo $status
