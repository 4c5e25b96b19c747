load std
dbm/store -c d one 1 two '2 zwei' drei ☺; echo $status
dbm/fetch d two drei; echo $status
dbm/fetch d nix one; echo $status
dbm/store d one other; echo $status
dbm/store -r d one other; dbm/fetch d one
dbm/list d | sort
dbm/delete d two nix; echo $status
dbm/keys d | sort
dbm/list d | dbm/store -c e; dbm/list e | sort
{echo 'a	b'; echo no tab; echo '	x'} | dbm/store e; echo $status
dbm/keys e | sort
for i in `{seq 1 300} {echo $i'	value '^$i} | dbm/store -c big
dbm/keys big | wc -l; dbm/fetch big 77 299
dbm/fetch none x; echo $status
dbm/store e one; dbm/keys; dbm/list a b; echo $status
