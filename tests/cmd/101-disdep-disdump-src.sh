disdep /dis/pwd.dis; disdep -s /dis/echo.dis; disdep nosuch
echo $status
disdep -o /dis/sort.dis | sort
disdep -ap /dis/pwd.dis /dis/pwd.dis; disdep -d /dis/pwd.dis
disdep; disdep /dis/lc
disdump /dis/cat.dis | sed -n 's/^(load|ret|runt).*/\1/p' | uniq
disdump nosuch
echo $status
src cat lc /dis/lib/bufio.dis; src nosuch
