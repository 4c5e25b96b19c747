sed
echo $status
sed z /dev/null
echo $status
sed p nosuch
echo $status
