/*
 * The checker's own header: what its files (names.c to unit.c, listed in ast.h) share. What the
 * checker takes and hands on is described in ast.h.
 *
 * The checker works in two steps on every expression. First it is *checked*: every node gets its type and names their
 * declarations, but the tree keeps the shape in which it was written, because diagnostics print it. When a function or an
 * initialiser has been checked without error it is *lowered*: rewritten into the forms that the code generator wants,
 * with constants folded.
 *
 * A check function returns false when it, or something below it, has reported an error: whatever contains the
 * expression then stays silent. A variable declared from such an expression has the type `terror`; mentioning it succeeds,
 * and only operations that need a particular type complain about it.
 */
#ifndef LIMBO_CHECK_H
#define LIMBO_CHECK_H

#include "limbo/ast.h"

typedef struct Check Check;
typedef struct Env Env;
typedef struct Bind Bind;
typedef struct Callees Callees;

/* Node.flags of the checker, meaningful until the expression is lowered. */
enum {
	Ftype = 1,	/* names a type, not a value */
	Ffn = 2,	/* names a function; its type is a Tfn */
	Fexcept = 4,	/* names a declared exception */
	Fvia = 8,	/* Omdot m->x where x is no member of m but a name in scope: m only supplies the instance */
	Fcontinued = 64, /* loop: a continue leads to its condition */
	Froom = 128,	/* string constant made by adding: Node.room is the room that its text has */
};

/* Levels of nesting of scopes. */
enum {
	Sglobal = 1,
	Maxscope = 64,
};

/* A scope: its declarations are those on the stack of the Check from `base` on. */
struct Scope {
	Scope *up;
	int depth;
	int base;
};

/*
 * Where names are sought before those of the scopes: the members of the adt or module whose declaration is being
 * completed, and type parameters. `global` on the outermost: beyond them only the names of module level count, whatever
 * function is being checked just now.
 */
struct Env {
	Env *up;
	Type *members;
	Decl *polys;
	bool global;
};

/* What each type parameter stands for: of polys, or of a generic adt. */
struct Bind {
	Decl *polys;
	Type **types; /* parallel to polys; NULL: not known yet */
	int n;
};

/* The functions of the unit that a function uses; on its Decl.aux until reach_all has gone through them. */
struct Callees {
	int n;
	struct {
		Decl *fn;
		bool exported; /* as a reference */
	} d[];
};

struct Check {
	Limbo *l;

	/* names.c */
	Scope *scope;
	Decl **stack;
	int nstack;
	int capstack;
	Env *env;
	Sym *siota;
	int nundeclared; /* errors about undeclared names */
	Sym **tsyms; /* t0, t1, ... */
	int ntsyms;

	/* decl.c */
	int iota;	/* value, or -1 outside of a constant's declaration */
	int nest;	/* types being resolved: at 0 what is pending gets completed */
	Type **pending; /* adts and modules still to be completed */
	int npending;
	int cappending;
	int pendpos;	/* the next of them */
	int draining;	/* calls of type_drain in progress */
	Type **adts; /* all adts completed */
	int nadts;
	int capadts;
	int ncycled;	/* so many of adts have been searched for cycles */
	int walk;	/* last mark used */
	int ninst;	/* instantiations made */
	bool deep;	/* the limit of instantiations has been reported */
	Type *selfadt;	/* adt whose methods or fields are being looked at: its bare name is allowed though polymorphic */
	Type *methodof; /* adt whose method's type is resolved, or NULL */
	bool inbound;	/* the function type of a bound is resolved: self may be anything */

	/* stmt.c: the function being checked */
	Decl *fn;
	Decl *ltail; /* last of fn->locals */
	Node *block; /* where locals are declared */
	Decl *btail; /* last of block->decls */
	Node **targets;
	int ntargets;
	int captargets;
	Decl *handler;	/* exception variable of the arm being checked */
	Decl **raised;	/* exceptions raised directly */
	int nraised;
	int capraised;
	void **uses;	/* functions of the unit that it uses, with bit 0 set for references */
	int nuses;
	int capuses;
	bool failed;	/* an expression in the function was wrong, reported or not */
	int dead;	/* in code that is never executed: uses do not count */
	Decl **odd;	/* local constants, types, imports in order, for warnings */
	int nodd;
	int capodd;

