sig splitl getkeys; sig styxconv nosuchfunction
echo $status
sig putbytearray tobig
sig
