/*
 * What the files of the code generator share. Nothing else includes this.
 *
 *	gen.c	     the unit: functions in order, module data, links, imports, entry
 *	gen_frame.c  addresses, frame slots and temporaries, descriptors, emitting instructions
 *	gen_data.c   constants and tables in module data, initialisers
 *	gen_expr.c   expressions: where a value is, computing it into a place
 *	gen_cond.c   conditions;  gen_look.c  what is asked about expressions beforehand
 *	gen_make.c   expressions that make objects: tuples, refs, arrays, lists, slices; assignment of patterns
 *	gen_call.c   calls, function references, module values; gen_link.c  link table and import lists
 *	gen_inline.c calls of small functions, replaced by their bodies
 *	gen_stmt.c   statements; gen_case.c  case, pick, alt, exceptions
 *	gen_fixed.c  fixed-point arithmetic
 *	gen_opt.c    jumps, dead code, frame layout
 *
 * Code is produced in one walk over each function. Places are symbolic until the end: an operand names a Slot (in the
 * frame) or an Item (in module data), and offsets are given when all uses are known, the most used nearest to 0,
 * where operands are shortest. The same holds for descriptors, link indices and branch targets.
 */
#ifndef LIMBO_GEN_H
#define LIMBO_GEN_H

#include "limbo/ast.h"

typedef struct Gen Gen;
typedef struct Slot Slot;
typedef struct Item Item;
typedef struct Init Init;
typedef struct Desc Desc;
typedef struct Label Label;
typedef struct Modtype Modtype;
typedef struct Func Func;
typedef struct Handler Handler;
typedef struct Guard Guard;
typedef struct Exit Exit;

/* A type descriptor: size and pointer map. Equal ones are one object. Also the shape of slots and items. */
struct Desc {
	int size;
	int nmap; /* without trailing zero bytes */
	uint8_t *map;
	bool used; /* named by an instruction or table: goes into the object */
	int num;
	Desc *next; /* hash chain */
};

/*
 * A piece of the frame of the function being compiled: a variable or a temporary. Temporaries are taken and given
 * back in stack order (tmp_new, tmp_mark, tmp_release) and used again by shape.
 */
struct Slot {
	Desc *shape;
	int align;
	bool fixed; /* off is given: registers of the frame, arguments */
	bool temp;
	bool owned; /* an argument, or a local of a block that clears it */
	bool dirty; /* written since it was taken (temporary) */
	bool written; /* written by any instruction so far */
	bool keep;  /* used by something else than instructions */
	int off;
	int serial; /* in order of creation */
	int uses;
	int sets;   /* uses other than by being cleared */
	int guard;  /* serial number of the guarded block that last listed it */
	Slot *next; /* all slots of the function, in order of creation */
};

/* A place in the code. */
struct Label {
	int pc;	     /* within the function until it is finished, then within the unit */
	int refs;    /* instructions and tables that name it */
	bool placed;
	bool mark;   /* bounds a range of instructions; nothing jumps to it */
	bool kept;   /* a table or handler names it, or it is an entry: it outlives the function's compilation */
	Label *next; /* all labels of the function */
};

/* A value to be stored in module data when the module is loaded. */
typedef enum Ikind {
	Ibyte,
	Iword,
	Ibig,
	Ireal,
	Istring,
	Ipc,	/* word: place of a label */
	Iarray, /* desc, n, elements */
} Ikind;
struct Init {
	Ikind kind;
	int off; /* in its item, or in the array */
	union {
		int64_t ival;
		double rval;
		Str str;
		Label *label;
		struct {
			Desc *desc;
			int n;
			Init *elems;
			int nelems;
		} array;
	};
};

/* A piece of module data: a variable, constant or table. */
struct Item {
	Desc *shape;
	int align;
	int off;
	bool fixed;  /* data of the interface: off is given */
	bool table;  /* case or goto table: Ipc among its values */
	int uses;
	int serial;
	Decl *decl;  /* variable, or NULL */
	Init *init;
	int ninit, cinit;
	Item *next;  /* all items */
	Item *hnext; /* constants by value */
	int ckind;
	Init key;
};

/*
 * An operand before offsets are known.
 */
