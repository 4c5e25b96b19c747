echo hello | tr a-z A-Z; echo hello | tr -d l; echo hello | tr elo xy; echo abc | tr '\x61' z; echo aabbcc | tr -s a-z a-z
tr
echo $status
