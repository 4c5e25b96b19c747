mkdir n; echo hi >n/old
bind /nosuch n
echo $status
bind n /nosuch
bind
echo $status
bind -q /nosuch n; echo '['^$"status^']'
bind n/old n
echo $status
bind -b /dis/lib n; ls -p n | grep '^old$'; ls -p n | grep '^arg.dis'; unmount n; ls n
unmount /nosuch; unmount
