echo two | grep two; echo two | grep -n two; echo x >f; echo y >g; grep -v z f g; grep -lv x f g; grep -i A-Z /dev/null
echo $status
