os echo hi; os -d /tmp pwd; os sh -c 'exit 3'
echo $status
echo abc | os cat
os
echo $status
