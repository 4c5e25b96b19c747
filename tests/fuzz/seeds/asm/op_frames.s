#0
	frame	$2,64(fp)
	movw	$1,32(64(fp))
	frame	$2,68(fp)
	movw	$10,32(68(fp))
	lea	36(64(fp)),16(68(fp))
	call	68(fp),$13
	lea	72(fp),16(64(fp))
	call	64(fp),$15
	cvtwc	72(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
#10
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	addw	$1,32(fp),0(16(fp))
	ret
	addw	36(fp),32(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,8,"c0"
	desc	$1,160,"007f"
	desc	$2,40,""
	var	@mp,8
	string	@mp+0," "
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
