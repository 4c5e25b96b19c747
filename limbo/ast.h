/*
 * What the passes of the compiler share: the syntax tree, types, declarations, and who does what.
 *
 *	lex.c	   text -> tokens; input.c  files, include, #line, places
 *	parse*.c   tokens -> tree (Unit); no names are looked up; every name is an Oname or a Tname
 *	names.c    scopes and symbol tables
 *	decl.c	   declarations: every Decl gets its type, constants their values, types are completed; cycles.c
 *	expr.c	   expressions get types; assign.c, construct.c, call.c for some kinds of them
 *	lower.c	   checked trees are rewritten into the forms listed at Op below
 *	stmt.c	   statements and function bodies; arms.c  case, alt, pick, handlers
 *	flow.c	   whether a function's end is reached; which functions are needed
 *	fold.c	   constant arithmetic
 *	poly.c	   type parameters: inference, instantiation, bounds
 *	edit.c	   answers for editors: names, where they are declared, which could stand in a place
 *	unit.c	   the unit: names of module level, interfaces, initial values, definitions
 *	types.c	   equality, acceptance, layout
 *	print.c	   expressions and types as diagnostics show them
 *	sig.c	   link signatures
 *	gen*.c	   Dis code from the checked tree
 *	sbl.c	   symbol files;  iface.c  the listings -t -T -a
 *	main.c	   the command
 *
 * Memory: everything is allocated with lalloc from the context and lives as long as it does. Nothing is freed
 * singly. Strings are (pointer, length) where they may hold NUL, interned Sym where they are names.
 *
 * Errors: lerror reports and counts; a pass goes on with type `l->terror`, which silences what depends on it.
 *
 * What the parser hands over:
 *  - Unit.tree: cells (Oseq) of Odecl, Ofn, Oimport, and Oexpr over Oas or Odas for `x = e;` and `x := e;` at top level.
 *    Includes have been expanded in place and leave no node.
 *  - Odecl: decls in order, linked by next. `a, b: T = e`: kind Dglobal at top level, Dlocal elsewhere; the names share the Type; e is
 *    the node's left. `con e`: each Dconst has a copy of e of its own in init, and its iota; left is NULL. `type`, `adt`, `module`: Dtype; a Tadt
 *    or Tmodule has its (first) Decl in ty->decl. `exception(..)`: Dexcept with a Texcept, ids t0, t1, ...
 *  - members: Dfield (data), Dfn (a member of plain fn type; ty->decl is the Decl), Dconst (init, iota), Dtype, Dexcept; Decl.dot is
 *    the adt's or module's Decl. Pick tags: Dtag (tag numbered) in Tadt.tags, each with a Tpick of its own (decl the tag, tof the adt, ids
 *    its own copies of the fields).
 *  - Ofn: decl (Dfn, sym the last name, ty a Tfn whose decl is it, ty->polys the last name's parameters, init the body), left the
 *    body; third: what stands before the last dot (Oname, or Odot over them) or NULL. A component's own `[T, U]` are that node's decls (Dpoly).
 *  - formals: Darg; `self` sets isself on the Darg and on the Dfn (no Tself is made); `nil` sets unnamed.
 *  - raises: hasraises; eraises is a chain of cells (NULL for `raises nil`).
 *  - Oimport: decls (Dimport), left Oname.
 *  - `nil` is Oconst of tnil; on the left of = and := (alone or within tuples) it is Onil.
 *  - `.` and `->` nest to the left: m->a.f is Odot(Omdot(m, a), f); both carry sym.
 *  - x[i] is Oindex. What can only be type arguments (x[string], x[T, U], x[cyclic T]) is Oinst; a single argument that is an
 *    expression too (x[T], x[ref T]) stays Oindex: node_totype(l, node) turns any such expression into the parsed Type.
 *  - casts: Ocast with ty as parsed, when written `T e`; T(e) is Ocast for the basic types and Ocall for names.
 *  - `load M e`: sym M, left e. `ref A(..)`: Oref over Ocall. Oarray, Ochan: ty is the whole array or chan type as parsed.
 *  - `pick x := e`: decl a Dlocal for x, left e. exception statement: decl a Dlocal or NULL. break, continue: sym and label
 *    are the label. A labelled statement starts (src) at its label.
 *  - Oarm.left: Oseq chain of expressions, Orange, Ostar (pick: Oname, Ostar); Oarm.right an Oblock.
 *  - no path in the tree is deeper than Limbo.maxdepth (Node.height), where the cells of one list count once.
 */
