load string std
echo ${splitl foo.bar .} ${splitr foo.bar .} ${drop aabbcc a} ${take aabbcc ab} ${splitstrl a--b--c --} ${splitstrr a--b--c --}
echo ${tolower ABC} ${toupper abc} ${len añb} ${alen añb} ${slice 1 3 abcdef} ${slice 2 end abcdef} ${slice 4 100 abcdef}
x=${fields : a:b::c:}
echo $#x '['^${padl 6 abc}^']' '['^${padr 6 abc}^']' '['^${padl 2 a b c}^']'
prefix ab abc; echo '['^$"status^']'
prefix abx abc; echo '['^$"status^']'
in z a-c; echo '['^$"status^']'
echo ${splitl a}
