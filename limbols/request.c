/*
 * The messages of the Language Server Protocol and what is done for each.
 */
#include <limits.h>
#include <string.h>

#include "limbols/limbols.h"

static bool
flag(json_object *o, const char *path)
{
	return json_object_get_boolean(json_get(o, path));
}

static bool
offers(json_object *o, const char *path, const char *what)
{
	json_object *v;
	const char *p;
	size_t i, n;

	o = json_get(o, path);
	if (!json_object_is_type(o, json_type_array))
		return false;
	n = json_object_array_length(o);
	for (i = 0; i < n; i++) {
		v = json_object_array_get_idx(o, i);
		p = json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
		if (p != NULL && strcmp(p, what) == 0)
			return true;
	}
	return false;
}

/* ----------------------------------------------------------------- requests */

static json_object *
object(const char *name, json_object *value)
{
	json_object *o;

	o = json_object_new_object();
	json_object_object_add(o, name, value);
	return o;
}

static void
initialize(Server *s, json_object *id, json_object *params)
{
	json_object *c, *caps, *o, *list;

	c = json_get(params, "capabilities");
	s->utf8 = offers(c, "general.positionEncodings", "utf-8");
	s->markdown = offers(c, "textDocument.hover.contentFormat", "markdown");
	s->hierarchy = flag(c, "textDocument.documentSymbol.hierarchicalDocumentSymbolSupport");
	s->related = flag(c, "textDocument.publishDiagnostics.relatedInformation");
	s->tags = json_get(c, "textDocument.publishDiagnostics.tagSupport") != NULL;
	s->initialized = true;

	caps = json_object_new_object();
	if (s->utf8)
		json_object_object_add(caps, "positionEncoding", json_object_new_string("utf-8"));
	o = object("openClose", json_object_new_boolean(1));
	json_object_object_add(o, "change", json_object_new_int(1));
	json_object_object_add(o, "save", object("includeText", json_object_new_boolean(0)));
	json_object_object_add(caps, "textDocumentSync", o);
	list = json_object_new_array();
	json_object_array_add(list, json_object_new_string("."));
	json_object_array_add(list, json_object_new_string(">"));
	json_object_object_add(caps, "completionProvider", object("triggerCharacters", list));
	json_object_object_add(caps, "hoverProvider", json_object_new_boolean(1));
	json_object_object_add(caps, "definitionProvider", json_object_new_boolean(1));
	json_object_object_add(caps, "referencesProvider", json_object_new_boolean(1));
	json_object_object_add(caps, "documentHighlightProvider", json_object_new_boolean(1));
	json_object_object_add(caps, "documentSymbolProvider", json_object_new_boolean(1));
	o = object("capabilities", caps);
	json_object_object_add(o, "serverInfo", object("name", json_object_new_string("limbols")));
	rpc_result(s, id, o);
}

static void
shutdown_(Server *s, json_object *id, json_object *params)
{
	(void)params;
	s->shutdown = true;
	rpc_result(s, id, NULL);
}

/* The document that a request is about. */
static Doc *
document(Server *s, json_object *params)
{
	const char *uri;

	uri = json_string(params, "textDocument.uri");
	return uri == NULL ? NULL : doc_find(s, uri);
}

static int
number(json_object *o, const char *path)
{
	int64_t v;

	o = json_get(o, path);
	if (!json_object_is_type(o, json_type_int))
		return -1;
	v = json_object_get_int64(o);
	return v < 0 ? -1 : v > INT_MAX ? INT_MAX : (int)v;
}

/* A request about a place in a document. Answers if there is something wrong with it. */
static Doc *
where(Server *s, json_object *id, json_object *params, int *line, int *character)
{
	Doc *d;

	*line = number(params, "position.line");
	*character = number(params, "position.character");
	if (json_string(params, "textDocument.uri") == NULL || *line < 0 || *character < 0) {
		rpc_error(s, id, InvalidParams, "a document and a position are needed");
		return NULL;
	}
	d = document(s, params);
	if (d == NULL)
		rpc_error(s, id, InvalidParams, "document is not open");
	return d;
}

static void
definition(Server *s, json_object *id, json_object *params)
{
	int line, character;
	Doc *d;

	d = where(s, id, params, &line, &character);
	if (d != NULL)
		rpc_result(s, id, ask_definition(s, d, line, character));
}

static void
hover(Server *s, json_object *id, json_object *params)
{
	int line, character;
	Doc *d;

	d = where(s, id, params, &line, &character);
	if (d != NULL)
		rpc_result(s, id, ask_hover(s, d, line, character));
}

static void
completion(Server *s, json_object *id, json_object *params)
{
	const char *trigger;
	int line, character;
	Doc *d;

	d = where(s, id, params, &line, &character);
	trigger = number(params, "context.triggerKind") == 2 ? json_string(params, "context.triggerCharacter") : NULL;
	if (d != NULL)
		rpc_result(s, id, ask_completion(s, d, line, character, trigger));
}

static void
highlight(Server *s, json_object *id, json_object *params)
{
	int line, character;
	Doc *d;

	d = where(s, id, params, &line, &character);
	if (d != NULL)
		rpc_result(s, id, ask_highlight(s, d, line, character));
}

