mkdir d d/e; echo hello >d/a; zeros -v65 1000 100 >d/e/big; >d/empty; echo é >d/é日; chmod 640 d/a; touch -t 1000000000 d/a d/e/big d/empty d/é日 d/e d
zip -v t.zip d nosuch
echo $status
unzip -tv t.zip; mkdir x; cd x; unzip ../t.zip; ls -l d | sed 's/ [A-Z][a-z][a-z] [0-9 :]+ / T /'; cmp d/e/big ../d/e/big; cat d/a d/é日; cd ..
zip -0 s.zip d/a ../w/d/e/big; unzip -c s.zip d/a; unzip -t s.zip; unzip -c s.zip w/d/e/big | cmp /fd/0 d/e/big
zip all.zip .; unzip -t all.zip | grep -v x/ | sort
zip
echo $status
zip /nosuch/x d
