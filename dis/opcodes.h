/*
 * The instruction set of the Dis machine: one line per opcode, from which all that knows opcodes is generated (the
 * disassembler, assembler and checker here, the compiler's and the virtual machine's tables elsewhere).  No other
 * file lists opcodes.
 *
 * DIS_OPCODES(X) calls X(number, ENUM, "mnemonic", src, mid, dst, flags) for each opcode in ascending order; numbers
 * are dense from 0 to DIS_NOPS-1.  src, mid and dst are operand tokens: single identifiers, so that a user may paste
 * them (FETCH_##src) as well as turn them into a value (DIS_OPD_##src).  A token is an access letter and a kind:
 *
 *	r  read            w  written                   u  read, then written
 *	o  read; may be absent, then it is the destination operand's location (only in the middle)
 *	a  the operand's address is the argument; what is there is read
 *	z  the operand's address is the argument; what is there is written
 *
 *	B  byte, 8 bits unsigned           W  word, 32 bits signed       L  big, 64 bits signed
 *	F  real, 64-bit float              R  32-bit float               H  16-bit signed
 *	P  reference of any kind           C  string                     A  array
 *	Ls list                            Ch channel                    Md module
 *	Desc  number of a type descriptor  Size  a count of bytes        Imp  number of an import list
 *	Idx   index of a function: >= 0 in the module reference's import list, < 0 for export -(idx+1)
 *	Pc    instruction number; with wPc the machine's own form of one
 *	Frame a call frame (a word holding its address)
 *	Ea    a word that receives an interior address, not counted as a reference
 *	Mem   storage whose size the middle operand tells (Size, or Desc if it holds references)
 *	Val   storage whose size the channel tells
 *	Alt   an alt table       Tab  a case or goto table       Any  anything
 *
 * Kinds W, Desc, Size, Imp, Idx and Pc, when read, may be given as immediates; no others are in any existing file.
 * The flags say how an instruction may end (DIS_X_*: exceptions of its own; besides those every double-indirect
 * operand and every head and tail may dereference nil) and what it does to control (DIS_F_*).  See dis(6).
 */
#ifndef DIS_OPCODES_H
#define DIS_OPCODES_H

/* Exceptions an instruction may raise by itself. */
#define DIS_X_NIL 0x00000001u	 /* dereference of nil */
#define DIS_X_BND 0x00000002u	 /* array bounds error */
#define DIS_X_NEG 0x00000004u	 /* negative array size */
#define DIS_X_HEAP 0x00000008u	 /* out of memory: heap */
#define DIS_X_MEM 0x00000010u	 /* out of memory: main */
#define DIS_X_ALT 0x00000020u	 /* alt send/recv on same chan */
#define DIS_X_DIV 0x00000040u	 /* zero divide */
#define DIS_X_MOD 0x00000080u	 /* module not loaded */
#define DIS_X_SPB 0x00000100u	 /* spawn a builtin module */
#define DIS_X_IMF 0x00000200u	 /* invalid mframe */
#define DIS_X_OBS 0x00000400u	 /* obsolete dis */
#define DIS_X_TC 0x00000800u	 /* type check */
#define DIS_X_IL 0x00001000u	 /* illegal dis instruction */
#define DIS_X_FP 0x00002000u	 /* sys: fp: ..., where traps are enabled */
#define DIS_X_CALLEE 0x00004000u /* whatever the callee or the operand says */
#define DIS_X_ANY 0x00007fffu	 /* mask of the above */

/* What an instruction does to control. */
#define DIS_F_CHKPC 0x00010000u	 /* an immediate destination must be an instruction of the module: checked at load */
#define DIS_F_COND 0x00020000u	 /* conditional branch to the destination */
#define DIS_F_NOFALL 0x00040000u /* never simply goes on to the next instruction */
#define DIS_F_CALL 0x00080000u	 /* enters a function and comes back */
#define DIS_F_SPAWN 0x00100000u	 /* starts a process */
#define DIS_F_BLOCK 0x00200000u	 /* may block, letting other processes run */
#define DIS_F_RARE 0x00400000u	 /* occurs in hardly any program */

