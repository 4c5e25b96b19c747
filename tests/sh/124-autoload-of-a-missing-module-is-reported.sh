autoload=(nosuch expr)
sh -c {echo ${expr 1 2 +}}
