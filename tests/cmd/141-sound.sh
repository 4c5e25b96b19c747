# files of Windows
echo 'begin 644 pcm.wav
M4DE&1D0```!7059%3$E35`,```!A8F,`9FUT(!`````!``(`(E8``(A8`0`$
?`!``9&%T810````!`@,$!08''"`D*"PP-#@\0$1(3%```
`
end' | uudecode
echo 'begin 644 law.wav
M4DE&1BL```!7059%9FUT(!(````''``$`0!\``$`?```!``@```!D871A____
&_W-O=6YD
`
end' | uudecode
echo 'begin 644 ext.wav
M4DE&1D````!7059%9FUT("@```#^_P$`0!\``$`?```!``@`%@`(```````&
;````````````````````9&%T800```!W879E
`
end' | uudecode
echo 'begin 644 short.wav
M4DE&1B<```!7059%9FUT(!`````!``$`0!\``$`?```!``@`9&%T860```!A
"8F,`
`
end' | uudecode
echo 'begin 644 float.wav
M4DE&1B@```!7059%9FUT(!`````#``$`0!\```!]```$`"``9&%T800```!A
#8F-D
`
end' | uudecode
load std
for f in pcm law ext short float { wav2iaf -o $f.iaf $f.wav; echo $f $status }
xd -1x pcm.iaf; auhdr pcm.iaf law.iaf ext.iaf; auhdr float.iaf pcm.wav; echo $status
wav2iaf <law.wav | tail -1; echo; echo hello | wav2iaf; echo $status
# the format after the samples, and none
{echo -n RIFFxxxxWAVEdata; zeros 8 1} | wav2iaf; {echo -n RIFFxxxxWAVEtest; zeros 4 1} | wav2iaf
echo -n 12345678 >raw
raw2iaf raw | auhdr /fd/0; raw2iaf -r 8000 -c 1 -e alaw raw; echo
raw2iaf -c 2 -b 8 -r 11025 -o r.iaf raw; auhdr r.iaf
raw2iaf -c 3 raw; raw2iaf -b 12 raw; raw2iaf -r x raw; raw2iaf -e mp3 raw; raw2iaf nosuch; echo $status
echo -n 123 | raw2iaf -c 1 | tail -1; echo
# a device of files
mkdir dev; >dev/audio; >dev/audioctl; bind -b dev /dev
auplay pcm.iaf nosuch law.iaf pcm.wav; echo $status
xd -c dev/audio; cat dev/audioctl; echo
>dev/audio; zeros 30001 1 | raw2iaf -o big.iaf >[2]/dev/null; auplay <big.iaf; ls -ln dev/audio | sed 's/.* (30[0-9]*) .*/\1/'
echo rate x | auplay; echo $status; auhdr; auplay -x; wav2iaf a b