#ifndef LIMBO_AST_H
#define LIMBO_AST_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include "limbo/limbo.h"

typedef struct Sym Sym;
typedef struct Type Type;
typedef struct Decl Decl;
typedef struct Node Node;
typedef struct Scope Scope;
typedef struct Unit Unit;
typedef struct Bound Bound;
typedef struct Str Str;

/* A place: absolute line over all text read (each line of each file read gets its own number), byte column from 0. */
typedef struct Pos Pos;
struct Pos {
	int line; /* 0: no place */
	int col;
};
typedef struct Src Src;
struct Src {
	Pos start;
	Pos stop; /* just after the last character */
};

struct Str {
	const char *s; /* UTF-8, may contain NUL bytes; not necessarily terminated */
	uint32_t n;    /* bytes */
};

/* An interned name: equal names are the same Sym of the context. */
struct Sym {
	const char *name; /* terminated */
	Sym *next;   /* hash chain */
	uint32_t hash;
	uint32_t len;
	int token;   /* keyword token, or 0 */
	Decl *decl;  /* innermost declaration in scope now (names.c) */
	Decl *label; /* innermost label of that name (stmt.c) */
};

/* ------------------------------------------------------------------ types */

typedef enum Tkind {
	Terror,	 /* after a diagnostic: silences */
	Tnone,	 /* no value: result of a procedure */
	Tnil,	 /* type of nil */
	Tint,
	Tbig,
	Tbyte,
	Treal,
	Tstring,
	Tfixed,	 /* scale, max; fixunit after checking */
	Ttuple,	 /* ids: members t0, t1, ... */
	Tadt,	 /* decl; ids: data fields then (in fns, consts) the rest; tags: pick variants; polys */
	Tpick,	 /* a variant: decl is the tag (Dtag), tof the adt, ids the variant's own fields */
	Tref,	 /* tof */
	Tarray,	 /* tof */
	Tlist,	 /* tof */
	Tchan,	 /* tof */
	Tfn,	 /* ids: arguments (Darg); tof: result; varargs; polys; eraises */
	Tmodule, /* decl; ids: all members */
	Tpoly,	 /* a type parameter: decl (Dpoly), bounds */
	Texcept, /* a declared exception: ids: arguments as tuple members */
	/* as parsed, gone after checking */
	Tname,	 /* id: a type by name */
	Tdot,	 /* tof . id : pick variant */
	Tarrow,	 /* tof -> id : type of a module; tof may be a Tname that is a variable */
	Tinst,	 /* tof [ targs ] */
	Tself,	 /* `self`: formal's type follows in tof (Tref or name) */
	NTKIND
} Tkind;

/*
 * A type. Types are compared by structure (types_equal), never by pointer. Two Type objects may describe one
 * type; an adt, module or pick type declared once has one Type, reached through its Decl.
 */
