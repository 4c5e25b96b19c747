disk/kfs -r -n 900 -b 1024 fs n
mkdir n; disk/kfs -r -n 900 -b 1024 fs n
cd n
echo hello >a; mkdir d; echo x >d/f; cat a d/f; touch -t 1000 a; ls -l a; ls -ld d | sed 's/ 0 [A-Z].*/ 0 DATE/'
zeros -v65 1000 300 >big; ls -l big | sed 's/.*root [a-z]* //;s/ .*//'
cp big d/big2; cmp big d/big2; rm big; mv d/f d/g; ls d; chmod 600 a; touch -t 1000 a
mkdir d/ndb; cp /dis/ndb/cs.dis /dis/ndb/dns.dis d/ndb; rm d
echo $status
mkdir a
echo $status
cat nosuch; >>a; echo more >>a; cat a; touch -t 1000 a
cd /tmp/w
disk/kfscheck fs | sed 's/[0-9]+ files, .*used/N files/'
unmount n
mount -c {disk/kfs fs} n; ls -l n/a; cmp /dis/ndb/cs.dis n/d/ndb/cs.dis; cmp <{zeros -v65 1000 300} n/d/big2 >/dev/null; echo '['^$"status^']'
rm -r n/d; ls n; disk/kfscheck fs
zeros 1024 3000 >n/full
echo $status
disk/kfscheck fs; rm n/full; disk/kfscheck fs
mkdir n/e; echo one >n/e/1; echo two >n/e/2; unmount n
mount {disk/kfs -R fs} n; ls n/e; rm n/e/1
unmount n
# without a root; and with a damaged block of a directory
{read -o 0 1024 <fs; zeros 1024 1; read -o 2048 921600 <fs} >bad
disk/kfscheck bad
echo $status
disk/kfscheck /dis/cat.dis
echo $status
{read -o 0 2048 <fs; zeros 1024 1; read -o 3072 921600 <fs} >bad
disk/kfscheck bad
echo $status
disk/kfs bad n
echo $status
disk/kfscheck -f bad; disk/kfscheck bad
disk/kfs; disk/kfscheck
