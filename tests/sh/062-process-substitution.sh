cat <{echo a} <{echo b}
cmp <{echo a} <{echo a}; echo '['^$"status^']'
x={echo c}
cat <$x
