#0
	new	$4,32(fp)
	movw	$1,0(32(fp))
	movp	8(mp),8(32(fp))
	movp	4(mp),4(32(fp))
	consp	32(fp),4(32(fp))
	new	$3,36(fp)
	movw	$0,0(36(fp))
	movw	$1,4(36(fp))
	movw	$2,8(36(fp))
	bnew	0(36(fp)),$0,$12
#10
	movw	8(36(fp)),0(32(fp))
	jmp	$13
	insc	$120,$0,8(32(fp))
	new	$5,44(fp)
	movp	12(mp),0(44(fp))
	movw	$0,4(44(fp))
	movp	16(mp),8(44(fp))
	indw	0(mp),52(fp),$1
	movw	0(52(fp)),48(fp)
	addw	0(32(fp)),48(fp),12(44(fp))
#20
	raise	44(fp)
	movmp	8(40(fp)),$2,56(fp)
	movp	56(fp),8(32(fp))
	movw	60(fp),0(32(fp))
	ret
	raise	40(fp)
	flags	0x60
	stack	640
	entry	0, 7
	desc	$0,20,"f8"
	desc	$1,4,""
	desc	$2,8,"80"
	desc	$3,12,""
	desc	$4,12,"60"
	desc	$5,16,"a0"
	desc	$6,64,"0010"
	desc	$7,64,"00f2"
	var	@mp,20
	array	@mp+0,$1,3
	indir	@mp+0,0
	word	@mp+0,1,2,12
	apop
	string	@mp+8,"s"
	string	@mp+12,"M.0.E"
	string	@mp+16,"e"
	module	M
	link	7,0,0x9cd71c5e,"init"
	ldts	@ldt,0
	exceptions	1
	exception	13, 21, 40, 6, 2, 1
	exctab	"M.0.E", 21
	exctab	"fail:*", 25
	exctab	*, -1
	source	"/tmp/limt/types.b"
