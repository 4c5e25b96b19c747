/*
 * $Limbo: the compiler for programs, limbo(2).
 *
 * The compiler is the library that the command on the host uses too. It runs with the VM given up, on a thread that it makes
 * for itself. What it reads it reads as the calling process would: for each file the compiler's thread becomes a kernel
 * process acting for the caller. When the caller is interrupted, reading ends, and with it the compilation.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libinterp/mod/sys.h"
#include "limbo/limbo.h"

BUILTIN_DECLS(Limbo)

enum {
	MAXINC = 33,	   /* directories to look in */
	MAXFILE = 1 << 26, /* bytes of one file: a device may have no end */
	MAXMEM = 1 << 30,  /* bytes that a compilation may take */
	STEP = 8192,
};

/* Options.flags of limbo.m. */
enum { Mustcompile = 1, Dontcompile = 2, Noinline = 4, Selfrefs = 8, Newaz = 16, Oldcyclic = 32, Symbols = 64 };

/* Options of limbo.m. */
typedef struct Opts {
	Ref incdirs, path, debug, listed;
	int32_t what, flags, warn, maxerrors, stackextent;
} Opts;

/* A result may be wanted at any address. */
typedef struct R_Limbo_compile Result __attribute__((aligned(1)));

/* Text that has been printed into memory. */
typedef struct Text {
	char *p;
	size_t n;
} Text;

/* One call: what is asked for, out of the arena, and what came out. */
typedef struct Job {
	Osenv *env;
	LimboOptions o;
	char *file, *path, *debug, *listed;
	char *incdirs[MAXINC];
	int what;
	char err[ERRMAX]; /* why a file could not be read; empty if it could */
	char **msg;
	int nmsg, maxmsg;
	bool nomem;
	DisBuf obj;
	Text sbl, text;
	pthread_mutex_t lock; /* protects reader and stop */
	Proc *reader;	      /* the compiler's thread, while it reads */
	bool stop;
} Job;

/* ------------------------------------------------------------ reading, on the compiler's thread */

static char *
readall(const char *name, size_t *np)
{
	Chan *c = namec(name, Aopen, OREAD, 0);
	size_t n = 0, max = STEP;
	char *p, *q;
	long r = -1;

	if (c == NULL)
		return NULL;
	if (c->qid.type & STYX_QTDIR) {
		cclose(c);
		return kerrorp("%s", Eisdir);
	}
	p = malloc(max);
	while (p != NULL) {
		r = chan_read(c, p + n, (long)(max - n), (int64_t)n);
		if (r <= 0)
			break;
		n += (size_t)r;
		if (n < max)
			continue;
		if (max >= MAXFILE) {
			r = kerror("file too large");
			break;
		}
		max *= 2;
		q = realloc(p, max);
		if (q == NULL) {
			r = kerror("%s", Enomem);
			break;
		}
		p = q;
	}
	if (p == NULL)
		kerror("%s", Enomem);
	cclose(c);
	if (r < 0) {
		free(p);
		return NULL;
	}
	*np = n;
	return p;
}

/* The caller of compile has been interrupted: so is the compiler, if it waits for a file. */
static void
interrupt(void *v)
{
	Job *j = v;

	pthread_mutex_lock(&j->lock);
	j->stop = true;
	if (j->reader != NULL)
		proc_interrupt(j->reader);
	pthread_mutex_unlock(&j->lock);
}

static bool
stopped(void *aux)
{
	Job *j = aux;
	bool stop;

	pthread_mutex_lock(&j->lock);
	stop = j->stop;
	pthread_mutex_unlock(&j->lock);
	return stop;
}

static void
setreader(Job *j, Proc *p)
{
	pthread_mutex_lock(&j->lock);
	j->reader = p;
	if (p != NULL && j->stop)
		proc_interrupt(p);
	pthread_mutex_unlock(&j->lock);
}

