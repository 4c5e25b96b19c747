load csv std
echo 'a,b c,"d ""e"" f",,g' | getcsv {echo $#line; for i in $line {echo '['^$i^']'}}
echo ${csv a 'b,c' 'd"e' ''}
