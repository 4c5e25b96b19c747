{}
echo '['^$"status^']'
$undefined
''
echo '['^$"status^']'
