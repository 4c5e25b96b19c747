load std expr
rescue * {echo $exception} {echo ${expr 1 +}}
rescue * {echo $exception} {echo ${expr foo}}
rescue * {echo $exception} {echo ${expr 1 0 /}}
rescue * {echo $exception} {echo ${expr rep}}
rescue * {echo $exception} {echo ${expr -x 1}}
rescue * {echo $exception} {echo ${expr -r 99 1}}
