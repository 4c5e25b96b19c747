echo 'sys=one ip=1.1.1.1
	ether=aa
sys=two
sys=three sys=four
# comment
other=x
sys=two ip=2' >db
ndb/mkhash db sys; xd -1x db.sys | sed 's/^(0000000) [0-9a-f]+ [0-9a-f]+ [0-9a-f]+ [0-9a-f]+/\1 TIME/'
ndb/mkhash nosuch x
echo $status
ndb/mkhash