typedef enum Akind {
	Anone,
	Aimm,	/* off */
	Afp,	/* slot, off */
	Amp,	/* item, off */
	Aindfp, /* reference or address at slot+off; off2 from there */
	Aindmp, /* reference at item+off; off2 from there */
	Apc,	/* label */
	Adesc,	/* immediate: number of desc */
	Aframe, /* immediate: number of the frame descriptor of fn */
	Aentry, /* immediate: first instruction of fn */
	Alink,	/* immediate: index of member k = off of modtype in its import list */
	Aself,	/* immediate: index of fn in the unit's own link table; off2: 1 for the negative form */
	Aload,	/* immediate: number of the import list of modtype */
	Aown,	/* immediate: number of the import list of the unit's own links */
} Akind;
typedef struct Addr Addr;
struct Addr {
	Akind kind;
	bool fresh;    /* pointers there are nil and belong to no one yet: a new frame or object */
	bool interior; /* Aindfp through the address of an array element or of module data, which nothing counts */
	int off;
	int off2;
	union {
		Slot *slot;
		Item *item;
		Label *label;
		Desc *desc;
		Func *fn;
		Modtype *mod;
	};
};

typedef struct Inst Inst;
struct Inst {
	uint8_t op;
	bool gone;
	bool live;
	int block; /* for the symbol file */
	Src src;
	Addr s, m, d;
};

/*
 * What a finished instruction still lacks: number is what operand a stands for, once all functions are there. Of a
 * branch only a.off counts, the target within the function.
 */
typedef struct Later Later;
struct Later {
	int pc;	    /* within the function */
	int operand; /* 0: source, 1: middle, 2: destination */
	Addr a;
};

/*
 * A function of this unit with a body; Decl.aux of its Dfn. All that the checker found to be reached are compiled, which
 * finds their errors; those that then nothing calls, because each call was replaced by the body, are left out.
 */
struct Func {
	Decl *decl;
	Label *entry;
	Desc *frame;
	DisInst *code; /* when it is compiled: nothing in it refers to slots and labels any more */
	int ncode;
	Later *later;
	int nlater;
	Inst *insts;   /* as they were; only for LimboOptions.symbols */
	int base;      /* pc of the first, when the unit is put together */
	Label *labels; /* those kept; all of them for LimboOptions.symbols */
	Handler *handlers;
	bool done;   /* compiled */
	bool kept;   /* in the object */
	bool active; /* its body is being put into another */
	int small;   /* 0: not known yet, 1: calls can be replaced by the body, -1: no */
	bool exported; /* in the link table though not in the interface */
	int link; /* in the link table, or -1 */
};

/* Module types used through values, one for all that are equal. */
struct Modtype {
	Type *ty;
	Decl **members; /* data sorted by name, then functions sorted by simple name */
	int ndata, nfns;
	bool loaded;   /* there is a load for it */
	bool complete; /* values can cross a module boundary: the whole interface is listed */
	bool data;     /* its data are used */
	bool *used;    /* by function */
	int *index;    /* by function: position in the list */
	int list;      /* number of the list, when loaded */
	Modtype *next;
};

/* An entry of the handler section. */
typedef struct Hlabel Hlabel;
struct Hlabel {
	const char *name;
	uint32_t len;
	int order; /* 0 declared exception, 1 exact string, 2 pattern */
	Label *label;
};
struct Handler {
	Slot *var;
	Label *from, *to;
	Slot **clear;
	int nclear;
	Hlabel *labels;
	int nlabels, nexc;
	Label *wild;
	Func *fn;
	int varoff; /* known when the function is finished */
	Desc *desc;
	bool gone;
	Handler *next;
};

/* A block whose exceptions are handled in this function; collects the pointers that die with it. */
struct Guard {
	int serial;
	Slot **slots;
	int nslots, cslots;
	Guard *outer;
};

/* A statement that can be left or continued. */
struct Exit {
	Node *stmt;
	Label *brk, *cont;
	int nscope; /* locals to keep when going there */
	Exit *outer;
};

/* What stands for an argument in a body that replaces a call. */
typedef struct Inlined Inlined;
typedef struct Bind Bind;
struct Bind {
	Decl *arg;
	Addr at;
};
struct Inlined {
	Func *fn;
	Bind *binds;
	int nbinds;
	Addr dst; /* for the result; Anone if it is not wanted */
	Label *end;
	int depth;
	Inlined *outer;
};

/* Kinds of values: the letter in mnemonics. */
typedef enum Vkind { Vb, Vw, Vl, Vf, Vp, Vm, Vmp } Vkind;

