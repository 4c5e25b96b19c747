echo 'a  b' >f; echo 'a b' >g; echo ab >h
diff f g; diff -w f h; echo '['^$"status^']'
mkdir d1 d2 d1/s d2/s; echo x >d1/s/y; echo z >d2/s/y
diff d1 d2; diff -r d1 d2
