webgrab http://127.0.0.1:1/
echo $status
telnet 127.0.0.1 1
echo $status
styxchat -n 'tcp!127.0.0.1!1'
echo $status
import
echo $status
import x y
echo $status