enum {
	CONSTBITS = 13
};

struct Gen {
	Limbo *l;
	DisModule *m;
	bool failed;

	/* module data */
	Item *items, *lastitem;
	int nitems;
	Item *consts[1 << CONSTBITS]; /* hash table of constants */
	Item *nil;  /* a reference that is never set */
	Item *self; /* the unit's own module value, loaded when first needed; or NULL */
	Desc *descs[256];
	struct Typedesc {
		Type *ty;
		Desc *desc;
	} typedescs[251]; /* of types asked for lately, by address */
	int ndescs;

	/* modules */
	Modtype *mods;
	Modtype **modscache;
	int nmodscache, cmodscache;
	int nlists;
	int ownlist; /* number of the list for "$self", or -1 */
	Func **links;	   /* functions in the link table, in order; */
	Decl **linkdecls;  /* their declarations, which give name and signature */
	int nlinks, niface; /* the first niface are the interface's */
	Decl **data;	   /* data of the interface, sorted */
	int ndata;
	bool dotmp; /* .mp is the first link */

	/* code of the unit */
	Func **kept;	/* the functions that are in the object, in the order of the source */
	int nkept;
	Handler *handlers;
	int maxframe;
	bool wide;	/* an operand may not fit, whatever becomes of module data */
	int block;

	/* the function being compiled */
	Func *fn;
	Inst *code;	/* of LimboOptions.symbols: in the end, of the unit */
	int ncode, ccode;
	Later *later;
	int nlater, clater;
	Slot *slots, **lastslot;
	int nslots;
	Slot *ret, *stemp, *dtemp;
	Slot *hidden; /* arguments for bound functions, pairs of module and index; or NULL */
	Label *labels;
	Handler *fnhandlers, **lastfnhandler;
	bool dead; /* control does not get here */
	Src src;
	Slot **free;
	int nfree, cfree;
	Slot **held;
	int nheld, cheld;
	Slot **scope; /* pointer locals of the blocks around, outermost first */
	int nscope, cscope;
	Guard *guard;
	int nguards;
	Exit *exits;
	int loops; /* around the place where code is being put: control may come back to it */
	struct Stub *stubs;
	/* of functions that are finished, to be used again */
	Slot *freeslots;
	Label *freelabels;
	struct {
		void *p;
		size_t size;
	} scratch[4];
	Inlined *inl; /* the call that is being replaced by a body, or NULL */
	Node *recvnode; /* the receive that an alt has done already, and where its value is */
	Addr recvaddr;
};

/* Grows array p (count n, capacity c) so that one more fits. */
#define GROW(g, p, n, c)                                                                                               \
	do {                                                                                                           \
		if ((n) >= (c))                                                                                        \
			(p) = gen_grow((g), (p), (n), &(c), sizeof *(p));                                              \
	} while (0)
void *gen_grow(Gen *g, void *p, int n, int *c, size_t size);
void *gen_scratch(Gen *g, int which, size_t size); /* room that is good until it is asked for again; not cleared */

