	load	0(mp),$0,40(fp)
	frame	$1,44(fp)
	call	44(fp),$0
	ret
	entry	0, 1
	desc	$0,8,"80"
	desc	$1,48,"0080"
	var	@mp,8
	string	@mp+0,"$Sys"
	module	M
	link	1,0,0x4244b354,"init"
	ldts	@ldt,1
	word	@ldt+0,1
	ext	@ldt+0,0xac849033,"print"
	source	"/m.b"
