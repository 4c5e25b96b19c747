echo 'define(x,hello $1)x(world)
eval(2+3*4) len(abc) substr(abcdef,1,3) ifelse(a,a,yes,no) index(abc,c) incr(4)' | m4