/* gen_frame.c */
Desc *desc_intern(Gen *g, int size, const uint8_t *map, int nmap);
Desc *desc_of(Gen *g, Type *t);		/* of a value of the type; for Tpick, Tadt: the object */
bool desc_isref(const Desc *d, int off);
typedef struct Map Map; /* a pointer map being made */
struct Map {
	Gen *g;
	uint8_t *p;
	int n; /* bytes up to the last that is not 0 */
	int cap;
};
void map_set(Map *m, int off);
void map_type(Map *m, Type *t, int off);
void map_desc(Map *m, const Desc *d, int off);
Vkind vkind(Gen *g, Type *t);
Slot *slot_new(Gen *g, Desc *shape, int align);
Slot *slot_fixed(Gen *g, int off, Desc *shape);
Slot *slot_var(Gen *g, Decl *d); /* the place of a local or argument */
Addr tmp_new(Gen *g, Type *t);
Addr tmp_shape(Gen *g, Desc *d, int align);
Addr tmp_word(Gen *g);
Addr tmp_ptr(Gen *g);
int tmp_mark(Gen *g);
void tmp_release(Gen *g, int mark);	/* gives back what was taken since; pointers are cleared */
void tmp_drop(Gen *g, int mark);	/* the same without code: whatever they hold is gone or harmless */
void tmp_clear(Gen *g, Slot *s);	/* clears its pointers */
bool tmp_holdsptr(Gen *g, int mark);	/* whether one with pointers was taken since mark */
Addr a_slot(Slot *s, int off);
Addr a_item(Item *it, int off);
Addr a_imm(int v);
Addr a_desc(Desc *d);
Addr a_ind(Addr base, int off);	/* base is Afp or Amp */
Addr a_off(Addr a, int off);	/* the place off bytes further */
Addr a_int(Gen *g, int64_t v);	/* an int as source operand: immediate or constant */
Addr a_mid(Gen *g, int64_t v);	/* an int as middle operand */
Addr a_nil(Gen *g);
bool a_direct(Addr a);
bool a_same(Addr a, Addr b);
bool a_midok(Addr a);
extern const Addr a_none;
void emit(Gen *g, int op, Addr s, Addr m, Addr d); /* nothing where control does not get */
Label *label_new(Gen *g);
void label_place(Gen *g, Label *lb, bool live); /* live: control gets here in any case if it did before (loops) */
void jump(Gen *g, Label *lb);
void branch(Gen *g, int op, Addr s, Addr m, Label *lb);
void move(Gen *g, Type *t, Addr src, Addr dst);
void clear(Gen *g, Addr dst); /* a pointer becomes nil */
Addr into_mid(Gen *g, Type *t, Addr a); /* a, or a temporary copy of it if it cannot be a middle operand */

/* gen_data.c */
Item *item_new(Gen *g, Desc *shape, int align);
void item_init(Gen *g, Item *it, Init in);
Item *item_word(Gen *g, int64_t v);
Item *item_byte(Gen *g, int v);
Item *item_big(Gen *g, int64_t v);
Item *item_real(Gen *g, double v);
Item *item_string(Gen *g, Str s);
Addr const_addr(Gen *g, Node *n);
bool const_is(Node *n); /* a constant that can stand in module data, arrays excluded */
bool const_zero(Node *n); /* such a constant, all of whose bytes are 0 or nil */
void data_global(Gen *g, Decl *d); /* its initial value */
Item *data_array(Gen *g, Node *n, int len); /* item holding the constant array of an Oarrinit */
void data_layout(Gen *g);
void data_write(Gen *g);
int64_t arrinit_len(Node *n); /* constant length, or -1 */

/* gen_expr.c, gen_cond.c, gen_look.c */
#define E_CALL 2 /* contains a call */
#define E_SIDE 4 /* contains a communication or assignment */
unsigned effects(Node *n); /* E_* */
int weight(Node *n);	   /* temporaries that it needs, roughly */
bool reads(Gen *g, Node *n, Addr a, Type *t); /* evaluating n may read the value of type t at a */
bool early(Gen *g, Addr dst); /* dst may be written before the whole expression is evaluated */
bool isplace(Node *n); /* its value is somewhere already: no instruction computes it */
bool indirect(Addr a);
bool uses_slot(Addr a, Slot *s); /* the operand is in the slot or reached through it */
void gen_bool(Gen *g, Node *n, Addr dst); /* the truth of n as 1 or 0 */
#define K_INDEX 1 /* the address is used after something that may release an array */
#define K_LEA 2	  /* its address is taken before that */
Addr gen_addr(Gen *g, Node *n, int keep);  /* where the value is; temporaries stay taken */
void gen_to(Gen *g, Node *n, Addr dst);	   /* computes the value into dst */
void gen_effect(Gen *g, Node *n);	   /* for its effects alone */
void gen_cond(Gen *g, Node *n, bool sense, Label *to); /* goes to `to` if the truth of n is sense */
bool same_var(Node *a, Node *b); /* both are one variable */
Addr gen_name(Gen *g, Decl *d); /* the place of a variable */
Addr gen_stable(Gen *g, Node *n, unsigned later); /* gen_addr, but good after effects `later` */
void gen_pair(Gen *g, Node *l, Node *r, Addr *a, Addr *b);
void gen_pair2(Gen *g, Node *l, Node *r, Addr *a, Addr *b); /* of two alike the right one first, as comparisons have it */
Addr gen_deref(Gen *g, Addr p, int off, int keep); /* the object a pointer refers to */
int const_cond(Node *n); /* 0, 1, or -1: not known */
bool is_nilconst(Node *n);
void gen_recv(Gen *g, Node *n, Addr dst);
/*
 * Receiving from an array of channels stores the index at 0 and the value at 4, or at 8 if it is a big or real; so a tuple whose
 * second member is an 8-aligned aggregate must be received elsewhere: packed_new makes the place, packed_move takes it from there.
 */
