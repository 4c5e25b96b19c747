/*
 * The Dis object format as a library: a module in memory, reading, writing, checking, printing and assembling it, and
 * the link signatures. Knows nothing of how modules are executed. The format is described in dis(6).
 *
 * Everything a DisModule points to lives in the module's own pool and is freed with it by dis_free: arrays and strings
 * are never freed one by one, and a caller who builds a module gets its memory from dis_alloc, dis_strdup and the
 * dis_add_* functions. No function prints, none uses global state; a DisModule may be used by one thread at a time.
 */
#ifndef DIS_DIS_H
#define DIS_DIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dis/opcodes.h"

/* First operand of a file. */
#define DIS_XMAGIC 819248 /* plain */
#define DIS_SMAGIC 923426 /* signed */

/* A file must be shorter than this. */
#define DIS_MAXFILE 8388608

/* Other limits of the format. */
#define DIS_MAXMAP 131072           /* bytes in a pointer map */
#define DIS_MAXNAME 128             /* bytes in a module's name, with its final 0 */
#define DIS_MAXNEST 4               /* arrays open at once in the data section */
#define DIS_MINOPERAND (-536870912) /* least and greatest operand: 30 bits */
#define DIS_MAXOPERAND 536870911

/* Runtime flags of the header. */
enum {
	DIS_MUSTCOMPILE = 0x01,
	DIS_DONTCOMPILE = 0x02,
	DIS_SHAREMP = 0x04,
	DIS_DYNMOD = 0x08,    /* never in a file */
	DIS_HASLDT0 = 0x10,   /* obsolete, such files are refused */
	DIS_HASEXCEPT = 0x20, /* handler section present */
	DIS_HASLDT = 0x40,    /* import section present */
};

/* Addressing modes of source and destination, and (shifted) of the middle operand, as in the mode byte. */
enum {
	DIS_AMP = 0,    /* off(mp) */
	DIS_AFP = 1,    /* off(fp) */
	DIS_AIMM = 2,   /* $imm */
	DIS_AXXX = 3,   /* none */
	DIS_AIND = 4,   /* flag: double indirect */
	DIS_AINDMP = 4, /* off2(off1(mp)) */
	DIS_AINDFP = 5, /* off2(off1(fp)) */

	DIS_MXXX = 0x00, /* no middle operand */
	DIS_MIMM = 0x40, /* $imm, 16 bits signed */
	DIS_MFP = 0x80,  /* off(fp), 16 bits unsigned */
	DIS_MMP = 0xc0,  /* off(mp), 16 bits unsigned */
	DIS_MMASK = 0xc0,
};

#define DIS_SRCMODE(mode) (((mode) >> 3) & 7)
#define DIS_DSTMODE(mode) ((mode)&7)
#define DIS_MIDMODE(mode) ((mode)&DIS_MMASK)
#define DIS_MODE(mid, src, dst) ((uint8_t)((mid) | (src) << 3 | (dst)))

/* Offsets in every frame. */
enum {
	DIS_FRAME_LINK = 0,   /* 16 bytes that belong to the machine */
	DIS_FRAME_RET = 16,   /* address of the result */
	DIS_FRAME_STEMP = 20, /* fixed-point constant */
	DIS_FRAME_RTEMP = 24, /* scratch */
	DIS_FRAME_DTEMP = 28, /* fixed-point scale */
	DIS_FRAME_ARGS = 32,  /* first argument */
};

/* Items of the data section. */
enum {
	DIS_DEND = 0,  /* end of section, not an item */
	DIS_DEFB = 1,  /* bytes */
	DIS_DEFW = 2,  /* words */
	DIS_DEFS = 3,  /* a string */
	DIS_DEFF = 4,  /* reals */
	DIS_DEFA = 5,  /* a new array */
	DIS_DIND = 6,  /* go inside an array */
	DIS_DAPOP = 7, /* come out of it */
	DIS_DEFL = 8,  /* bigs */
};

