calc '2+3*4'; calc '10/4'; calc '7//2'; calc '5!'; calc '2**0.5'; calc '(1+'; calc 'x=3;x*2'; calc 16r1f; calc Pi
fc 1 2 +; fc -x 255; fc 2 10 xx; fc 2 _; fc 10 3 /; fc 1 q
echo $status
