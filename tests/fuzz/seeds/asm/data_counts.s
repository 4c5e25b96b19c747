#0
	cvtwc	164(mp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	168(mp),40(fp)
	addc	40(fp),36(fp),36(fp)
	addc	0(mp),36(fp),36(fp)
	movp	36(fp),0(16(fp))
	ret
	flags	0x40
	stack	1000
	entry	-1, -1
	desc	$0,172,"c00000000020"
	desc	$1,160,"007f"
	var	@mp,172
	string	@mp+0," "
	word	@mp+8,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120,121,122,123,124,125,126,127,128,129,130,131,132,133,134,135,136,137,138,139
	string	@mp+168,"a string of more than fifteen characters"
	module	T
	link	1,0,0x4ee5965a,"run"
	ldts	@ldt,0
	source	"x.b"