/*
 * An instruction. Operands are kept apart by the mode byte: for off(mp), off(fp) and $imm only src (dst) is used; for
 * the double-indirect modes src is off1, the offset from the register, and src2 is off2, the offset from the reference
 * found there. mid is sign-extended for DIS_MIMM, else 0..65535. Unused fields are 0. op may be any byte: what is no
 * opcode (>= DIS_NOPS) is only an error when executed. Reserved modes 6 and 7 have no operand.
 */
typedef struct DisInst {
	uint8_t op;
	uint8_t mode;
	int32_t mid;
	int32_t src, src2;
	int32_t dst, dst2;
} DisInst;

/* A type descriptor. map[0] bit 7 is the word at offset 0, bit 6 the word at 4, ...; bytes after nmap are zero. */
typedef struct DisType {
	int32_t num;  /* by which instructions name it; with equal numbers the last counts. Look up with dis_type */
	int32_t size; /* bytes */
	int32_t nmap; /* bytes at map */
	uint8_t *map;
} DisType;

/*
 * An item of the data section, in file order; the section is kept as the list that it is, since arrays make the order
 * matter. off is relative to the innermost open array element (opened by DIS_DIND, closed by DIS_DAPOP), outside of
 * arrays to the module data. count is the item's count: of bytes for DEFB and DEFS, of values for DEFW, DEFF, DEFL,
 * 1 by convention for the others.
 */
typedef struct DisData {
	uint8_t type; /* DIS_DEFB ... DIS_DEFL */
	int32_t count;
	int32_t off;
	union {
		uint8_t *bytes; /* DEFB */
		char *str;      /* DEFS: count bytes, any value, and a 0 after them */
		int32_t *words; /* DEFW */
		double *reals;  /* DEFF */
		int64_t *bigs;  /* DEFL */
		struct {
			int32_t desc; /* of the elements */
			int32_t len;
		} array;       /* DEFA */
		int32_t index; /* DIND */
	} u;
} DisData;

/* An exported function, or .mp with pc and desc -1. */
typedef struct DisLink {
	int32_t pc;
	int32_t desc; /* of its frame, or -1 */
	uint32_t sig;
	char *name;
} DisLink;

typedef struct DisImport {
	uint32_t sig;
	char *name;
} DisImport;

/* What one module reference is used for: the list a load instruction names by its number. */
typedef struct DisImports {
	int32_t n;
	DisImport *item;
} DisImports;

typedef struct DisLabel {
	char *name;
	int32_t pc;
} DisLabel;

/* An exception handler; see dis(6) for how labels are searched. */
typedef struct DisHandler {
	int32_t eoff;     /* frame offset of the exception variable */
	int32_t pc1, pc2; /* covers pc1 <= pc < pc2 */
	int32_t desc;     /* references to clear in the frame, or -1 */
	int32_t nexc;     /* the first nexc labels are declared exceptions */
	int32_t nlabels;  /* at most 65535 */
	DisLabel *label;
	int32_t wild; /* pc for *, or -1 */
} DisHandler;

struct DisPool;

/*
 * A module as in its file. Counts and arrays are in file order. Types may be in any order and are found by number with
 * dis_type. A module may be built by hand: dis_new, then set fields and use dis_add_*.
 */
typedef struct DisModule {
	bool issigned; /* file has a signature */
	int32_t nsign; /* bytes at sign */
	uint8_t *sign;
	size_t body; /* offset in the file read of the first byte after the signature: where signed data begin */

	int32_t flags;     /* DIS_MUSTCOMPILE ... */
	int32_t stackext;  /* bytes */
	int32_t datasize;  /* bytes of module data */
	int32_t entrypc;   /* entry function, or -1 */
	int32_t entrydesc; /* its frame, or -1 */

	int32_t ncode;
	DisInst *code;
	int32_t ntypes;
	DisType *type;
	int32_t ndata;
	DisData *data;
	char *name; /* never nil in a module that was read or made by dis_new */
	int32_t nlinks;
	DisLink *link;
	int32_t nimports; /* only if flags has DIS_HASLDT */
	DisImports *import;
	int32_t nhandlers; /* only if flags has DIS_HASEXCEPT */
	DisHandler *handler;
	char *source; /* path of the source, or NULL if the file ends before it */

	int32_t *typeix; /* after reading: index in type by number, -1 if missing; private, use dis_type */
	struct DisPool *pool;
} DisModule;