struct Type {
	Tkind kind;
	Src src;
	Type *tof;
	Decl *decl;    /* the declaration that named it, for Tadt Tpick Tmodule Tpoly; else NULL or a synonym for printing */
	Decl *ids;     /* members, in declaration order (linked by next) */
	Decl *tags;    /* Tadt: pick tags in order, each a Dtag whose ty is a Tpick */
	int npicks;    /* Tadt as parsed: pick { } blocks; more than one is an error */
	Decl *afterpick; /* Tadt as parsed: first data field declared after a pick block: an error */
	Decl *polys;   /* Tfn, Tadt: own type parameters, Dpoly in order; for an instantiation see targs */
	Type **targs;  /* instantiated adt: actual types, one per parameter; also parsed Tinst arguments */
	int ntargs;
	Type *generic; /* instantiated adt: the polymorphic adt it was made from; its ids/tags are substituted copies */
	Type *insts;   /* poly.c: list of a generic adt's instances, linked through the same field */
	Bound *bounds; /* Tfn, Tadt as declared: `for { T => ... }`; Tpoly: its own functions in ids */
	bool varargs;  /* Tfn: `*` */
	bool cyclic;   /* `cyclic` in a type argument */
	bool hasraises;
	Node *eraises; /* Tfn: raises clause: list of names (checked: Oname with a Dexcept decl) */
	Node *scale;   /* Tfixed as parsed */
	Node *max;
	double unit;   /* Tfixed: effective scale */
	Sym *id;       /* Tname, Tdot, Tarrow */
	/* layout, types.c: valid after types_size */
	int size;
	int align;
	bool sized;
	bool checked;  /* declaration completed (decl.c) */
	bool checking; /* being completed: finds cycles */
	bool sizing;   /* being laid out: stops at illegal cycles */
	int8_t ptrs;   /* types_hasptr: 0 not known, 1 no, 2 yes */
	Decl **members; /* Tmodule: cache of types_members once checked */
	int nmdata;
	int nmfns;
	void *mtab;    /* names.c: members by name, made when there are many */
	int mark;      /* scratch of the checker's walks */
	int weight;    /* size written out in full, adts by name (decl.c: type_weigh); 0: 1 */
	bool instof;   /* scratch of equality and signatures */
	int eqmark;
	uint32_t sig;
	bool sigok;
};

/* `T, U => f: fn(...); g: fn(...);` in a bounds clause. */
struct Bound {
	Decl *names; /* the parameters, as parsed: Dunbound with sym only */
	Decl *fns;   /* Dfield with fn types */
	Bound *next;
};

/* ----------------------------------------------------------- declarations */

typedef enum Dkind {
	Dunbound, /* a name not (yet) known */
	Dundef,	  /* reported as undeclared: silences */
	Dtype,	  /* ty is the type; adts, modules and synonyms */
	Dconst,	  /* init is the folded value (Oconst, or Otuple of them) */
	Dglobal,  /* variable of the implementation, or data member of an implemented module (then `inmodule`) */
	Dlocal,
	Darg,
	Dfn,	  /* function or method: ty is a Tfn */
	Dfield,	  /* member of adt, pick, tuple, exception; or data member of a module type not implemented here */
	Dtag,	  /* pick tag: tag number; ty the Tpick */
	Dpoly,	  /* type parameter */
	Dexcept,  /* exception declaration: ty is a Texcept; excname its unique name */
	Dimport,  /* name imported from module value or type: dot is the Decl of that variable/type, target the member */
	Dlabel
} Dkind;

struct Decl {
	Dkind kind;
	Sym *sym;
	Src src;
	Type *ty;
	Decl *next;    /* next in the list it belongs to (ids, locals, globals) */
	Decl *old;     /* what it hides, names.c */
	Scope *scope;
	Decl *dot;     /* adt or module it is a member of (Dtype), or for Dimport the module variable or type */
	Decl *target;  /* Dimport: the member itself */
	Node *init;    /* initialiser; constant value; for Dfn the body (Obody) after parsing */
	bool isself;   /* Darg: self;	Dfn: first argument is self */
	bool cyclic;   /* Dfield: `cyclic` */
	bool inmodule; /* member of an implemented module's interface */
	bool implicit; /* made by := in an expression */
	bool unnamed;  /* argument `nil` */
	int refs;      /* mentions */
	int tag;       /* Dtag: number; Dlocal: nesting depth of its block */
	int iota;      /* Dconst: position in its list */
	bool checked;
	bool checking;
	bool falls;    /* Dfn: control can reach the end of its body */
	bool defined;  /* Dfn: has a body;  Dglobal: has been assigned by `x = e;` */
	bool reached;  /* Dfn: referenced from emitted code, or exported (stmt.c marks) */
	bool exported; /* Dfn: a reference to it is taken (ref fn, poly bounds): must be in the link table */
	const char *excname; /* Dexcept: "X.init.1.E" */
	/* Dfn, after checking */
	Decl *locals;  /* all locals of the body, in order of declaration */
	Decl *bnext;   /* Dlocal: the next local declared directly in the same block; the first is the block's `decls` */
	Decl *instance; /* names.c: on an adt's Decl, the import (Dimport) in scope that supplies the module for its methods */
	/* layout: fields and arguments have it after types_size of their container; the rest is gen's */
	int offset;
	int pc;	    /* Dfn: first instruction */
	int linkno; /* gen: index in an import or link table */
	int desc;   /* gen: frame descriptor */
	Decl *implied; /* Dfn of an implementation: the declaration in the interface it implements, or NULL */
	void *aux;  /* gen's */
};

