echo just this >f; fortune f; fortune nosuch
echo $status
fortune /dev/null; fortune | wc -l
randpass | wc -c; randpass 40 | sed 's/[a-zA-Z2-9]/x/g'; randpass 0
