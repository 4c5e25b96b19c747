/* The packed root, as part of the program. ROOTFS is the file that packroot made. */
	.section .rodata
	.balign 16
	.globl rootfs_start
rootfs_start:
	.incbin ROOTFS
	.byte 0
	.section .note.GNU-stack,"",%progbits