static void
references(Server *s, json_object *id, json_object *params)
{
	int line, character;
	Doc *d;

	d = where(s, id, params, &line, &character);
	if (d != NULL)
		rpc_result(s, id, ask_references(s, d, line, character, flag(params, "context.includeDeclaration")));
}

static void
symbols(Server *s, json_object *id, json_object *params)
{
	Doc *d;

	d = document(s, params);
	if (d == NULL)
		rpc_error(s, id, InvalidParams, "document is not open");
	else
		rpc_result(s, id, ask_symbols(s, d));
}

/* ------------------------------------------------------------- notifications */

static void
set_version(Doc *d, json_object *params)
{
	json_object *v;

	v = json_get(params, "textDocument.version");
	d->hasversion = json_object_is_type(v, json_type_int);
	d->version = d->hasversion ? json_object_get_int64(v) : 0;
}

static void
opened(Server *s, json_object *id, json_object *params)
{
	json_object *text;
	const char *uri;

	(void)id;
	uri = json_string(params, "textDocument.uri");
	text = json_get(params, "textDocument.text");
	if (uri == NULL || !json_object_is_type(text, json_type_string))
		return;
	set_version(doc_open(s, uri, json_object_get_string(text), json_object_get_string_len(text)), params);
}

/* Texts come whole; of several changes the last one is the text. */
static void
changed(Server *s, json_object *id, json_object *params)
{
	json_object *list, *text;
	size_t n;
	Doc *d;

	(void)id;
	d = document(s, params);
	list = json_get(params, "contentChanges");
	if (d == NULL || !json_object_is_type(list, json_type_array))
		return;
	n = json_object_array_length(list);
	if (n == 0)
		return;
	text = json_get(json_object_array_get_idx(list, n - 1), "text");
	if (!json_object_is_type(text, json_type_string) || json_get(json_object_array_get_idx(list, n - 1), "range") != NULL)
		return;
	set_version(d, params);
	doc_change(s, d, json_object_get_string(text), json_object_get_string_len(text));
}

static void
saved(Server *s, json_object *id, json_object *params)
{
	Doc *d;

	(void)id;
	d = document(s, params);
	if (d == NULL)
		return;
	/* other files may have changed with it */
	limbo_free(d->limbo);
	d->limbo = NULL;
	d->dirty = true;
	docs_touched(s, d);
}

static void
closed(Server *s, json_object *id, json_object *params)
{
	Doc *d;

	(void)id;
	d = document(s, params);
	if (d != NULL)
		doc_close(s, d);
}

static void
files_changed(Server *s, json_object *id, json_object *params)
{
	(void)id;
	(void)params;
	docs_stale(s);
}

static void
nothing(Server *s, json_object *id, json_object *params)
{
	(void)s;
	(void)id;
	(void)params;
}

/* ------------------------------------------------------------------- dispatch */

static const struct {
	const char *method;
	bool request;
	void (*fn)(Server *s, json_object *id, json_object *params);
} methods[] = {
	{ "initialize", true, initialize },
	{ "shutdown", true, shutdown_ },
	{ "textDocument/definition", true, definition },
	{ "textDocument/hover", true, hover },
	{ "textDocument/completion", true, completion },
	{ "textDocument/documentSymbol", true, symbols },
	{ "textDocument/documentHighlight", true, highlight },
	{ "textDocument/references", true, references },
	{ "initialized", false, nothing },
	{ "textDocument/didOpen", false, opened },
	{ "textDocument/didChange", false, changed },
	{ "textDocument/didSave", false, saved },
	{ "textDocument/didClose", false, closed },
	{ "workspace/didChangeWatchedFiles", false, files_changed },
	{ "workspace/didChangeConfiguration", false, nothing },
};

void
serve(Server *s, json_object *m)
{
	json_object *id, *params;
	const char *method;
	bool request;
	size_t i;

	method = json_string(m, "method");
	request = json_object_object_get_ex(m, "id", &id);
	if (!request)
		id = NULL;
	params = json_get(m, "params");
	if (method == NULL) {
		/* an answer to a request of ours there is not */
		if (request && json_get(m, "result") == NULL && json_get(m, "error") == NULL)
			rpc_error(s, id, InvalidRequest, "message has no method");
		return;
	}
	if (strcmp(method, "exit") == 0) {
		s->exit = true;
		return;
	}
	if (request && s->shutdown) {
		rpc_error(s, id, InvalidRequest, "server is shut down");
		return;
	}
	if (request && !s->initialized && strcmp(method, "initialize") != 0) {
		rpc_error(s, id, NotInitialized, "server is not initialized");
		return;
	}
	if (!request && (!s->initialized || s->shutdown))
		return;
	if (request && s->initialized && strcmp(method, "initialize") == 0) {
		rpc_error(s, id, InvalidRequest, "server is initialized already");
		return;
	}
	for (i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (methods[i].request == request && strcmp(methods[i].method, method) == 0) {
			methods[i].fn(s, id, params);
			return;
		}
	if (request)
		rpc_error(s, id, MethodNotFound, "method is not known");
}