/*
 * Why something failed. msg is what the user sees; for dis_read exactly one of the texts a loader reports (bad magic,
 * implausible Dis file, bad branch addr, ...). detail says more for tools, or is empty. at is the offset in the file
 * (dis_read) or the line of the text, counted from 1 (dis_assemble).
 */
typedef struct DisError {
	char msg[160];
	char detail[160];
	size_t at;
} DisError;

/* A growable sequence of bytes; { 0 } is an empty one. oom is set, and stays, when memory ran out. */
typedef struct DisBuf {
	uint8_t *p;
	size_t n, cap;
	bool oom;
} DisBuf;

/* The instruction set as an array indexed by opcode. */
extern const DisOp dis_ops[DIS_NOPS];

/* The opcode of a mnemonic, or -1. */
int dis_opcode(const char *name, size_t len);

/* The mnemonic of an opcode byte, or NULL if there is no such opcode. */
const char *dis_opname(unsigned op);

/*
 * Bytes of the value of an operand of this kind: 1, 2, 4 or 8; references, descriptors and the like are words of 4.
 * 0 if the kind does not tell (DIS_K_MEM, ...).
 */
unsigned dis_kindsize(DisKind kind);

/* Whether values of this kind are counted references. */
bool dis_kindref(DisKind kind);

/* object.c: the module in memory */

/* A new empty module: name "", entry -1, flags DIS_HASLDT. NULL if out of memory. Free with dis_free. */
DisModule *dis_new(void);

/* Free a module and all that belongs to it. m may be NULL. */
void dis_free(DisModule *m);

/* n zeroed bytes from the module's pool, 8-aligned; NULL if out of memory. n may be 0. */
void *dis_alloc(DisModule *m, size_t n);

/* A copy of n bytes in the module's pool, followed by a 0. NULL if out of memory. */
char *dis_strndup(DisModule *m, const char *s, size_t n);
char *dis_strdup(DisModule *m, const char *s);

/*
 * Append to the module's arrays (which must have been made by dis_read or by these functions). Each returns the new
 * element, zeroed but for what is given, valid until the next append to the same array; NULL if out of memory. Strings,
 * maps and data are copied into the pool.
 */
DisInst *dis_add_inst(DisModule *m, const DisInst *in);
DisInst *dis_add_code(DisModule *m, int32_t n); /* n instructions at once: the first of them */
DisType *dis_add_type(DisModule *m, int32_t num, int32_t size, const uint8_t *map, int32_t nmap);
/* data: count values of the type's own C type (DEFB bytes, DEFW int32_t, DEFS chars, DEFF double, DEFL int64_t). */
DisData *dis_add_data(DisModule *m, int type, int32_t off, int32_t count, const void *data);
DisData *dis_add_array(DisModule *m, int32_t off, int32_t desc, int32_t len);
DisData *dis_add_ind(DisModule *m, int32_t off, int32_t index);
DisData *dis_add_apop(DisModule *m);
DisLink *dis_add_link(DisModule *m, int32_t pc, int32_t desc, uint32_t sig, const char *name);
DisImports *dis_add_imports(DisModule *m);
DisImport *dis_add_import(DisModule *m, DisImports *list, uint32_t sig, const char *name);
DisHandler *dis_add_handler(DisModule *m);
DisLabel *dis_add_label(DisModule *m, DisHandler *h, const char *name, int32_t pc);

/* The descriptor with that number, or NULL. */
const DisType *dis_type(const DisModule *m, int32_t num);

/* Whether the word at byte offset off (a multiple of 4) of t is a reference. */
bool dis_isref(const DisType *t, int32_t off);

/* read.c, write.c: files */

