#0
	load	8(mp),$0,44(fp)
	frame	$2,64(fp)
	movp	12(mp),32(64(fp))
	movw	$99,36(64(fp))
	lea	48(fp),16(64(fp))
	mcall	64(fp),$0,44(fp)
	movp	48(fp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
#10
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,16,"f0"
	desc	$1,160,"007f"
	desc	$2,48,"0080"
	var	@mp,16
	string	@mp+0," "
	string	@mp+8,"$Sys"
	string	@mp+12,"formatted %d"
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,1
	word	@ldt+0,1
	ext	@ldt+0,0x4c0624b6,"sprint"
	source	"x.b"
