{echo one; echo first; echo; echo; echo two} > db
mkdir d
dbfs db d; echo $status
ls -l d | sed 's/ root .* / /'
cat d/index d/0; cat d/1
{echo three; echo; echo end; echo} > d/new
cat d/index; cat d/2; echo; cat db
echo 'two, again' > d/1; echo more >> d/1; cat d/1
rm d/0; echo $status; ls -p d; rm d/index; echo $status
> d/new; ls -p d
cat db
cp d/2 d/new; cat d/3
cat d/9; cp db d/0
unmount d
dbfs -r db d; ls -p d; cp db d/1; rm d/1
unmount d
dbfs nowhere d; echo $status
dbfs; echo $status
ls -p