/* ------------------------------------------------------------------- tree */

/*
 * Operators. "P" after a name: made by the parser only, gone after checking. "C": made by the checker only.
 *
 * What the checker guarantees for every expression node after it has run without error:
 *  - ty is set, complete and sized; constants are folded into Oconst (scalar, string) or Otuple/Oarray of constants;
 *  - names: Oname with decl of kind Dlocal, Darg, Dglobal or Dfn (own function). A name imported from a module
 *    variable has become Omdot(Oname variable, decl = member). Constants have been replaced by their values.
 *  - Omdot: `m->x`: left is the module value (an expression of Tmodule), decl the member (Dfield: data; Dfn: function
 *    or adt method, as declared in left's module type).
 *  - Odot: `x.f`: left an adt/tuple/pick value that is addressable or an rvalue, never a ref: an implicit dereference
 *    has been made explicit as Oderef. decl is the Dfield. Methods never remain as Odot.
 *  - Ocall: left is Oname(Dfn) | Omdot(.., Dfn) | an expression of type ref fn; right the argument list
 *    (Oseq chain, NULL-terminated through right), `self` argument included first; hidden the bound functions.
 *  - Ofnref: left is Oname(Dfn) or Omdot(.., Dfn); type Tref of Tfn.
 *  - Oconstr Otuple with ty Tadt/Tpick/Ttuple: all data members in order (for Tpick: common fields, then its own; the tag
 *    is not among them).
 *  - implicit changes of representation do not exist in Limbo: tuple and adt of like members are laid out alike, and
 *    nil is Oconst of type Tnil or of the wanted type with no string. So assignment never needs a conversion.
 *  - comparison etc. have operands of one type; a string constant "" or nil compared with a string is an empty string.
 *  - Odecl nodes of non-variables are gone (Oskip); a declaration with initialiser has become Oexpr of Oas (or Otupas) into the
 *    local: `a, b: T = e` is a = (b = e). One without initialiser stays Odecl (decls) only as a mark that does nothing.
 *  - `nil = e` has become e. A discarding leaf inside a pattern is Onil.
 *  - calls of own functions: the Oname's decl is the Dfn with the body (in Unit.fns), whose `implied` is the declaration in the
 *    interface or adt; that declaration's `target` is the Dfn with the body.
 *  - T.f of a bound, called or taken as reference inside a polymorphic function: Oname whose decl is the bound's Dfield.
 *  - Opickst: decl is the one variable (a Dlocal, of type ref to the whole adt); arms' decl is the same; in an arm its Onames have
 *    the arm's type.
 *  - Oexcept: decl is a Dlocal of type Texcept (always there), which holds the string or the record. In arms, its Onames have type
 *    string (string arms) or Texcept (raise e; mixed arms) or ref to the exception's Texcept under Oderef: the arguments are
 *    Odot(Oderef(Oname), decl a Dfield with offset 8 and as type the argument, or the tuple of arguments).
 *    A qualifier that is a declared exception is an Oname with the Dexcept.
 *  - Oraise: left is of type string, or an Oname of a handler's variable (re-raise), or an Otuple with ty Texcept and decl the Dexcept,
 *    left its arguments: the record to build.
 *  - Ocast between types that accept one another is gone: its operand took the type.
 *  - Omul, Odiv of fixed types: the operands' own types may differ from the result's (and be other fixed types).
 */
