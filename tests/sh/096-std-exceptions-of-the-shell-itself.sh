load std
rescue '*' {echo caught $exception} {cat <nosuch}
rescue '*' {echo caught $exception} {$()}
rescue '*' {echo caught $exception} {echo a^$nope}
rescue '*' {echo caught $exception} {load nosuch}
rescue '*' {echo caught $exception} {'{a'}
rescue '*' {echo caught $exception} {for}
rescue '*' {echo caught $exception} {${nope}}
rescue '*' {echo caught $exception} {()=1}
rescue '*' {echo caught $exception} {run /nosuch}
rescue '*' {echo caught $exception} {nosuch; echo $status}