/*
 * Read an object file of n bytes. All that can be told from the bytes alone is checked, in the order of the file, so
 * that err->msg is the text with which a load of that file fails. On success the module is complete and may be
 * trusted to this extent: every count is true; branch targets (where DIS_F_CHKPC) are instructions; type numbers are
 * 0..ntypes (a descriptor numbered ntypes is tolerated but dis_type never finds it: size no table by num without a
 * check), sizes not negative, while maps may mark words behind the size; if datasize is not 0, descriptor 0 exists and
 * has this size; data items lie inside module data or inside the array they name, arrays have existing descriptors,
 * references are stored at multiples of 4, and DIND and DAPOP nest at most DIS_MAXNEST deep. Nothing is promised about
 * other operands, pcs in handlers, links and tables, or opcodes: see dis_check. Signatures are skipped, not verified.
 * Files longer than DIS_MAXFILE-1 are refused. Bytes after the source path are ignored. NULL on error; free the module
 * with dis_free.
 */
DisModule *dis_read(const uint8_t *p, size_t n, DisError *err);

/*
 * Append the module as an object file to b, all operands in shortest form. Reading a file in shortest form and writing
 * it gives the same bytes. False, with err set, if a value cannot be expressed (an operand of more than 30 bits, a
 * middle operand of more than 16), the file would be longer than dis_read takes, or memory ran out.
 */
bool dis_write(const DisModule *m, DisBuf *b, DisError *err);

/*
 * Decode an operand at p (before end). Returns its length in bytes (1, 2 or 4), or 0 if it does not end before end.
 */
int dis_getoperand(const uint8_t *p, const uint8_t *end, int32_t *v);

/* Encode v in shortest form at p (room for 4). Returns the length, or 0 if v needs more than 30 bits. */
int dis_putoperand(uint8_t *p, int32_t v);

/* Append to a buffer; false if memory ran out. dis_buffree frees what it holds and makes it empty. */
bool dis_bufput(DisBuf *b, const void *p, size_t n);
void dis_buffree(DisBuf *b);

/* check.c */

/*
 * Check what a load does not: that opcodes exist and have operands of the kinds their table row shows, numbers of
 * descriptors, import lists and instructions (in instructions, links, handlers, entry) are in range, offsets lie within
 * module data, maps within their types, handler ranges are sane. Everything a compiler writes passes. The data section
 * is left to dis_read. False with err set (at: the number of the instruction or other element) at the first violation.
 */
bool dis_check(const DisModule *m, DisError *err);

/* print.c, asm.c: text */

/*
 * The text of one instruction: mnemonic, a tab, and operands separated by commas, e.g. "addw\t$1,32(fp),0(16(fp))".
 * Writes at most n bytes, always 0-terminated if n > 0; returns the length that the whole text has (as snprintf).
 * DIS_INSTTEXT bytes are always enough.
 */
#define DIS_INSTTEXT 160
int dis_printinst(const DisInst *in, char *buf, size_t n);

/*
 * Print the module as assembly text, which dis_assemble turns back into the same module. note, if not NULL, may give a
 * one-line remark for the instruction pc (NULL for none), which is printed as a comment behind it; the caller keeps
 * the string. False if the output failed (ferror).
 */
bool dis_print_asm(FILE *f, const DisModule *m);
bool dis_print_asm_notes(FILE *f, const DisModule *m, const char *(*note)(void *arg, int32_t pc), void *arg);

/*
 * Single sections for people to read, with headings; none of it is meant for dis_assemble. dis_print_sizes shows the
 * header, and entries and bytes of each section.
 */
void dis_print_sizes(FILE *f, const DisModule *m);
void dis_print_code(FILE *f, const DisModule *m);
void dis_print_types(FILE *f, const DisModule *m);
void dis_print_data(FILE *f, const DisModule *m);
void dis_print_links(FILE *f, const DisModule *m);
void dis_print_imports(FILE *f, const DisModule *m);
void dis_print_handlers(FILE *f, const DisModule *m);

/*
 * Assemble n bytes of text (any bytes). NULL with err set (at: the line) on error. The module may then be written; it
 * has not passed the checks of dis_read.
 */
DisModule *dis_assemble(const char *text, size_t n, DisError *err);

/* sig.c: link signatures */

/* The signature of an encoded type, e.g. "f(i)i" gives 0xe67bf126; the encoding is described in dis(6). */
uint32_t dis_sig(const char *encoded, size_t n);

/* The MD5 digest of n bytes, for whoever needs one where no cryptographic library is at hand. */
void dis_md5(const void *p, size_t n, uint8_t digest[16]);

#endif