bool packed(Gen *g, Type *tuple);
Addr packed_new(Gen *g, Type *tuple);
void packed_move(Gen *g, Type *tuple, Addr src, Addr dst);

/* gen_make.c */
Decl *field_next(Decl *d); /* d, or the first data field after it */
void gen_tuple(Gen *g, Node *n, Addr dst);
void gen_ref(Gen *g, Node *n, Addr dst);
void gen_array(Gen *g, Node *n, Addr dst);
void gen_arrinit(Gen *g, Node *n, Addr dst);
void gen_cons(Gen *g, Node *n, Addr dst);
void gen_list(Gen *g, Node *n, Addr dst);
void gen_slice(Gen *g, Node *n, Addr dst);
void gen_chan(Gen *g, Node *n, Addr dst);
Addr gen_exception(Gen *g, Node *n); /* record of a declared exception */
bool gen_assign(Gen *g, Node *n, Addr *val); /* Oas, Otupas, Osliceas; *val: the new left, if it has one place */
void gen_store(Gen *g, Node *lhs, Addr src, Type *t); /* the value at src to an lvalue or pattern */
int indexop(Vkind k);

/* gen_call.c */
void gen_call(Gen *g, Node *n, Addr dst, bool spawn);
void gen_fnref(Gen *g, Node *n, Addr dst);
Modtype *modtype(Gen *g, Type *t);
void gen_load(Gen *g, Node *n, Addr dst);
Func *func_of(Gen *g, Decl *d);
int member_index(Gen *g, Modtype *m, Type *t, Decl *member); /* in members */
void use_data(Gen *g, Node *n); /* an Omdot of a datum */
const char *member_name(Gen *g, Decl *d); /* "f" or "Adt.f" */

void set_src(Gen *g, Node *n); /* instructions come from n now; in a body that replaces a call, from the call */

/* gen_inline.c */
bool inline_call(Gen *g, Node *n, Func *f, Addr dst); /* false: it must be called */

/* gen_stmt.c */
void gen_function(Gen *g, Func *f);
void gen_stmt(Gen *g, Node *n);
void gen_block(Gen *g, Node *n);
void locals_push(Gen *g, Decl *locals);
void locals_clear(Gen *g, int from); /* clears the pointers of blocks from there on; they stay in scope */
void exit_push(Gen *g, Exit *x, Node *stmt, Label *brk, Label *cont);
void stubs_flush(Gen *g);
void stub_add(Gen *g, Label *from, Label *to, int mark);

/* gen_case.c */
void gen_case(Gen *g, Node *n);
void gen_pick(Gen *g, Node *n);
void gen_alt(Gen *g, Node *n);
void gen_except(Gen *g, Node *n);
void gen_tagcase(Gen *g, Addr tag, Label **labels, int n); /* one label for each value from 0 */
bool assigned(Node *n, Decl *d); /* whether n assigns to variable d */
void guard_slot(Gen *g, Slot *s);

/* gen_fixed.c */
void gen_fixmul(Gen *g, Type *res, Node *l, Node *r, Addr dst);
void gen_fixdiv(Gen *g, Type *res, Node *l, Node *r, Addr dst);
void gen_fixcast(Gen *g, Type *from, Type *to, Addr src, Addr dst);
void gen_fixop(Gen *g, Op op, Type *res, Type *lt, Type *rt, Addr l, Addr r, Addr dst);

/* gen_link.c */
void links_make(Gen *g);   /* the link table, once all functions are generated */
void imports_make(Gen *g); /* what each import list has in it */
void links_write(Gen *g);

/* gen_opt.c */
void opt_function(Gen *g);	     /* jumps and dead code; then offsets of slots, and the frame's descriptor */
void opt_legalise(Gen *g); /* after module data have offsets: operands that the format cannot express */
void opt_recycle(Gen *g);	   /* makes the slots of the function that was compiled last available again */

/* What the symbol file needs after generation. */
typedef struct Symtab Symtab;
struct Symtab {
	Inst *code; /* as in the object */
	int ncode;
	Gen *g;
};

#endif
