load std
echo '日本語カナ ABC 中文测试 繁體 한글 é' >u
for cs in big5 gb2312 gbk euc-jp shift_jis iso-2022-jp euc-kr {
	echo $cs; tcs -t $cs u | xd -1x; tcs -t $cs u | tcs -f $cs
}
tcs -t sjis u >s; tcs -f x-sjis s
# a line that is longer than a buffer, cut anywhere
for i in 1 2 3 4 5 6 7 8 9 10 {cat u} | tr -d '\n' >l; for i in 1 2 3 4 5 6 7 8 9 10 {cat l} >ll; for i in 1 2 3 4 5 {cat ll} >lll
for cs in big5 iso-2022-jp euc-jp { tcs -t $cs lll | tcs -f $cs | sum /fd/0; tcs -t $cs l | tcs -f $cs >m; for i in 1 2 3 4 5 6 7 8 9 10 {cat m} >mm; for i in 1 2 3 4 5 {cat mm} | sum /fd/0 }
tcs -t klingon u
{echo -n abc; tcs -t big5 u | read 1} | tcs -f big5; echo