/* clang-format off */
#define DIS_OPCODES(X) \
	X(  0, INOP, "nop", none, none, none, DIS_X_IL | DIS_F_RARE) \
	X(  1, IALT, "alt", aAlt, none, wW, DIS_X_NIL | DIS_X_ALT | DIS_F_BLOCK) \
	X(  2, INBALT, "nbalt", aAlt, none, wW, DIS_X_NIL | DIS_X_ALT) \
	X(  3, IGOTO, "goto", rW, none, aTab, DIS_F_NOFALL) \
	X(  4, ICALL, "call", rFrame, none, rPc, DIS_F_CHKPC | DIS_F_CALL) \
	X(  5, IFRAME, "frame", rDesc, none, wFrame, DIS_X_MEM) \
	X(  6, ISPAWN, "spawn", rFrame, none, rPc, DIS_X_MEM | DIS_F_CHKPC | DIS_F_SPAWN) \
	X(  7, IRUNT, "runt", aAny, none, aAny, DIS_F_RARE) \
	X(  8, ILOAD, "load", rC, rImp, wMd, DIS_X_OBS | DIS_F_BLOCK) \
	X(  9, IMCALL, "mcall", rFrame, rIdx, rMd, DIS_X_MOD | DIS_X_CALLEE | DIS_F_BLOCK | DIS_F_CALL) \
	X( 10, IMSPAWN, "mspawn", rFrame, rIdx, rMd, DIS_X_MOD | DIS_X_SPB | DIS_X_MEM | DIS_F_SPAWN) \
	X( 11, IMFRAME, "mframe", rMd, rIdx, wFrame, DIS_X_MOD | DIS_X_IMF | DIS_X_MEM) \
	X( 12, IRET, "ret", none, none, none, DIS_F_NOFALL) \
	X( 13, IJMP, "jmp", none, none, rPc, DIS_F_CHKPC | DIS_F_NOFALL) \
	X( 14, ICASE, "case", rW, none, aTab, DIS_F_NOFALL) \
	X( 15, IEXIT, "exit", none, none, none, DIS_F_NOFALL) \
	X( 16, INEW, "new", rDesc, none, wP, DIS_X_HEAP) \
	X( 17, INEWA, "newa", rW, rDesc, wA, DIS_X_NEG | DIS_X_HEAP) \
	X( 18, INEWCB, "newcb", none, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP | DIS_F_RARE) \
	X( 19, INEWCW, "newcw", none, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP) \
	X( 20, INEWCF, "newcf", none, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP) \
	X( 21, INEWCP, "newcp", none, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP) \
	X( 22, INEWCM, "newcm", rSize, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP) \
	X( 23, INEWCMP, "newcmp", rDesc, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP) \
	X( 24, ISEND, "send", aVal, none, rCh, DIS_X_NIL | DIS_F_BLOCK) \
	X( 25, IRECV, "recv", rCh, none, zVal, DIS_X_NIL | DIS_F_BLOCK) \
	X( 26, ICONSB, "consb", rB, none, uLs, DIS_X_HEAP) \
	X( 27, ICONSW, "consw", rW, none, uLs, DIS_X_HEAP) \
	X( 28, ICONSP, "consp", rP, none, uLs, DIS_X_HEAP) \
	X( 29, ICONSF, "consf", rF, none, uLs, DIS_X_HEAP) \
	X( 30, ICONSM, "consm", aMem, rSize, uLs, DIS_X_HEAP) \
	X( 31, ICONSMP, "consmp", aMem, rDesc, uLs, DIS_X_HEAP) \
	X( 32, IHEADB, "headb", rLs, none, wB, DIS_X_NIL) \
	X( 33, IHEADW, "headw", rLs, none, wW, DIS_X_NIL) \
	X( 34, IHEADP, "headp", rLs, none, wP, DIS_X_NIL) \
	X( 35, IHEADF, "headf", rLs, none, wF, DIS_X_NIL) \
	X( 36, IHEADM, "headm", rLs, rSize, zMem, DIS_X_NIL) \
	X( 37, IHEADMP, "headmp", rLs, rDesc, zMem, DIS_X_NIL) \
	X( 38, ITAIL, "tail", rLs, none, wLs, DIS_X_NIL) \
	X( 39, ILEA, "lea", aAny, none, wEa, 0) \
	X( 40, IINDX, "indx", rA, wEa, rW, DIS_X_BND) \
	X( 41, IMOVP, "movp", rP, none, wP, 0) \
	X( 42, IMOVM, "movm", aMem, rSize, zMem, 0) \
	X( 43, IMOVMP, "movmp", aMem, rDesc, zMem, 0) \
	X( 44, IMOVB, "movb", rB, none, wB, 0) \
	X( 45, IMOVW, "movw", rW, none, wW, 0) \
	X( 46, IMOVF, "movf", rF, none, wF, 0) \
	X( 47, ICVTBW, "cvtbw", rB, none, wW, 0) \
	X( 48, ICVTWB, "cvtwb", rW, none, wB, 0) \
	X( 49, ICVTFW, "cvtfw", rF, none, wW, DIS_X_FP) \
	X( 50, ICVTWF, "cvtwf", rW, none, wF, 0) \
	X( 51, ICVTCA, "cvtca", rC, none, wA, DIS_X_HEAP) \
	X( 52, ICVTAC, "cvtac", rA, none, wC, DIS_X_HEAP) \
	X( 53, ICVTWC, "cvtwc", rW, none, wC, DIS_X_HEAP) \
	X( 54, ICVTCW, "cvtcw", rC, none, wW, 0) \
	X( 55, ICVTFC, "cvtfc", rF, none, wC, DIS_X_HEAP) \
	X( 56, ICVTCF, "cvtcf", rC, none, wF, 0) \
	X( 57, IADDB, "addb", rB, oB, wB, 0) \
	X( 58, IADDW, "addw", rW, oW, wW, 0) \
	X( 59, IADDF, "addf", rF, oF, wF, DIS_X_FP) \
	X( 60, ISUBB, "subb", rB, oB, wB, 0) \
	X( 61, ISUBW, "subw", rW, oW, wW, 0) \
	X( 62, ISUBF, "subf", rF, oF, wF, DIS_X_FP) \
	X( 63, IMULB, "mulb", rB, oB, wB, DIS_F_RARE) \
	X( 64, IMULW, "mulw", rW, oW, wW, 0) \
	X( 65, IMULF, "mulf", rF, oF, wF, DIS_X_FP) \
	X( 66, IDIVB, "divb", rB, oB, wB, DIS_X_DIV | DIS_F_RARE) \
	X( 67, IDIVW, "divw", rW, oW, wW, DIS_X_DIV) \
	X( 68, IDIVF, "divf", rF, oF, wF, DIS_X_FP) \
	X( 69, IMODW, "modw", rW, oW, wW, DIS_X_DIV) \
	X( 70, IMODB, "modb", rB, oB, wB, DIS_X_DIV | DIS_F_RARE) \
	X( 71, IANDB, "andb", rB, oB, wB, 0) \
	X( 72, IANDW, "andw", rW, oW, wW, 0) \
	X( 73, IORB, "orb", rB, oB, wB, 0) \
	X( 74, IORW, "orw", rW, oW, wW, 0) \
	X( 75, IXORB, "xorb", rB, oB, wB, 0) \
	X( 76, IXORW, "xorw", rW, oW, wW, 0) \
	X( 77, ISHLB, "shlb", rW, oB, wB, 0) \
	X( 78, ISHLW, "shlw", rW, oW, wW, 0) \
	X( 79, ISHRB, "shrb", rW, oB, wB, 0) \
	X( 80, ISHRW, "shrw", rW, oW, wW, 0) \
	X( 81, IINSC, "insc", rW, rW, uC, DIS_X_BND | DIS_X_HEAP) \
	X( 82, IINDC, "indc", rC, rW, wW, DIS_X_NIL | DIS_X_BND) \
	X( 83, IADDC, "addc", rC, oC, wC, DIS_X_HEAP) \
	X( 84, ILENC, "lenc", rC, none, wW, 0) \
	X( 85, ILENA, "lena", rA, none, wW, 0) \
	X( 86, ILENL, "lenl", rLs, none, wW, 0) \
	X( 87, IBEQB, "beqb", rB, rB, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 88, IBNEB, "bneb", rB, rB, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 89, IBLTB, "bltb", rB, rB, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 90, IBLEB, "bleb", rB, rB, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 91, IBGTB, "bgtb", rB, rB, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 92, IBGEB, "bgeb", rB, rB, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 93, IBEQW, "beqw", rW, rW, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 94, IBNEW, "bnew", rW, rW, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 95, IBLTW, "bltw", rW, rW, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 96, IBLEW, "blew", rW, rW, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 97, IBGTW, "bgtw", rW, rW, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 98, IBGEW, "bgew", rW, rW, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X( 99, IBEQF, "beqf", rF, rF, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(100, IBNEF, "bnef", rF, rF, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(101, IBLTF, "bltf", rF, rF, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(102, IBLEF, "blef", rF, rF, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(103, IBGTF, "bgtf", rF, rF, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(104, IBGEF, "bgef", rF, rF, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(105, IBEQC, "beqc", rC, rC, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(106, IBNEC, "bnec", rC, rC, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(107, IBLTC, "bltc", rC, rC, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(108, IBLEC, "blec", rC, rC, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(109, IBGTC, "bgtc", rC, rC, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(110, IBGEC, "bgec", rC, rC, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(111, ISLICEA, "slicea", rW, rW, uA, DIS_X_NIL | DIS_X_BND | DIS_X_HEAP) \
	X(112, ISLICELA, "slicela", rA, rW, rA, DIS_X_NIL | DIS_X_BND) \
	X(113, ISLICEC, "slicec", rW, rW, uC, DIS_X_BND | DIS_X_HEAP) \
	X(114, IINDW, "indw", rA, wEa, rW, DIS_X_BND) \
	X(115, IINDF, "indf", rA, wEa, rW, DIS_X_BND) \
	X(116, IINDB, "indb", rA, wEa, rW, DIS_X_BND) \
	X(117, INEGF, "negf", rF, none, wF, 0) \
	X(118, IMOVL, "movl", rL, none, wL, 0) \
	X(119, IADDL, "addl", rL, oL, wL, 0) \
	X(120, ISUBL, "subl", rL, oL, wL, 0) \
	X(121, IDIVL, "divl", rL, oL, wL, DIS_X_DIV) \
	X(122, IMODL, "modl", rL, oL, wL, DIS_X_DIV) \
	X(123, IMULL, "mull", rL, oL, wL, 0) \
	X(124, IANDL, "andl", rL, oL, wL, 0) \
	X(125, IORL, "orl", rL, oL, wL, 0) \
	X(126, IXORL, "xorl", rL, oL, wL, 0) \
	X(127, ISHLL, "shll", rW, oL, wL, 0) \
	X(128, ISHRL, "shrl", rW, oL, wL, 0) \
	X(129, IBNEL, "bnel", rL, rL, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(130, IBLTL, "bltl", rL, rL, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(131, IBLEL, "blel", rL, rL, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(132, IBGTL, "bgtl", rL, rL, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(133, IBGEL, "bgel", rL, rL, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(134, IBEQL, "beql", rL, rL, rPc, DIS_F_CHKPC | DIS_F_COND) \
	X(135, ICVTLF, "cvtlf", rL, none, wF, 0) \
	X(136, ICVTFL, "cvtfl", rF, none, wL, DIS_X_FP) \
	X(137, ICVTLW, "cvtlw", rL, none, wW, 0) \
	X(138, ICVTWL, "cvtwl", rW, none, wL, 0) \
	X(139, ICVTLC, "cvtlc", rL, none, wC, DIS_X_HEAP) \
	X(140, ICVTCL, "cvtcl", rC, none, wL, 0) \
	X(141, IHEADL, "headl", rLs, none, wL, DIS_X_NIL) \
	X(142, ICONSL, "consl", rL, none, uLs, DIS_X_HEAP) \
	X(143, INEWCL, "newcl", none, oW, wCh, DIS_X_NEG | DIS_X_MEM | DIS_X_HEAP | DIS_F_RARE) \
	X(144, ICASEC, "casec", rC, none, aTab, DIS_F_NOFALL) \
	X(145, IINDL, "indl", rA, wEa, rW, DIS_X_BND) \
	X(146, IMOVPC, "movpc", rPc, none, wPc, DIS_F_RARE) \
	X(147, ITCMP, "tcmp", rP, none, rP, DIS_X_TC | DIS_F_RARE) \
	X(148, IMNEWZ, "mnewz", rMd, rDesc, wP, DIS_X_MOD | DIS_X_HEAP | DIS_F_RARE) \
	X(149, ICVTRF, "cvtrf", rR, none, wF, DIS_F_RARE) \
	X(150, ICVTFR, "cvtfr", rF, none, wR, DIS_X_FP | DIS_F_RARE) \
	X(151, ICVTWS, "cvtws", rW, none, wH, DIS_F_RARE) \
	X(152, ICVTSW, "cvtsw", rH, none, wW, DIS_F_RARE) \
	X(153, ILSRW, "lsrw", rW, oW, wW, DIS_F_RARE) \
	X(154, ILSRL, "lsrl", rW, oL, wL, DIS_F_RARE) \
	X(155, IECLR, "eclr", none, none, none, DIS_F_RARE) \
	X(156, INEWZ, "newz", rDesc, none, wP, DIS_X_HEAP | DIS_F_RARE) \
	X(157, INEWAZ, "newaz", rW, rDesc, wA, DIS_X_NEG | DIS_X_HEAP | DIS_F_RARE) \
	X(158, IRAISE, "raise", rP, none, none, DIS_X_NIL | DIS_X_CALLEE | DIS_F_NOFALL) \
	X(159, ICASEL, "casel", rL, none, aTab, DIS_F_NOFALL | DIS_F_RARE) \
	X(160, IMULX, "mulx", rW, oW, wW, DIS_F_RARE) \
	X(161, IDIVX, "divx", rW, oW, wW, DIS_X_DIV | DIS_F_RARE) \
	X(162, ICVTXX, "cvtxx", rW, rSize, wW, DIS_F_RARE) \
	X(163, IMULX0, "mulx0", rW, oW, wW, DIS_X_DIV | DIS_F_RARE) \
	X(164, IDIVX0, "divx0", rW, oW, wW, DIS_X_DIV | DIS_F_RARE) \
	X(165, ICVTXX0, "cvtxx0", rW, rSize, wW, DIS_F_RARE) \
	X(166, IMULX1, "mulx1", rW, oW, wW, DIS_X_DIV | DIS_F_RARE) \
	X(167, IDIVX1, "divx1", rW, oW, wW, DIS_X_DIV | DIS_F_RARE) \
	X(168, ICVTXX1, "cvtxx1", rW, rSize, wW, DIS_F_RARE) \
	X(169, ICVTFX, "cvtfx", rF, rF, wW, DIS_X_FP | DIS_F_RARE) \
	X(170, ICVTXF, "cvtxf", rW, rF, wF, DIS_X_FP | DIS_F_RARE) \
	X(171, IEXPW, "expw", rW, oW, wW, 0) \
	X(172, IEXPL, "expl", rW, oL, wL, 0) \
	X(173, IEXPF, "expf", rW, oF, wF, DIS_X_FP) \
	X(174, ISELF, "self", none, none, wMd, 0)
/* clang-format on */

typedef enum DisOpcode {
#define X(num, id, name, src, mid, dst, flags) id = num,
	DIS_OPCODES(X)
#undef X
		DIS_NOPS
} DisOpcode;

/* The kinds of operands, see above. */
typedef enum DisKind {
	DIS_K_NONE,
	DIS_K_B,
	DIS_K_W,
	DIS_K_L,
	DIS_K_F,
	DIS_K_R,
	DIS_K_H,
	DIS_K_P,
	DIS_K_C,
	DIS_K_A,
	DIS_K_LS,
	DIS_K_CH,
	DIS_K_MD,
	DIS_K_DESC,
	DIS_K_SIZE,
	DIS_K_IMP,
	DIS_K_IDX,
	DIS_K_PC,
	DIS_K_FRAME,
	DIS_K_EA,
	DIS_K_MEM,
	DIS_K_VAL,
	DIS_K_ALT,
	DIS_K_TAB,
	DIS_K_ANY,
} DisKind;

/* How an operand is used. An operand's value (DIS_OPD_...) is access | kind; 0 means that there is none. */
enum {
	DIS_ACC_READ = 0x20,	/* value is read */
	DIS_ACC_WRITE = 0x40,	/* value is written */
	DIS_ACC_OPT = 0x80,	/* middle operand may be absent */
	DIS_ACC_ADDR = 0x100,	/* the address is the argument */
	DIS_KIND_MASK = 0x1f,

	DIS_OPD_none = 0,
#define OPD(tok, kind) DIS_OPD_r##tok = DIS_ACC_READ | kind, DIS_OPD_w##tok = DIS_ACC_WRITE | kind, \
	DIS_OPD_u##tok = DIS_ACC_READ | DIS_ACC_WRITE | kind, DIS_OPD_o##tok = DIS_ACC_READ | DIS_ACC_OPT | kind, \
	DIS_OPD_a##tok = DIS_ACC_READ | DIS_ACC_ADDR | kind, DIS_OPD_z##tok = DIS_ACC_WRITE | DIS_ACC_ADDR | kind
	OPD(B, DIS_K_B),
	OPD(W, DIS_K_W),
	OPD(L, DIS_K_L),
	OPD(F, DIS_K_F),
	OPD(R, DIS_K_R),
	OPD(H, DIS_K_H),
	OPD(P, DIS_K_P),
	OPD(C, DIS_K_C),
	OPD(A, DIS_K_A),
	OPD(Ls, DIS_K_LS),
	OPD(Ch, DIS_K_CH),
	OPD(Md, DIS_K_MD),
	OPD(Desc, DIS_K_DESC),
	OPD(Size, DIS_K_SIZE),
	OPD(Imp, DIS_K_IMP),
	OPD(Idx, DIS_K_IDX),
	OPD(Pc, DIS_K_PC),
	OPD(Frame, DIS_K_FRAME),
	OPD(Ea, DIS_K_EA),
	OPD(Mem, DIS_K_MEM),
	OPD(Val, DIS_K_VAL),
	OPD(Alt, DIS_K_ALT),
	OPD(Tab, DIS_K_TAB),
	OPD(Any, DIS_K_ANY),
#undef OPD
};

/* One row of the table as a value; dis_ops[] (dis.h) holds them all. */
typedef struct DisOp {
	const char *name;
	unsigned short src, mid, dst; /* DIS_OPD_... */
	unsigned flags;		      /* DIS_X_... | DIS_F_... */
} DisOp;

#endif