typedef enum Op {
	Oerror,
	/* leaves */
	Oconst,	  /* ty Tint Tbig Tbyte Tfixed: ival; Treal: rval; Tstring: str; Tnil or any pointer type: nil */
	Oname,	  /* sym; decl */
	Onil,	  /* P in patterns: a place that discards; after checking stays as a pattern leaf `nil` */
	Ostar,	  /* `*` as qualifier */
	/* unary: left */
	Oneg, Onot, Ocomp, Oplus /* P */, Oderef /* *p */,
	Opreinc, Opredec, Opostinc, Opostdec,
	Orecv,	  /* <-c; left chan, or array of chan (then ty is the tuple (int, T)) */
	Ohd, Otl, Olen,
	Oref,	  /* ref e: left: Otuple (constructor), a value to copy, or NULL with ty ref A for `ref A` */
	Otagof,	  /* left a ref to a pick adt */
	Ocast,	  /* left converted to ty */
	Oload,	  /* left: path; ty: Tmodule. P: sym is the module's name in `load M e` */
	/* binary: left, right */
	Oadd, Osub, Omul, Odiv, Omod, Oexp, Oand, Oor, Oxor, Olsh, Orsh,
	Oeq, One, Olt, Ole, Ogt, Oge,
	Oandand, Ooror,
	Ocons,	  /* left :: right */
	Oas,	  /* left = right; value is the new left. left may be a pattern: see Otupas */
	Oaddas, Osubas, Omulas, Odivas, Omodas, Oexpas, Oandas, Ooras, Oxoras, Olshas, Orshas,
	Odas,	  /* P := ; the checker makes Oas/Otupas and declares */
	Otupas,	  /* C  pattern = e: left is Otuple of lvalues, Onil and nested Otuple */
	Osend,	  /* left <-= right */
	Oindex,	  /* left[right]: array element (lvalue) or string element */
	Oslice,	  /* left[right:third]; right, third may be NULL */
	Osliceas, /* C  left (an Oslice with third NULL) = right */
	Oinds,	  /* C  string element as lvalue or rvalue: left string, right index. Assignments to it are Oas etc. on it */
	Odot,	  /* left . sym; decl */
	Omdot,	  /* left -> sym; decl */
	Ocall,	  /* left(right) */
	Ofnref,	  /* C */
	Otuple,	  /* left: Oseq chain of members; ty Ttuple, or Tadt/Tpick for constructors */
	Oarray,	  /* array[left] of ty.tof, uninitialised */
	Oarrinit, /* array[left] of { right }: right is an Oseq chain of Oelem; C: left is always set (a constant) unless given */
	Oelem,	  /* left: NULL-terminated Oseq chain of qualifiers or NULL for "next index" (C: always given: Oconst, Orange, Ostar); right: value */
	Olistinit,/* P? list of { right }: C keeps it: Oseq chain of elements */
	Ochan,	  /* chan of ty.tof; left: size or NULL */
	Orange,	  /* left to right */
	Oinst,	  /* P left[ targs ]: a name with type arguments in an expression; targs in ty->targs */
	Otype,	  /* P a type in an expression position (cast target, adt name); C: gone */
	Oparen,	  /* P parentheses around one expression, kept for diagnostics; C: gone or transparent */
	/* lists and statements */
	Oseq,	  /* a cell of a list: left the element, right the next cell or NULL */
	Oblock,	  /* { left: Oseq chain of statements }; a scope. C: locals declared directly in it start at `decls`, linked by Decl.bnext
			(an arm's guard or pick variable belongs to the arm's body). A function's outermost block: the same, without its arguments */
	Oexpr,	  /* left ; */
	Odecl,	  /* P declaration statement: decls (linked by next), left: initialiser or NULL */
	Oskip,	  /* ; */
	Oif,	  /* cond left; right then; third else or NULL */
	Ofor,	  /* init in left; cond third; post in fourth; body right. while: left = fourth = NULL */
	Odo,	  /* body right, cond left */
	Ocase, Oalt, Opickst, /* subject left (not alt); right: Oseq chain of Oarm. Opickst: decl the pick variable */
	Oarm,	  /* left: Oseq chain of qualifiers (Oconst, Orange, Ostar, guard expressions, names of tags); right: body Oblock; decl: pick variable of this arm */
	Oexcept,  /* { left block } exception decl { right: Oseq chain of Oarm } ; each handler its own exception variable decl */
	Obreak, Ocontinue, /* C: target points at the statement left or continued */
	Oreturn,  /* left or NULL */
	Oexit,
	Oraise,	  /* left or NULL(re-raise: C fills in the handler's variable) */
	Ospawn,	  /* left: Ocall */
	/* top level, P only */
	Ofn,	  /* function definition: decl, body left, third: qualifier (see the top) */
	Oinclude, /* already expanded: records what was read */
	Oimport,  /* decls imported from left */
	NOP
} Op;

