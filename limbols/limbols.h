/*
 * The language server, limbols(1): what its files share.
 *
 *	main.c	    options, and the loop: messages in, answers out, checking when nothing else is to be done
 *	rpc.c	    messages: headers, JSON; answers and notifications
 *	text.c	    names of files and URIs, places in texts, reading files
 *	doc.c	    the open documents: their text, checking them, diagnostics
 *	ask.c	    definition, hover, outline, mentions
 *	complete.c  completion
 *	request.c   which message is which
 *
 * Everything runs on one thread, but for the compiler's own, which the server waits for.
 *
 * JSON values follow json-c: who makes one owns it until it is added to another; json_object_put releases.
 */
#ifndef LIMBOLS_H
#define LIMBOLS_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "limbo/limbo.h"

typedef struct Server Server;
typedef struct Doc Doc;
typedef struct Text Text;
typedef struct Found Found;

/* A text with the beginnings of its lines, for places: LSP counts lines from 0 and columns in UTF-16 units (or bytes). */
struct Text {
	char *s; /* n bytes and a NUL */
	size_t n;
	size_t *bol;
	int nlines; /* at least 1 */
};

/* What a check reported, until it is sent. */
struct Found {
	bool warning;
	bool here;    /* in the document itself, not in what it includes */
	char *file;   /* else: the file */
	int line;     /* from 1; 0 unknown */
	int col;      /* bytes; -1 unknown */
	int endline, endcol; /* -1 unknown */
	int mainline; /* line in the document, 0 unknown */
	char *text;
	char *hint; /* or NULL */
};

/*
 * An open document. `limbo` is the checked text and answers questions; it is NULL when the text has changed since, or when other
 * documents needed the room. The text of an open document precedes the file of its name, for includes too.
 */
struct Doc {
	Doc *next;
	char *uri;  /* as the client wrote it */
	char *path; /* the file; for what is no file the URI itself */
	char *real; /* path without symbolic links, or NULL */
	Text text;
	long version;
	bool hasversion;
	bool dirty;    /* diagnostics are to be sent */
	Limbo *limbo;
	unsigned long used; /* when questions were last asked */
	char **reads;  /* files that the check read or tried to */
	int nreads, capreads;
	Found *found;
	int nfound, capfound;
};

struct Server {
	/* rpc.c */
	int in, out;
	char *buf;
	size_t nbuf, capbuf;
	size_t skip;  /* bytes still to be thrown away: the body of a message that is too large */
	size_t skipped; /* its size, to be reported when it is over */
	bool eof;
	bool broken; /* answers cannot be written any more */

	/* options */
	const char **incdirs;
	int nincdirs;
	int warn;

	/* what the client can do */
	bool utf8;
	bool markdown;
	bool hierarchy;
	bool related;
	bool tags;

	bool initialized;
	bool shutdown;
	bool exit;

	Doc *docs;
	unsigned long clock;

	/* the check in progress */
	Doc *checking;
	size_t budget; /* bytes that it may still read */
	int files;	/* files that it may still read */
};

enum {
	/* errors of JSON-RPC and LSP */
	ParseError = -32700,
	InvalidRequest = -32600,
	MethodNotFound = -32601,
	InvalidParams = -32602,
	NotInitialized = -32002,
};

/* rpc.c */
/*
 * The next message in the buffer, or NULL. What is no message is answered or skipped here; *more is set if there may be another in
 * the buffer.
 */
json_object *rpc_next(Server *s, bool *more);
void rpc_fill(Server *s); /* reads what there is; sets eof */
void rpc_result(Server *s, json_object *id, json_object *result); /* takes result; NULL is null */
void rpc_error(Server *s, json_object *id, int code, const char *text);
void rpc_notify(Server *s, const char *method, json_object *params); /* takes params */
json_object *json_text(const char *s, size_t n); /* a string; bytes that are no UTF-8 become U+FFFD */
json_object *json_str(const char *s);
json_object *json_get(json_object *o, const char *path); /* "a.b.c", or NULL */
const char *json_string(json_object *o, const char *path); /* or NULL */

/* text.c */
void *xalloc(size_t n); /* zeroed; ends the program if there is no memory */
void *xgrow(void *v, int n, int *cap, size_t size); /* room for one more */
char *xstrdup(const char *s);
void text_set(Text *t, const char *s, size_t n); /* copies */
void text_free(Text *t);
const char *text_line(const Text *t, int line, size_t *n); /* line from 0, without its end; "" outside */
size_t text_offset(const Server *s, const Text *t, int line, int character); /* of a place of the client; never outside */
int text_column(const Server *s, const Text *t, int line, int col); /* byte column to the client's */
int byte_column(const Server *s, const Text *t, int line, int character);
json_object *json_range(const Server *s, const Text *t, int line, int col, int endline, int endcol); /* lines from 1, byte columns */
char *uri_path(const char *uri);
char *path_uri(const char *path);
char *path_clean(const char *path); /* absolute; without . and .. */
bool in_name(unsigned char c);
char *file_read(const char *path, size_t *n); /* regular files only; malloc'd, or NULL with errno set */

/* doc.c */
Doc *doc_open(Server *s, const char *uri, const char *text, size_t n);
void doc_change(Server *s, Doc *d, const char *text, size_t n);
void doc_close(Server *s, Doc *d);
Doc *doc_find(Server *s, const char *uri);
Doc *doc_bypath(Server *s, const char *path);
void docs_touched(Server *s, Doc *d); /* d's text or file is another: what reads it has to be checked again */
void docs_stale(Server *s);	   /* all have to be checked again */
bool docs_dirty(const Server *s);
void docs_check(Server *s);	   /* one that is dirty: check it and send its diagnostics */
Limbo *doc_limbo(Server *s, Doc *d);  /* its checked text, NULL if it cannot be had */
void docs_free(Server *s);
void options(Server *s, Doc *d, const char *text, size_t n, LimboOptions *o); /* for compiling a text of d */
char *readfile(void *aux, const char *name, size_t *n); /* as LimboOptions; aux: the Server */
char *include_find(Server *s, Doc *d, const char *name, size_t n); /* the file that an include reads, or NULL */

/* ask.c: each returns the result of the request, NULL for null */
json_object *ask_definition(Server *s, Doc *d, int line, int character);
json_object *ask_hover(Server *s, Doc *d, int line, int character);
json_object *ask_symbols(Server *s, Doc *d);
json_object *ask_highlight(Server *s, Doc *d, int line, int character);
json_object *ask_references(Server *s, Doc *d, int line, int character, bool declaration);
/* Is the offset within the name of an include? Then *b and *e are its ends. */
bool in_include(const Text *t, size_t at, size_t *b, size_t *e);

/* complete.c */
json_object *ask_completion(Server *s, Doc *d, int line, int character, const char *trigger);

/* request.c */
void serve(Server *s, json_object *message);

#endif
