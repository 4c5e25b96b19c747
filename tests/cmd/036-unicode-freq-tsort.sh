unicode p; unicode 70-72; unicode -n a; unicode -t 61 62; unicode 3b1
echo; echo aab | freq
echo 'a b
b c' | tsort