/*
 * There are about six nodes to a line of source, and time goes where memory does: what never occurs together shares its place. So
 * whoever walks a tree without looking at operators takes the third child from node_third; and a cell (Oseq) ends before decl.
 */
struct Node {
	uint8_t op;	 /* Op */
	uint8_t flags;	 /* checker's and gen's own */
	uint16_t height; /* parser: of the tree below, see Limbo.maxdepth */
	union {
		int nbreaks; /* statements: times a break leaves this one (for reachability) */
		int ndecls;  /* Odecl: checker: how many of decls are to be given the value */
		int temps;   /* expressions; gen: temporaries needed */
	};
	Src src;
	Type *ty;
	Node *left;
	Node *right;
	Decl *decl;
	union {
		Sym *sym;
		Sym *label;  /* loops, case, alt, pick: label or NULL; break, continue */
		size_t room; /* Oconst with Froom */
	};
	union {
		/* Oconst */
		int64_t ival;
		double rval;
		Str str;
		struct {
			union {
				Node *third;
				Node *target; /* Obreak, Ocontinue */
				void *aux;    /* Oarm: gen's */
			};
			union {
				Node *fourth; /* Ofor */
				Node *hidden; /* Ocall of a polymorphic function: Oseq chain of Ofnref-like nodes (Oname/Omdot with
						 Dfn, or Oname of a hidden bound argument: decl = the bound's Dfield) in the
						 order of the hidden arguments, dis(6) */
				Decl *decls;  /* Odecl, Oblock: declarations; Oname, Odot before a function's name: type parameters */
			};
		};
	};
};

static inline Node *
node_third(const Node *n)
{
	switch (n->op) {
	case Oif:
	case Ofor:
	case Oslice:
	case Ocall: /* its `self`, until it is lowered */
		return n->third;
	default:
		return NULL;
	}
}

/* A parsed and checked unit. */
struct Unit {
	Sym **impls;	/* names after `implement` */
	int nimpls;
	Node *tree;	/* Oseq chain of top-level nodes, in order */
	/* after checking */
	Decl **modules; /* the implemented module types' declarations (Dtype), nimpls of them */
	Decl *globals;	/* all Dglobal with storage, in order; members of the interface included */
	Decl **fns;	/* all functions with a body, in source order */
	int nfns;
	Decl **ifacefns; /* functions of the implemented interface (methods too), in link order (by simple name): interface Decl */
	int nifacefns;
	Decl *ifacedata; /* data members of the interface, sorted by name (their Dglobal, linked by aux if needed) */
	Str *files;	/* for .sbl: base names in order of first appearance */
	int nfiles;
};

/* The context. Passes may keep private state behind the void pointers. */
struct Limbo {
	LimboOptions o;
	Unit unit;
	int nerrors;
	int nwarnings;
	bool toomany;
	bool fatal;	/* lfatal was called: give up soon, there will be no output */
	bool syntaxonly;
	const char *advice; /* hint for the next diagnostic; NULL: what diag_hint finds in its text */
	int maxdepth;	/* how deep a tree may be; every pass may recurse so deep (the stack is made for it, api.c) */
	Type *terror, *tnone, *tnil, *tint, *tbig, *tbyte, *treal, *tstring; /* shared basic types */
	DisModule *module; /* api.c: the result, freed with the context */
	void *mem;	/* lalloc */
	jmp_buf *giveup; /* api.c: where lalloc goes when there is no more memory; NULL when no pass is running */
	void *lex;	/* lex.c: input stack, line table */
	void *names;
	void *check;
	void *gen;
	void *edit;	/* NULL unless LimboOptions.editor */
};

/* ------------------------------------------------- services (util.c, lex.c) */

