listen -A 'tcp!127.0.0.1!17345' {echo hello; cat}
dial -A 'tcp!127.0.0.1!17345' {read 6 >[1=2]; echo ping; read 5 >[1=2]}
dial -A 'tcp!127.0.0.1!1' {cat} >[2] /dev/null
echo $status
listen -A 'tcp!127.0.0.1!17345' {echo x}
echo $status
listen -A 'tcp!*!17347' '{echo'
echo $status
dial
echo $status
