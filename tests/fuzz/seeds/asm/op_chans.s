#0
	newcb	$1,44(fp)
	cvtwb	$200,64(fp)
	send	64(fp),44(fp)
	recv	44(fp),65(fp)
	cvtbw	65(fp),68(fp)
	cvtwc	68(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	newcf	$1,44(fp)
	send	8(mp),44(fp)
#10
	recv	44(fp),72(fp)
	cvtfc	72(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	newcl	$1,44(fp)
	send	16(mp),44(fp)
	recv	44(fp),72(fp)
	cvtlc	72(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
#20
	newcm	$12,$1,44(fp)
	movw	$1,80(fp)
	movw	$2,84(fp)
	movw	$3,88(fp)
	send	80(fp),44(fp)
	recv	44(fp),96(fp)
	cvtwc	104(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	newcp	$1,44(fp)
#30
	send	0(mp),44(fp)
	recv	44(fp),48(fp)
	lenc	48(fp),68(fp)
	cvtwc	68(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,24,"c0"
	desc	$1,160,"007f"
	desc	$2,8,"80"
	var	@mp,24
	string	@mp+0," "
	real	@mp+8,1.25
	long	@mp+16,1099511627776
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
