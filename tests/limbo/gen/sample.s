#0
	newa	$3,$1,40(fp)
	lena	40(fp),44(fp)
	beqw	$0,44(fp),$7
	subw	$1,44(fp)
	indw	40(fp),48(fp),44(fp)
	movp	36(fp),0(48(fp))
	jmp	$2
	indw	40(fp),48(fp),$1
	movp	4(mp),0(48(fp))
	bgew	$70000,32(fp),$11
#10
	raise	8(mp)
	addw	32(fp),0(mp)
	jmp	$14
	movw	$-1,0(mp)
	movw	0(mp),0(16(fp))
	indw	40(fp),44(fp),$1
	movp	0(44(fp)),52(fp)
	addc	36(fp),52(fp),4(16(fp))
	ret
	flags	0x60
	stack	640
	entry	-1, -1
	desc	$0,12,"60"
	desc	$1,4,"80"
	desc	$2,64,"0066"
	var	@mp,12
	string	@mp+4,"one"
	string	@mp+8,"big"
	module	X
	link	-1,-1,0x57c234ba,".mp"
	link	2,0,0xa8f34974,"f"
	ldts	@ldt,0
	exceptions	1
	exception	9, 12, 56, -1, 1, 0
	exctab	"big", 13
	exctab	*, -1
