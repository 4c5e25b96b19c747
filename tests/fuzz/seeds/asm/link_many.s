#0
	cvtwc	$16,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,8,"c0"
	desc	$1,160,"007f"
	var	@mp,8
	string	@mp+0," "
	module	T
	link	1,0,0x1,"aaa"
	link	1,0,0x4ee5965a,"run"
	link	1,0,0x2,"zzz"
	link	1,0,0x3,"A.b"
	ldts	@ldt,0
	source	"x.b"
