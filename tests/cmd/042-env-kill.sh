x=(a 'b c')
env | grep '^x='
kill 99999
echo $status
kill nosuchmod
echo $status
kill
echo $status
