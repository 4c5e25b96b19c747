{echo $* - $0} a b c
{{echo '['^$"*^']'}} a b
