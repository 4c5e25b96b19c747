load sexprs std
echo '(a (b c) "d e" #616263#)' | getsexprs {echo $sexp; for i in ${els $sexp} {echo el $i}; echo ${textels $sexp}}
echo ${text '"hello world"'} ${mktext 'a b'} ${mklist a b '(c d)'} ${mktextlist 'a b' c} ${mklist}
islist '(a b)'; echo '['^$"status^']'
islist a; echo '['^$"status^']'