void *lalloc(Limbo *l, size_t n);			 /* zeroed, 8-aligned; a failed allocation is a fatal error of the unit and does not return */
Sym *lsym(Limbo *l, const char *s, size_t n);		 /* intern */
Str lstr(Limbo *l, const char *s, size_t n);		 /* copy */
char *lprintf(Limbo *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Node *mknode(Limbo *l, Op op, Src src, Node *left, Node *right);
Type *mktype(Limbo *l, Tkind k, Src src, Type *tof);
Decl *mkdecl(Limbo *l, Dkind k, Sym *s, Src src, Type *t);

/*
 * Diagnostics at a place. The text follows printf; expressions and types are formatted first with exprtext/typetext.
 * A place with line 0 means where the scanner stands, and the message names the last token (``near ` EOF ` : ...``).
 * lfatal: an internal limit ("fatal limbo compiler error: ..."): counts as an error, silences all others; the caller goes on or returns.
 */
void lerror(Limbo *l, Pos at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void lwarn(Limbo *l, int level, Pos at, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void lfatal(Limbo *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool diag_known(const char *name); /* a name of another language, or of the library, for which diag_hint has advice of its own */
/* Whether a may be a slip of the pen for b: hint.c. Both are terminated. */
bool diag_alike(const char *a, const char *b);
const char *posname(Limbo *l, Pos p); /* "file:line" as "on line <L>" prints it */
int posmain(Limbo *l, Pos p); /* line in the main file: p's own, or that of the include through which p came */
void poswhere(Limbo *l, Pos p, const char **file, int *line, int *col); /* real file and line (for .sbl and editors) */

/* Shortest text that reads back as the real, the way Limbo prints it: ".5", "1e+20" (util.c). buf has room for 32. */
char *realtext(double d, char *buf);

/* parse.c: an expression tree that denotes a type (Oname, Odot, Omdot, Oindex, Oinst, Oref, Ochan, Otuple, Oparen, Otype) as
   the parsed type; NULL if it cannot be one. */
Type *node_totype(Limbo *l, Node *n);
Node *node_copy(Limbo *l, Node *n); /* deep copy of a parsed expression */

/* lex.c + parse.c: reads and parses the file into l->unit (tree, impls, files). 0, or -1 after errors. */
int parse_unit(Limbo *l, const char *name);

/* check: declarations, expressions, statements of the unit. 0, or -1 after errors. */
int check_unit(Limbo *l);

/* gen: the module, or NULL after errors (missing returns, limits). */
DisModule *gen_unit(Limbo *l);
void gen_abandon(Limbo *l); /* frees what is not in the context's memory, when gen_unit did not return */
const char *gen_note(Limbo *l, int pc); /* option -G: "file:line: name ..." of an instruction, or NULL; memory of the context */

/* ------------------------------------------------------------- types.c */

bool types_equal(Limbo *l, Type *a, Type *b);	/* structural, coinductive */
bool types_accept(Limbo *l, Type *dst, Type *src); /* assignment: dst accepts src */
bool types_isptr(const Type *t);		/* one counted reference word: string ref array list chan module poly exception nil */
bool types_hasptr(Limbo *l, Type *t);		/* contains any */
int types_size(Limbo *l, Type *t);		/* size in bytes; sets size, align, and offsets of members (tuple, adt, pick, exception from 8) */
/*
 * Sets the offsets of the arguments, from 32; then those of the hidden ones, two words for each bound function (Dfield in the ids of a
 * parameter's Tpoly): first of fn's own polys, then of those of the adt it is a method of (fn->decl->dot). The bound's
 * Dfield gets the offset of its pair. Returns the unrounded end; *end (may be NULL) is where the declared arguments end.
 */
int types_frame(Limbo *l, Type *fn, int *end);
/* Marks the pointer words of a value of type t at byte offset off: calls mark(aux, byte offset). None of a value larger than MAXMAP. */
#define MAXMAP (1 << 26)
void types_map(Limbo *l, Type *t, int off, void (*mark)(void *aux, int off), void *aux);
Decl **types_members(Limbo *l, Type *module, int *ndata, int *nfns); /* data sorted by name, then functions (methods too) sorted by simple name */

/* print.c: text as in diagnostics; memory of the context */
const char *exprtext(Limbo *l, Node *e);  /* without quotes */
const char *exprtyped(Limbo *l, Node *e); /* 'e' of type T */
const char *typetext(Limbo *l, Type *t);
const char *declkind(const Decl *d, bool article);

/* sig.c */
const char *sig_text(Limbo *l, Type *t, size_t *n);	 /* encoding of a function type */
uint32_t sig_type(Limbo *l, Type *t);			 /* hash of it */
uint32_t sig_data(Limbo *l, Decl **members, int n);	 /* `.mp` */

#endif
