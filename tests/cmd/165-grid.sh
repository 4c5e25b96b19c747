load std
mount -A -c {ndb/registry} /mnt/registry
fn show {grid/query $* | sed 's/![0-9][0-9]*$/!PORT/'}
echo 127.0.0.1 >sysname; bind sysname /dev/sysname
grid/query; echo $status
grid/find /n/remote; echo $status
mkdir tree mnt; echo one >tree/a
echo -- reglisten
grid/reglisten -A -r resource files -r 'the name' 'a tree' 'tcp!127.0.0.1!21791' {export /tmp/w/tree}
grid/query
grid/find -a resource files mnt; cat mnt/a; unmount mnt
grid/find -a resource '*' -a 'the name' 'a tree' {echo $addr >[1=2]}; echo $status
grid/find -a resource other mnt; echo $status
grid/find -a resource files /none; echo $status
echo -- regstyxlisten
grid/regstyxlisten -A -r resource memory -r auth none 'tcp!127.0.0.1!21792' {memfs -s}
grid/query -a resource memory
grid/find -c -a resource memory mnt; echo two >mnt/b; cat mnt/b; unmount mnt
grid/find -a resource memory mnt; cat mnt/b; unmount mnt
echo -- register
grid/register -A -a resource words {cat}
show -a resource words
grid/find -a resource words {echo -n hello >[1=0]; read 5 >[1=2]; echo >[1=2]}
grid/find -a resource words {echo -n $1 >[1=0]; read 3 >[1=2]; echo >[1=2]} abc
echo -- one at a time
grid/register -Au -a resource one {cat}
show -a resource one
grid/find -a resource one {
	echo -n x >[1=0]; read 1 >[1=2]; echo >[1=2]
	grid/query -a resource one >[1=2]
	echo gone >[1=2]
}
sleep 1
show -a resource one
echo -- gone
kill Dial >/dev/null
sleep 1
grid/query; echo $status
echo -- not there
echo tcp!127.0.0.1!1 resource away persist 1 >/mnt/registry/new
grid/find -a resource away mnt; echo $status
grid/reglisten -A bad {cat}; echo $status
grid/reglisten -A -m /none 'tcp!*!0' {cat}; echo $status
grid/query -m /none; echo $status
grid/reglisten -A -r name x 'tcp!127.0.0.1!21793' {cat}; grid/reglisten -A 'tcp!127.0.0.1!21793' {cat}; echo $status
>sysname; grid/register -A {cat}; echo $status; grid/regstyxlisten -A 'tcp!*!0' {memfs -s}; echo $status
grid/find -a resource; grid/find; grid/find x y; grid/query x; grid/register; grid/reglisten x; grid/regstyxlisten -z
