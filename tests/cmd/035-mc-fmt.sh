echo 'a
bb
ccc' | mc
echo 'a
bb
ccc' | mc -c 4
echo 'the quick brown fox jumps over the lazy dog' | fmt -l 20
echo a b | fmt -i 3
