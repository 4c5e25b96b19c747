/*
 * The Limbo compiler as a library: source text in, a Dis module (dis.h) and diagnostics out.
 *
 * A compilation has no global state: everything lives in one Limbo context, made by limbo_new and
 * released with all it holds by limbo_free. Files are reached only through the callbacks in
 * LimboOptions, so an editor or the virtual machine can compile text that is in memory, or that is
 * reached through another name space. Several contexts may be used by several threads at once. A compilation runs on a
 * thread of its own with a stack for deep trees, while the caller waits: so do the callbacks.
 *
 * The language is described in limbo(10.6), the command in limbo(1).
 */
#ifndef LIMBO_LIMBO_H
#define LIMBO_LIMBO_H

#include <stddef.h>
#include <stdio.h>

#include "dis/dis.h"

typedef struct Limbo Limbo;

/* One diagnostic. `where` is the printed place ("a.b:3", or the include chain); text has no newline. */
typedef struct LimboDiag LimboDiag;
struct LimboDiag {
	int warning;       /* 0: an error */
	const char *where; /* as printed before the message, without the final ": " */
	const char *file;  /* the file itself, as it was opened */
	int line;          /* in that file, from 1 */
	int mainline;      /* in the unit's main file: the same, or that of the include; 0: unknown */
	int col;           /* in bytes from 0; -1: unknown */
	int endline;       /* last line and column of the construct; -1: unknown */
	int endcol;
	const char *text; /* the message */
	const char *hint; /* advice for a terminal, or NULL */
};

typedef struct LimboOptions LimboOptions;
struct LimboOptions {
	/* Reads a whole file. Returns malloc'd text (not terminated) and its length, or NULL with errno set. */
	char *(*readfile)(void *aux, const char *name, size_t *n);
	/* Why readfile last failed, in words; NULL, as a callback or as its answer: what errno says. */
	const char *(*readerror)(void *aux);
	/* Receives each diagnostic as it is found, in the order in which they are to be printed. */
	void (*diag)(void *aux, const LimboDiag *d);
	void *aux;
	const char **incdirs; /* -I, then the default module directory */
	int nincdirs;
	int warn;	  /* -w given once or twice */
	int maxerrors;	  /* 20; 1000 with -e */
	int mustcompile;  /* -c */
	int dontcompile;  /* -C */
	int noinline;	  /* -i */
	int stackextent;  /* -s; 0: ten times the largest frame */
	int selfrefs;	  /* -F: function references by negative index */
	int newaz;	  /* -z */
	int oldcyclic;	  /* -y */
	int symbols;	  /* 1, -g: keep what limbo_sbl needs; 2, -G: what limbo_note needs; or both */
	int listing;	  /* only limbo_interface is wanted: the unit needs no implement clause */
	int editor;	  /* keep what limbo_at and its like need */
	const char *path; /* source path to record in the object; NULL: the name itself */
	size_t maxmem;	  /* bytes that a compilation may take besides the text; more is a fatal error of the unit. 0: no limit */
	/* Asked now and then: true ends the compilation with a fatal error. May be NULL. */
	bool (*stop)(void *aux);
};

Limbo *limbo_new(const LimboOptions *o);
void limbo_free(Limbo *l);

/*
 * Compiles one unit, the file `name` (read through readfile). Returns the module, owned by the
 * context, or NULL after at least one error. A context compiles one unit only.
 */
DisModule *limbo_compile(Limbo *l, const char *name);

/* Runs the passes up to type checking only, for editors. Returns the number of errors. */
int limbo_check(Limbo *l, const char *name);

/* Writes the symbol file (version 2.1) of a compiled unit, sbl(6). Returns 0, or -1 if writing failed. */
int limbo_sbl(Limbo *l, FILE *f);

/*
 * Interface listings of module type `module` (options -t, -T, -d, -a, -A, -X, -D). `what` is the option letter.
 * Returns 0, or -1 if there is no such module.
 */
