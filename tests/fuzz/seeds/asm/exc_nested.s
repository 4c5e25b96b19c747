#0
	raise	8(mp)
	movp	36(fp),0(16(fp))
	ret
	cvtwc	$1,40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	cvtwc	$2,40(fp)
	addc	40(fp),36(fp),36(fp)
#10
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x60
	stack	1000
	entry	-1, -1
	desc	$0,12,"e0"
	desc	$1,160,"007f"
	var	@mp,12
	string	@mp+0," "
	string	@mp+8,"inner"
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	exceptions	3
	exception	0, 1, 48, -1, 1, 0
	exctab	"other", 3
	exctab	*, -1
	exception	0, 2, 48, -1, 1, 0
	exctab	"inner", 8
	exctab	*, -1
	exception	0, 2, 48, -1, 0, 0
	exctab	*, 3
	source	"x.b"
