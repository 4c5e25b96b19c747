status=foo
echo '['^$"status^']'
