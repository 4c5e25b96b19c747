load std
rescue foo {echo got $exception} {raise foo; echo no}
echo '['^$"status^']'
rescue 'x*' {echo got $exception; status handled} {raise xyz}
echo $status
rescue bar {echo also $exception} {raise foo}
rescue * {echo first $exception; raise} {raise again}
echo not reached
