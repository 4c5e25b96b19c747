#0
	newa	$5,$2,44(fp)
	slicea	$1,$4,44(fp)
	lena	44(fp),64(fp)
	cvtwc	64(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	slicea	$0,$0,48(fp)
	lena	48(fp),64(fp)
	cvtwc	64(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
#10
	addc	0(mp),36(fp),36(fp)
	slicela	48(fp),$1000,44(fp)
	slicec	$0,$0,52(fp)
	lenc	52(fp),64(fp)
	cvtwc	64(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	slicea	$0,$1,48(fp)
	movp	36(fp),0(16(fp))
	ret
#20
	movp	56(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x60
	stack	1000
	entry	-1, -1
	desc	$0,8,"c0"
	desc	$1,160,"007f"
	desc	$2,4,""
	var	@mp,8
	string	@mp+0," "
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	exceptions	1
	exception	17, 18, 56, -1, 1, 0
	exctab	"*", 20
	exctab	*, -1
	source	"x.b"
