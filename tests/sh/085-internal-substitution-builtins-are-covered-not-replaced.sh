load std
subfn quote {result=mine}
echo ${quote x} ${builtin quote 'x y'}
