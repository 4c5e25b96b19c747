echo 'a b
c' | xargs echo x
tokenize a:b:c :
