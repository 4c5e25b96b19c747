# what the command says goes where it should, and its status too
load std
fn s {echo '['^$"status^']'}
os echo hi >'#U*/dev/full'; s
os sh -c 'echo hi; exit 3' >'#U*/dev/full'; s
os printf '%s|' '' 'a  b' 'c''d' 'é"'; echo; s
echo -n 'no nl' | os cat; echo; s
os head -c 3000000 /dev/zero | wc -b
os sh -c 'exec >&- 2>&-; exit 3'; s
