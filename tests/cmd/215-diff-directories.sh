# a directory against a file of the same name, names with slashes at the end
mkdir a b a/d b/d a/q b/p
echo x >a/d/f; echo y >b/d/f; echo z >b/q; echo z >a/p; echo same >a/s; echo same >b/s
diff a b
echo $status
diff -r a/ b/
echo $status
diff a/s b/
echo $status
