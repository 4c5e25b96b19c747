load std
x=`{status worse}
echo '['^$"status^']'
