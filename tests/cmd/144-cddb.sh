load std
p=21744
listen -A 'tcp!127.0.0.1!'^$p {
	load std
	echo '201 server ready'
	getlines {
		l=${split ' 
' $line}
		if {~ ${index 2 $l} hello} {echo 200 hello} {
		~ ${hd $l} proto} {echo 500 unknown} {
		~ ${index 3 $l} aa0b} {echo '200 rock aa0b Who / What'} {
		~ ${index 3 $l} bb0b} {echo 211 close; echo 'jazz bb0b First'; echo 'folk bb0c Second'; echo .} {
		~ ${index 3 $l} cc0b} {echo 202 none} {
		~ ${index 3 $l} dd0b} {} {
		~ ${index 2 $l} read} {echo 210 entry; echo '# comment=x'; echo 'DTITLE=Who / Wh'; echo 'DTITLE=at é'
			echo 'TTITLE0=one\n\\'; echo 'TTITLE1=two'; echo 'TTITLE7=seven'; echo 'EXTD=a=b'; echo .} {
		~ ${hd $l} quit} {raise break} {echo 500 what}
	}
}
s='tcp!127.0.0.1!'^$p
cddb -s $s query aa0b 2 150 9150 300; echo $status
cddb -T -s $s query bb0b 2 150 9150 300; echo $status
cddb -D -s $s query aa0b 1 150 300; echo $status
cddb -s $s query cc0b 1 150 300; echo $status
cddb -s $s query ee0b 1 150 300; echo $status
cddb -s 'tcp!127.0.0.1!1' query aa0b 1 150 300; echo $status
cddb query aa0b 2 150 300; cddb query xyz 1 150 300; cddb; cddb read x y z
