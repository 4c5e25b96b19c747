load std
status bad | status '' | status ugly
echo $status
status '' | status ''
echo '['^$"status^']'
