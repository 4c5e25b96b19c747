mount {ndb/registry} /mnt/registry
ls /mnt/registry
echo 's2 persist 1' >/mnt/registry/new; cat /mnt/registry/index
echo 's2 x y' >/mnt/registry/new
echo 'k v' >/mnt/registry/s2; cat /mnt/registry/s2
ndb/regquery k v; ndb/regquery -n k '*'; ndb/regquery k w
echo 'a' >/mnt/registry/s2
rm /mnt/registry/s2; cat /mnt/registry/index
{echo -n 'svc1 a b c ''d e'''; cat /mnt/registry/index >[1=2]} >/mnt/registry/new
cat /mnt/registry/index