	Decl **fns; /* functions with a body, in order */
	int nfns;
	int capfns;
	Decl *globals;
	Decl *gtail;
	Decl **todo; /* functions reached whose bodies have not been walked yet */
	int ntodo;
	int captodo;
};

/* Appends x to a growing array of pointers. */
#define PUSH(c, vec, x)                                                                                               \
	do {                                                                                                          \
		if ((c)->n##vec == (c)->cap##vec)                                                                     \
			(c)->vec = check_grow((c)->l, (c)->vec, (c)->n##vec, &(c)->cap##vec);                         \
		(c)->vec[(c)->n##vec++] = (x);                                                                        \
	} while (0)

/* decl.c */
void *check_grow(Limbo *l, void *vec, int n, int *cap);
Type *type_resolve(Check *c, Type *t);	 /* names looked up, everything in it completed; terror after an error */
Type *decl_type(Check *c, Decl *d);	 /* the type of a Dtype, variable, member, function, ... */
Type *type_ofdecl(Check *c, Decl *d);	 /* the type a Dtype (or imported one) stands for, unresolved names followed */
bool const_value(Check *c, Decl *d);	 /* evaluates a constant's declaration; false: reported */
Decl *import_target(Check *c, Decl *d);	 /* what a Dimport stands for, or NULL after an error */
void type_use(Check *c, Type *t);	 /* this adt or module has to be completed */
void type_drain(Check *c);		 /* completes what is pending */
/*
 * Finds how large t would be if it were written out; types beyond a limit are reported at `at` and become terror: names and
 * := can make types that double at every step, and most of what is done with a type follows it in full.
 */
Type *type_weigh(Check *c, Type *t, Pos at);
bool type_isdata(const Type *t);	 /* may be the type of a variable */
bool check_var(Check *c, Decl *d);	 /* can d be declared with its type? */
void polys_setup(Check *c, Decl *polys, Bound *bounds);
const char *decl_name(Check *c, const Decl *d); /* with the adt's name for methods */
bool decl_islocal(const Decl *owner);	 /* declared in this unit or an implemented interface, so its functions are here */
Type *except_value(Check *c, Type *exc); /* what the arguments of an exception are as one value; tnone if there are none */
Sym *tuple_sym(Check *c, int i);	 /* t0, t1, ... */

/* names.c */
void scope_push(Check *c);
void scope_pop(Check *c);
bool declare(Check *c, Decl *d); /* in the current scope; false: reported as redeclared (and declared all the same) */
Decl *lookup(Check *c, Sym *s);	 /* or NULL */
void advise(Check *c, const Sym *s, const Decl *d); /* the next diagnostic suggests d, if s may be a slip of the pen for it */
Decl *lookup_name(Check *c, Sym *s, Pos at); /* reports an undeclared name; NULL then, and when it was reported before */
Decl *member_find(Type *t, Sym *s);	     /* of an adt (fields, methods, constants, tags), pick variant, module, exception, tuple */
void member_table(Check *c, Type *t);	     /* makes lookups in t fast */

/* Enters the place where d was declared; env frames live in *save. */
typedef struct Place Place;
struct Place {
	Env *env;
	Env frame[4];
	int iota;
	Type *selfadt;
	Type *methodof;
};
void place_enter(Check *c, const Decl *d, Place *p);
void place_leave(Check *c, const Place *p);

/* poly.c */
Type *type_subst(Check *c, Type *t, const Bind *b);
Type *type_instance(Check *c, Type *generic, Type **targs, int n, Pos at);
void instance_complete(Check *c, Type *t);
bool type_same(const Type *a, const Type *b);	     /* the very same type, by identity of adts */
Type *adt_substituted(Check *c, Type *adt, Type *t); /* t, a type mentioned in adt's generic, as seen through the instance adt */
/*
 * Finds what fn's type parameters are from the arguments; *ft becomes the substituted type. The bound functions go to
 * e->hidden. False: reported at e.
 */
bool poly_call(Check *c, Node *e, Type **ft, Decl *method, Type *adt, Node *selfarg);
bool type_haspoly(Type *t);

/* expr.c */
bool check_expr(Check *c, Node *e);  /* a value, type, function or exception */
bool check_value(Check *c, Node *e); /* a value; functions become references */
bool make_value(Check *c, Node *e);
bool accepts(Check *c, Type *dst, Type *src);
Type *type_common(Check *c, Type *a, Type *b); /* a type that holds both, or NULL */
Type *tuple_type(Check *c, Src src, Type **t, int n);
bool type_complete(const Type *t); /* no nil or nothing in it */
const char *op_text(Op op);
Node *unparen(Node *e);
Type *ref_to(Check *c, Type *t);
bool has_effects(const Node *e);
bool check_refcons(Check *c, Node *e); /* ref A, ref A(...): call.c */
Type *adt_of(Type *t);		       /* the adt behind an adt, variant or a ref to either, or NULL */

Type *type_of(Check *c, Tkind k, Type *t); /* list, array, ... of t */

/* assign.c */
bool check_assign(Check *c, Node *e);
bool check_declare(Check *c, Node *e);
bool check_lvalue(Check *c, Node *e);
bool declare_pattern(Check *c, Node *pat, Type *t, bool warn);
void silence_pattern(Node *pat);
bool clash(Check *c, Node *e, const char *op); /* reports that the operands of e do not go together; false */

/* construct.c */
bool check_tuple(Check *c, Node *e);
bool check_size(Check *c, Node *size, const char *what);
bool check_arrinit(Check *c, Node *e);
bool check_listinit(Check *c, Node *e);
bool check_load(Check *c, Node *e);
bool check_inst(Check *c, Node *e);
bool check_index(Check *c, Node *e);
bool check_slice(Check *c, Node *e);
bool check_tagof(Check *c, Node *e);

/* call.c */
bool check_call(Check *c, Node *e);
bool check_args(Check *c, Node *args);
Node *fn_instance(Check *c, Node *e, const char *verb, bool *ok); /* module value that supplies e's function; NULL: our own */
bool fnref(Check *c, Node *e);
Node *bound_function(Check *c, Decl *fn, Decl *adt, const char *what, Node *at, bool *ok);

/* fold.c */
Node *fold(Check *c, Node *e);			   /* the value of a checked expression, or NULL: not constant. Changes nothing */
Node *fold_op(Check *c, Node *e, Node *a, Node *b); /* of e whose operands have these values */
Node *const_int(Check *c, Src src, Type *ty, int64_t v);
Node *const_str(Check *c, Src src, const char *s, size_t n);
Node *const_copy(Check *c, Node *v, Src src);
bool is_const(const Node *e);
int lstr_cmp(Str a, Str b);

/* lower.c */
Node *lower(Check *c, Node *e);
void lower_body(Check *c, Decl *fn);

/* stmt.c */
typedef struct Outer Outer;
struct Outer {
	Node *block;
	Decl *tail;
};
Outer enter_block(Check *c, Node *b); /* a scope, whose locals belong to b */
void leave_block(Check *c, Outer o);
void push_target(Check *c, Node *n); /* of break and continue */
void pop_target(Check *c, Node *n);
void statement(Check *c, Node *n);
void statements(Check *c, Node *list);
void check_body(Check *c, Decl *fn);
bool add_local(Check *c, Decl *d);

/* arms.c */
void check_case(Check *c, Node *n);
void check_alt(Check *c, Node *n);
void check_pick(Check *c, Node *n);
void check_handlers(Check *c, Node *n);
void check_raise(Check *c, Node *n);
const char *qual_list(Check *c, Node *quals); /* "1 to 5 or 7", as written */

/* cycles.c */
void cycles(Check *c); /* looks at the adts that have been completed since the last time */
bool completes_cycle(Check *c, Decl *field, Type *adt); /* under the old rules: may not be assigned to */

/* edit.c: called if there is l->edit */
void edit_init(Limbo *l);
void edit_silence(Limbo *l);
void edit_parsed(Limbo *l);
void edit_finish(Limbo *l);
void edit_decl(Check *c, Decl *d);
void edit_use(Check *c, Src at, Decl *d, Type *t);
void edit_node(Check *c, Node *e); /* an expression has been checked, with or without success */
void edit_names(Check *c, Sym *s); /* no declaration of s was found in scope */
void edit_members(Check *c, Sym *s, Type *t, Tkind how, bool istype); /* t has no member s */

/* flow.c */
bool flow_end(Node *body); /* can control reach the end? */
void reach_all(Check *c);

#endif
