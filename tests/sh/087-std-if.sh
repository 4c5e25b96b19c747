load std
if {~ a b c} {echo yes} {~ a a} {echo second} {echo else}
if {~ a b} {echo yes}
echo $status
if {status x} {echo y} {echo $status}
if '{echo a}' '{echo b}'
if {} {echo empty is true}
