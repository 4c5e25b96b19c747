/*
 * What the scanner and the parser share: tokens and the scanner's state. Private to lex.c, input.c and parse*.c.
 */
#ifndef LIMBO_PARSE_H
#define LIMBO_PARSE_H

#include "limbo/ast.h"

/* Single characters stand for themselves. */
enum {
	KEOF = 0,
	KNAME = 256,
	KINT,	 /* ival; an int constant */
	KBIG,	 /* ival; an integer constant that does not fit an int */
	KREAL,	 /* rval */
	KSTRING, /* str */
	/* operators of more than one character */
	KEXP,	 /* ** */
	KLSH, KRSH, KEQ, KNE, KLE, KGE, KANDAND, KOROR, KCONS, KCOMM /* <- */, KINC, KDEC,
	KADDAS, KSUBAS, KMULAS, KDIVAS, KMODAS, KEXPAS, KANDAS, KORAS, KXORAS, KLSHAS, KRSHAS, KDAS /* := */,
	KARROW /* -> */, KLABEL /* => */,
	/* keywords */
	KADT, KALT, KARRAY, KBIGT, KBREAK, KBYTE, KCASE, KCHAN, KCON, KCONTINUE, KCYCLIC, KDO, KDYNAMIC, KELSE, KEXCEPT,
	KEXIT, KFIXED, KFN, KFOR, KHD, KIF, KIMPLEMENT, KIMPORT, KINCLUDE, KINTT, KLEN, KLIST, KLOAD, KMODULE, KNIL, KOF,
	KOR, KPICK, KRAISE, KRAISES, KREALT, KREF, KRETURN, KSELF, KSPAWN, KSTRINGT, KTAGOF, KTL, KTO, KTYPE, KWHILE,
	NTOKEN
};

typedef struct Token Token;
struct Token {
	int kind;
	Src src;
	union {
		Sym *sym; /* names and keywords */
		int64_t ival;
		double rval;
		Str str;
	};
};

/*
 * Numbers of lines. Every line of every file read has its own number; a run of consecutive numbers that are consecutive lines of
 * one file is a Seg. A new one begins where a file begins, goes on after an include, or is re-based by `#line`.
 */
typedef struct Seg Seg;
struct Seg {
	int line;	   /* number of its first line */
	int real;	   /* that line in the file */
	const char *file;  /* name as opened */
	const char *rname; /* `#line` in force, or NULL */
	int rline;	   /* what it calls the first line */
	int parent;	   /* line of the include directive, 0 in the main file */
};

/* A file being read, suspended while an include of it is. */
typedef struct Input Input;
struct Input {
	Input *up;
	const char *p, *bol, *end;
	Seg seg; /* the one in force */
};

typedef struct Lex Lex;
struct Lex {
	Limbo *l;
	/* the current file: position, start of the line, terminating NUL */
	const char *p, *bol, *end;
	int line;
	Input *in;   /* suspended files, innermost first */
	int depth;   /* of includes */
	int nfiles;  /* opened so far */
	size_t total; /* bytes read so far */
	Seg *seg;
	int nseg, segcap;
	Token ring[4]; /* tokens are delivered here in turn; the parser holds two, and the last one delivered is still needed */
	unsigned nring;
	Token *last;  /* last token delivered */
	char *buf;   /* for texts that need translation */
	size_t nbuf, bufcap;
	char **texts; /* every file's text, freed with the context */
	int ntexts, textcap;
	const char *dir; /* directory part of the main file, with its slash */
};

int lex_open(Limbo *l, const char *name); /* starts with the main file; -1 after reporting */
void lex_free(Limbo *l);
const Token *lex_next(Lex *lx); /* stays as it is for two more calls */
/* `include "f"`: what follows is read from there. Called when the `;` is the last token scanned. */
void lex_include(Lex *lx, Str name);
/* A message at a place that names the last token delivered, or `tok`. */
void lex_error(Lex *lx, Pos at, const Token *tok, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
Pos lex_here(Limbo *l);
const char *lex_near(Limbo *l, const Token *tok); /* "near ` tok ` : "; NULL: the last one */
bool lex_pop(Lex *lx); /* at the end of a file: back to the one that included it; false at the end of the unit */
/* The comment from p (after `#`) to e: re-bases the lines after it if it is exactly `line N "name"`. */
void lex_linecomment(Lex *lx, const char *p, const char *e);
void lex_keywords(Limbo *l);

/* util.c: reports a message whose text is complete */
void ldiag(Limbo *l, int warning, Pos at, Pos stop, const char *text);

/*
 * The parser. One token of lookahead, a second one (ahead) where a name may begin a declaration. After a syntax error `bad` is set
 * and all productions return at once, until one that knows how to go on clears it. `quiet` counts down over tokens accepted since
 * the last error; no new error is reported until it is 0. `stop`: give up (end of file while recovering, nesting).
 */
typedef struct Parser Parser;
struct Parser {
	Limbo *l;
	Lex *lx;
	const Token *tok;
	const Token *ahead; /* NULL: not read yet */
	Pos end; /* of the last token accepted */
	bool bad;
	bool stop;
	int quiet;
	int depth;   /* of productions in progress */
	int theight; /* height of the type parsed last */
};

/* A list being built: cells in order, and the greatest height among the elements. */
typedef struct List List;
struct List {
	Node *first;
	Node *last;
	int height;
};

void advance(Parser *p);
const Token *peek(Parser *p);
void syntax_error(Parser *p);
bool expect(Parser *p, int kind);
bool accept_tok(Parser *p, int kind);
void skip_token(Parser *p);	/* while recovering */
void skip_braces(Parser *p);	/* at `{`: past its `}` */
bool recovered(Parser *p);	/* end of a recovery: true if parsing can go on */
bool enter(Parser *p);		/* one level deeper; false if too deep. Each enter has its leave */
void leave(Parser *p);
Src src_from(Parser *p, Pos start);
Node *pnode(Parser *p, Op op, Pos start, Node *left, Node *right);
void list_add(Parser *p, List *list, Node *n);

void too_deep(Parser *p); /* reports, and parsing stops */
int max_height(int a, int b);

/* parse_type.c */
Type *parse_type(Parser *p); /* its height is in theight */
Type *parse_sig(Parser *p, Pos start, Decl *polys);
Type *parse_fixed(Parser *p);
Type **parse_targs(Parser *p, int *n); /* after "[" */
Decl *parse_polys(Parser *p);
Bound *parse_bounds(Parser *p);
Decl *parse_typelist(Parser *p, int *count, int *height); /* as members t0, t1, ... */
bool is_basic(int kind);
Type *basic_type(Parser *p, int kind);

/* parse_decl.c */
Decl *parse_names(Parser *p);
void set_decls(Decl *names, Dkind kind, Type *t);
Node *parse_decl(Parser *p, Decl *names, Pos start, bool top); /* after names ":" */

/* parse.c */
Node *parse_include(Parser *p);

/* parse_expr.c */
Node *parse_expr(Parser *p, int minprec);
#define EXPR(p) parse_expr(p, 1)
Node *parse_qual(Parser *p, Node *first); /* expr | expr to expr | *  ; first: an expression already read */
List parse_quals(Parser *p, Node *first);
void as_pattern(Limbo *l, Node *n);
bool is_pattern(Node *n); /* names, nil and tuples of them */

/* parse_stmt.c */
Node *parse_block(Parser *p); /* { stmts } */

#endif