static char *
readfile(void *aux, const char *name, size_t *n)
{
	Job *j = aux;
	bool mine = up == NULL; /* without a thread to be had the compiler runs on the caller's */
	char *p;

	errno = EIO;
	j->err[0] = '\0';
	if (mine && proc_attach("limbo", j->env) == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	if (mine)
		setreader(j, up);
	p = readall(name, n);
	if (p == NULL)
		snprintf(j->err, sizeof j->err, "%s", kerrstr());
	if (mine) {
		setreader(j, NULL);
		proc_detach();
	}
	return p;
}

static const char *
readerror(void *aux)
{
	Job *j = aux;

	return j->err[0] != '\0' ? j->err : NULL;
}

static void
message(Job *j, char *s)
{
	int max = j->maxmsg == 0 ? 16 : 2 * j->maxmsg;
	char **msg;

	if (s != NULL && j->nmsg == j->maxmsg) {
		msg = realloc(j->msg, (size_t)max * sizeof *msg);
		if (msg != NULL) {
			j->msg = msg;
			j->maxmsg = max;
		}
	}
	if (s == NULL || j->nmsg == j->maxmsg) {
		free(s);
		j->nomem = true;
		return;
	}
	j->msg[j->nmsg++] = s;
}

static void
diag(void *aux, const LimboDiag *d)
{
	char *s;

	if (asprintf(&s, "%s%s%s%s", d->where != NULL ? d->where : "", d->where != NULL ? ": " : "", d->warning ? "warning: " : "",
		     d->text) < 0)
		s = NULL;
	message(aux, s);
}

/* ------------------------------------------------------------ compiling, without the VM */

static bool
listing(Job *j, Limbo *l, FILE *f)
{
	char *s;

	if (limbo_check(l, j->file) > 0)
		return false;
	if (limbo_interface(l, j->what, j->listed, f) == 0)
		return true;
	if (asprintf(&s, "%s: no %s %s", j->file, j->what == 'X' ? "function" : "module", j->listed) < 0)
		s = NULL;
	message(j, s);
	return false;
}

static bool
assembly(Job *j, Limbo *l, const DisModule *m)
{
	Text t = {NULL, 0};
	FILE *f = open_memstream(&t.p, &t.n);
	bool ok;

	if (f == NULL)
		return false;
	ok = j->what == 'G' ? dis_print_asm_notes(f, m, limbo_note, l) : dis_print_asm(f, m);
	if (fclose(f) != 0)
		ok = false;
	if (ok)
		ok = dis_bufput(&j->obj, t.p, t.n);
	free(t.p);
	return ok;
}

static bool
object(Job *j, Limbo *l, FILE *text)
{
	DisModule *m = limbo_compile(l, j->file);
	DisError err;
	FILE *f;
	char *s;

	if (m == NULL)
		return false;
	if (j->what != 'o') {
		if (!assembly(j, l, m)) {
			j->nomem = true;
			return false;
		}
	} else if (!dis_write(m, &j->obj, &err)) {
		if (asprintf(&s, "fatal limbo compiler error: %s%s%s", err.msg, err.detail[0] != '\0' ? ": " : "", err.detail) < 0)
			s = NULL;
		message(j, s);
		return false;
	}
	if (j->o.symbols & 1) {
		f = open_memstream(&j->sbl.p, &j->sbl.n);
		if (f == NULL || limbo_sbl(l, f) < 0)
			j->nomem = true;
		if (f != NULL && fclose(f) != 0)
			j->nomem = true;
	}
	if (strchr(j->debug, 's') != NULL)
		dis_print_sizes(text, m);
	if (strchr(j->debug, 'S') != NULL)
		limbo_interface(l, 'D', NULL, text);
	return true;
}

static bool
compile(Job *j)
{
	Limbo *l = limbo_new(&j->o);
	FILE *text = open_memstream(&j->text.p, &j->text.n);
	bool ok = false;

	if (l == NULL || text == NULL)
		j->nomem = true;
	else
		ok = j->o.listing ? listing(j, l, text) : object(j, l, text);
	if (text != NULL && fclose(text) != 0)
		j->nomem = true;
	limbo_free(l);
	return ok;
}

/* ------------------------------------------------------------ the call */

static void
jobfree(Job *j)
{
	for (int i = 0; i < j->o.nincdirs; i++)
		free(j->incdirs[i]);
	for (int i = 0; i < j->nmsg; i++)
		free(j->msg[i]);
	free(j->msg);
	free(j->file);
	free(j->path);
	free(j->debug);
	free(j->listed);
	free(j->sbl.p);
	free(j->text.p);
	dis_buffree(&j->obj);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

/* Takes the arguments out of the arena. A job; NULL after raising, or with *why set if there is something wrong with them. */
static Job *
jobnew(Prog *p, Ref file, const Opts *o, const char **why)
{
	Job *j = calloc(1, sizeof *j);
	Ref l = o->incdirs;
	void *v;

	if (j == NULL) {
		vm_raise(p, "out of memory: main");
		return NULL;
	}
	pthread_mutex_init(&j->lock, NULL);
	j->env = up->env;
	j->what = o->what;
	j->file = str_utf8(file, NULL);
	j->debug = str_utf8(o->debug, NULL);
	j->listed = str_utf8(o->listed, NULL);
	j->path = str_utf8(o->path, NULL);
	j->nomem = j->file == NULL || j->debug == NULL || j->listed == NULL || j->path == NULL;
	while (!j->nomem && list_next(&l, 4, &v)) {
		if (j->o.nincdirs == MAXINC) {
			*why = "out of include path space";
			break;
		}
		j->incdirs[j->o.nincdirs] = str_utf8(*(Ref *)v, NULL);
		if (j->incdirs[j->o.nincdirs] == NULL)
			j->nomem = true;
		else
			j->o.nincdirs++;
	}
	if (j->what <= 0 || j->what > 127 || strchr("oSGtTdaAX", j->what) == NULL)
		*why = Ebadarg;
	if (j->nomem || *why != NULL) {
		if (j->nomem)
			vm_raise(p, "out of memory: main");
		jobfree(j);
		return NULL;
	}
	j->o.readfile = readfile;
	j->o.readerror = readerror;
	j->o.diag = diag;
	j->o.stop = stopped;
	j->o.aux = j;
	j->o.maxmem = MAXMEM;
	j->o.incdirs = (const char **)j->incdirs;
	j->o.warn = o->warn < 0 ? 0 : o->warn > 2 ? 2 : o->warn;
	j->o.maxerrors = o->maxerrors <= 0 || o->maxerrors > 1000 ? 20 : o->maxerrors;
	j->o.mustcompile = (o->flags & Mustcompile) != 0;
	j->o.dontcompile = (o->flags & Dontcompile) != 0;
	j->o.noinline = (o->flags & Noinline) != 0;
	j->o.selfrefs = (o->flags & Selfrefs) != 0;
	j->o.newaz = (o->flags & Newaz) != 0;
	j->o.oldcyclic = (o->flags & Oldcyclic) != 0;
	j->o.symbols = (o->flags & Symbols ? 1 : 0) | (j->what == 'G' ? 2 : 0);
	j->o.stackextent = o->stackextent;
	j->o.listing = strchr("oSG", j->what) == NULL;
	j->o.path = j->path[0] != '\0' ? j->path : NULL;
	return j;
}

/* *dst = array of the messages. */
static int
retmessages(Prog *p, Ref *dst, const Job *j)
{
	Ref r = H;
	Arr a;

	if (arr_new(p, &r, Tref, (uint32_t)j->nmsg) < 0)
		return -1;
	a = arr_get(r);
	for (uint32_t i = 0; i < a.len; i++)
		if (str_setc(p, (Ref *)a.data + i, j->msg[i]) < 0) {
			ref_dec(r);
			return -1;
		}
	ref_set(dst, r);
	return 0;
}

static int
retresult(Prog *p, void *fp, const Job *j, bool ok)
{
	Result *ret = vm_result(fp, sizeof *ret);

	if (j->nomem)
		return vm_raise(p, "out of memory: main");
	if (ok && j->obj.n > 0 && arr_setbytes(p, &ret->t0, j->obj.p, j->obj.n) < 0)
		return -1;
	if (ok && (j->o.symbols & 1) && !j->o.listing && arr_setbytes(p, &ret->t1, j->sbl.p, j->sbl.n) < 0)
		return -1;
	if (ok && (j->o.listing || j->text.n > 0) && arr_setbytes(p, &ret->t2, j->text.p, j->text.n) < 0)
		return -1;
	return retmessages(p, &ret->t3, j);
}

int
Limbo_compile(Prog *p, void *fp)
{
	struct F_Limbo_compile *f = fp;
	const void *v = f->a1 != H ? adt_get(f->a1, sizeof(Opts)) : NULL;
	Result *ret = vm_result(fp, sizeof *ret);
	const char *why = NULL;
	bool ok;
	Job *j;
	Opts o;
	int r;

	if (v == NULL)
		return vm_raise_nil(p);
	memcpy(&o, v, sizeof o);
	j = jobnew(p, f->a0, &o, &why);
	if (j == NULL)
		return why != NULL ? vm_raise(p, "%s", why) : -1;
	/* Only now: the result may lie anywhere, over the arguments too. */
	ref_set(&ret->t0, H);
	ref_set(&ret->t1, H);
	ref_set(&ret->t2, H);
	ref_set(&ret->t3, H);
	sys_begin();
	proc_onintr(interrupt, j);
	ok = compile(j);
	proc_onintr(NULL, NULL);
	r = sys_end(p);
	if (r == 0)
		r = retresult(p, fp, j, ok);
	jobfree(j);
	return r;
}

/* ------------------------------------------------------------ the assembler */

/* The object that text is, which the machine would load. */
static bool
assemble(const char *text, size_t n, DisBuf *object, DisError *err)
{
	DisModule *m = dis_assemble(text, n, err), *again;
	bool ok = m != NULL;

	if (ok && !dis_write(m, object, err)) {
		err->at = 0;
		ok = false;
	}
	dis_free(m);
	if (!ok)
		return false;
	again = dis_read(object->p, object->n, err);
	ok = again != NULL && dis_check(again, err);
	if (!ok)
		err->at = 0; /* of the object, not of the text */
	dis_free(again);
	return ok;
}

int
Limbo_assemble(Prog *p, void *fp)
{
	typedef struct R_Limbo_assemble Answer __attribute__((aligned(1)));
	struct F_Limbo_assemble *f = fp;
	Answer *ret = vm_result(fp, sizeof *ret);
	Arr a = arr_bytes(f->a0);
	char *text = malloc((size_t)a.len + 1);
	DisBuf object = {0};
	DisError err = {0};
	char why[sizeof err.msg + sizeof err.detail + 4];
	int r;

	if (text == NULL)
		return vm_raise(p, "out of memory: main");
	if (a.len > 0)
		memcpy(text, a.data, a.len);
	ref_set(&ret->t0, H);
	ret->t1 = 0;
	ref_set(&ret->t2, H);
	sys_begin();
	bool ok = assemble(text, a.len, &object, &err);
	r = sys_end(p);
	free(text);
	ret = vm_result(fp, sizeof *ret);
	if (r == 0 && ok)
		r = arr_setbytes(p, &ret->t0, object.p, object.n);
	else if (r == 0) {
		ret->t1 = err.at < INT32_MAX ? (int32_t)err.at : INT32_MAX;
		snprintf(why, sizeof why, "%s%s%s", err.msg, err.detail[0] != '\0' ? ": " : "", err.detail);
		r = str_setc(p, &ret->t2, why);
	}
	dis_buffree(&object);
	return r;
}

BUILTIN_MODULE(Limbo, NULL)
