echo one >a; echo two2 >b; echo three >c; touch -t 100 a b c
ar rv x.a a b; ar r x.a c; ar t x.a; ar tv x.a; ar p x.a b; ar dv x.a b; ar t x.a; ar ra a x.a b; ar t x.a; ar mb a x.a c; ar t x.a
mkdir d; cd d; ar xvo ../x.a; ls -l; cat a b c; cd ..
ar t x.a nosuch
echo $status
cat x.a
echo newer >a; ar ruv x.a a b; ar pv x.a a
ar
echo $status
ar t nosuch
echo $status
ar z x; ar t a; ar r y.a d nosuch; echo $status; ar qc x.a longer-than-sixteen
