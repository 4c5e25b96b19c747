# rm -r takes what is in a tree, not what is bound into it; and a tree bound below itself has an end
mkdir -p t/a t/b/c t/e keep
echo x >keep/f; echo y >t/x; echo z >g; echo w >t/b/w
bind t t/e
du t
du -a t | sed 's/.* //'
unmount t/e
bind keep t/a; bind g t/x; bind keep t/b/c
rm -r t
echo $status
ls . keep; cat g
mkdir -p t/a; bind t t/a
rm -r t
echo $status
ls
