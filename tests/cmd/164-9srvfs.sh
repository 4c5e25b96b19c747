load std
mkdir tree mnt p; echo one >tree/a
9srvfs name tree; echo $status
bind '#|' p
9srvfs -p 644 p/data tree; echo $status
mount -A p/data1 mnt; echo $status; ls mnt; cat mnt/a; unmount mnt; unmount p
bind '#|' p
9srvfs p/data {memfs -s}; echo $status
mount -Ac p/data1 mnt; echo two >mnt/b; cat mnt/b; unmount mnt; unmount p
9srvfs name none; 9srvfs name tree/a; 9srvfs name '{a'; echo $status
9srvfs none/x tree
9srvfs name; 9srvfs -p 9 name tree; 9srvfs -p 1000 name tree; 9srvfs '' tree
