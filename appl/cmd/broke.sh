#!/dis/sh
# commands that remove the broken processes of a user; see ps(1)
load std
who="{cat /dev/user}
if {! ~ $#* 0} {
	who=$1
}
ps | sed -n '/^ *[0-9]+ +[0-9]+ +'^$who^' .* broken /s/^ *([0-9]+).*/echo kill>\/prog\/\1\/ctl # &/p'