int limbo_interface(Limbo *l, int what, const char *module, FILE *f);

/* "file:line: name ..." of an instruction of the compiled unit (LimboOptions.symbols & 2), or NULL; for dis_print_asm_notes. */
const char *limbo_note(void *limbo, int32_t pc);

int limbo_nerrors(const Limbo *l);

/*
 * Where the installation is, below which module/ has the interfaces: $EMU's -r, $ROOT, or beside the running program: the build's
 * root, then the installed one; else `fallback`. malloc'd; NULL if there is no memory.
 */
char *limbo_root(const char *fallback);
/* An absolute name without `.`, `..` and doubled slashes (name itself if the current directory has no name). malloc'd;
 * NULL if there is no memory. */
char *limbo_cleanpath(const char *name);

/* ------------------------------------------------------------- for editors */

/* A stretch of a file: lines from 1, columns in bytes from 0, the end excluded. file: NULL if it is nowhere. */
typedef struct LimboPlace LimboPlace;
struct LimboPlace {
	const char *file; /* as it was opened */
	int line, col;
	int endline, endcol;
};

typedef enum LimboKind {
	LIMBO_VARIABLE,
	LIMBO_ARGUMENT,
	LIMBO_FUNCTION,
	LIMBO_METHOD, /* function of an adt, or one that a type parameter's bound asks for */
	LIMBO_FIELD,  /* data of an adt or module */
	LIMBO_CONSTANT,
	LIMBO_ADT,
	LIMBO_MODULE,
	LIMBO_TYPE,   /* another name of a type */
	LIMBO_TAG,    /* variant of a pick */
	LIMBO_EXCEPTION,
	LIMBO_PARAMETER, /* of a polymorphic type or function */
	LIMBO_KEYWORD
} LimboKind;

/* What a name stands for. The texts live as long as the context. */
typedef struct LimboEntity LimboEntity;
struct LimboEntity {
	LimboKind kind;
	const char *name;
	const char *owner;	/* name of the adt or module that it is a member of, or NULL */
	const char *text;	/* its declaration in one line, with types: "Sys->print: fn(s: string, *): int" */
	LimboPlace at;		/* its name where it is declared */
	LimboPlace whole;	/* limbo_outline: all of the declaration */
	int depth;		/* limbo_outline: members are one deeper than what they are members of */
};

typedef void LimboVisit(void *aux, const LimboEntity *e); /* *e serves during the call only */

/*
 * For these the context was made with LimboOptions.editor. After limbo_check, whatever it returned, they speak of the unit's
 * main file. limbo_check then goes on after syntax errors (quietly), so that the answers do not disappear while one types.
 *
 * limbo_at: what the name at line and col means, and in *at where that name begins and ends. 0, or -1 if there is none.
 * From a use, e->at is where the name is declared, or the body of a function of the unit; from the body, the declaration in
 * the interface or adt.
 *
 * limbo_mentions: all places where the same thing is named, its declaration included; some may come twice. Returns their number.
 *
 * limbo_outline: all that is declared outside of functions, in order.
 */
int limbo_at(Limbo *l, int line, int col, LimboEntity *e, LimboPlace *at);
int limbo_mentions(Limbo *l, int line, int col, void (*found)(void *aux, const LimboPlace *p), void *aux);
void limbo_outline(Limbo *l, LimboVisit *visit, void *aux);

/*
 * Instead of limbo_check: calls visit for every name that could stand where the unit has the name `mark`, which is declared
 * nowhere: members after `.` and `->`, names in scope elsewhere. Reports nothing. Returns 0, or -1 without LimboOptions.editor.
 */
int limbo_complete(Limbo *l, const char *name, const char *mark, LimboVisit *visit, void *aux);

const char *limbo_keyword(int i); /* the i-th keyword, from 0; NULL: there are no more */

#endif
