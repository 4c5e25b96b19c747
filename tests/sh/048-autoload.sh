autoload=std
sh -c {for i in a b {echo $i}}
