#0
	new	$2,44(fp)
	movp	44(fp),8(mp)
	movw	$0,0(44(fp))
	addw	$1,0(8(mp))
	cvtwc	0(44(fp)),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movw	$60,60(44(fp))
	addw	$1,60(8(mp))
	cvtwc	60(44(fp)),40(fp)
#10
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movw	$64,64(44(fp))
	addw	$1,64(8(mp))
	cvtwc	64(44(fp)),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movw	$8188,8188(44(fp))
	addw	$1,8188(8(mp))
	cvtwc	8188(44(fp)),40(fp)
#20
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movw	$8192,8192(44(fp))
	addw	$1,8192(8(mp))
	cvtwc	8192(44(fp)),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movw	$19996,19996(44(fp))
	addw	$1,19996(8(mp))
	cvtwc	19996(44(fp)),40(fp)
#30
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,12,"e0"
	desc	$1,160,"007f"
	desc	$2,20000,""
	var	@mp,12
	string	@mp+0," "
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
