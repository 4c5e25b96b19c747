#0
	movw	$2,64(fp)
	goto	64(fp),12(mp)
	cvtwc	$100,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	subw	$1,64(fp)
	bgew	64(fp),$0,$1
	cvtwc	$101,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
#10
	subw	$1,64(fp)
	bgew	64(fp),$0,$1
	cvtwc	$102,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	subw	$1,64(fp)
	bgew	64(fp),$0,$1
	movp	36(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,24,"c0"
	desc	$1,160,"007f"
	var	@mp,24
	string	@mp+0," "
	word	@mp+8,3,2,7,12
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
