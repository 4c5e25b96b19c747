echo -n 'hello world, this is 20' >f
xd f; xd -c f; xd -1x f; xd -2d f; xd -8o f; xd -1x -c f; xd f f; xd -s f
zeros 64 1 | xd -r
xd nosuch
echo $status
xd -1z f
