load std
flag v; echo '['^$"status^']'
flag x; echo '['^$"status^']'
flag x +
echo a {b} 'c d' $undefined
flag x -
flag q
