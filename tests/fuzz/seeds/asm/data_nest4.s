#0
	movp	8(mp),44(fp)
	indx	44(fp),64(fp),$0
	movp	0(64(fp)),44(fp)
	indx	44(fp),64(fp),$0
	movp	0(64(fp)),44(fp)
	indx	44(fp),64(fp),$0
	movp	0(64(fp)),44(fp)
	indw	44(fp),64(fp),$1
	cvtwc	0(64(fp)),40(fp)
	addc	40(fp),36(fp),36(fp)
#10
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,12,"e0"
	desc	$1,160,"007f"
	desc	$2,4,""
	desc	$3,4,"80"
	var	@mp,12
	string	@mp+0," "
	array	@mp+8,$3,1
	indir	@mp+8,0
	array	@mp+0,$3,1
	indir	@mp+0,0
	array	@mp+0,$3,1
	indir	@mp+0,0
	array	@mp+0,$2,2
	indir	@mp+0,0
	word	@mp+0,5,6
	apop
	apop
	apop
	apop
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
