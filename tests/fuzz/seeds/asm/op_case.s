#0
	movw	$-6,64(fp)
	case	64(fp),8(mp)
	cvtwc	$-5,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	jmp	$17
	cvtwc	$0,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	jmp	$17
#10
	cvtwc	$3,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	jmp	$17
	cvtwc	$99,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	addw	$1,64(fp)
	bltw	64(fp),$12,$1
	movp	36(fp),0(16(fp))
#20
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,52,"c000"
	desc	$1,160,"007f"
	var	@mp,52
	string	@mp+0," "
	word	@mp+8,3,-5,-2,2,0,1,6,3,10,10
	word	@mp+48,14
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
