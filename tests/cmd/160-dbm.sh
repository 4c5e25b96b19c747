load std
dbm/store t a 1 'b c' 'two words' d '' e 'it''s'
ls
dbm/fetch t a 'b c' e; dbm/fetch t d
dbm/fetch t a x 'b c'; echo $status
dbm/store t a 2; echo $status
dbm/fetch t a
dbm/store -r t a 2; echo $status
{echo a; echo b c} | dbm/fetch t
dbm/keys t | sort
dbm/list t | sort
dbm/delete t a y; echo $status
dbm/keys t | sort
echo d | dbm/delete t
dbm/keys t | sort
dbm/store -r t e 'two
li''nes'
dbm/list t | dbm/store u
dbm/list u | sort
dbm/fetch u e
echo many
for i in `{seq 1 300} {echo $i value$i}  | dbm/store big; echo $status
dbm/keys big | wc -l
dbm/list big | sort -n | sed -n 123p
dbm/keys big | dbm/fetch big | sort | uniq | wc -l
for i in `{seq 1 299} {echo $i} | dbm/delete big; dbm/list big
echo wrong
{echo one two; echo; echo one two three; echo four five} | dbm/store v; echo $status
echo 'one ''two' | dbm/store w; echo $status
dbm/keys v
dbm/store v '' x; echo $status
dbm/fetch none a; echo $status
dbm/keys none; echo $status
dbm/store v `{seq 1 2000 | sed 's/.*/k/' | tr -d '\xa' } v; echo $status
dbm/fetch; dbm/store v a; dbm/keys t u; dbm/list -x t
echo damaged
cp t.dir x.dir; cat t.pag t.pag >x.pag; dbm/keys x | sort
cp big.dir y.dir; cat t.pag >y.pag; dbm/keys y
zeros 1024 1 | tr '\000' '\377' >y.pag; dbm/list y; echo $status
