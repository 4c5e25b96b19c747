load std
# a command over several lines
if {
	~ a a &&
	~ b b		# both
} {
	echo (yes
	and
	more) |
	cat
} {
	echo no
}
fn greet who {		# two names, one body
	for i in $* {
		echo hello $i
	}
}
greet a 'b c'
who d
