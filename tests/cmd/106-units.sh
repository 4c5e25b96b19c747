echo 'inch
cm
100 km/hour
mph
3 ft 2 m
acre

liter/100 km
mile/gallon
foo
5 kg
m
g0
ft/sec^2
hp

3 feet + 2 inches
cm
GB
MiB
2 (
200 parsec
lightyears' | units
units -v </dev/null | sed 's/^[0-9]+/N/'
echo 'a #
b 3 a
loop loop
bad' >u
echo 'b^2
a²
1|3 b
a
loop
b + b^2
a' | units u
units nosuch
echo $status
