echo a$undefined
echo not reached
