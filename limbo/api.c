/*
 * The compiler as a library (limbo.h): contexts, and the passes one after the other.
 *
 * Trees may be as deep as maxdepth and every pass goes down them recursively, so the passes run on a thread whose stack is
 * made for that depth. Its memory is only used as far as it is needed.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "limbo/check.h"
#include "limbo/parse.h"
#include "limbo/util.h"

/* What is offered to the system in turn: stack, and the depth for which it is enough (about 26 KB a level). */
static const struct {
	size_t stack;
	int depth;
} stacks[] = {
	{ (size_t)512 << 20, 20000 },
	{ (size_t)128 << 20, 5000 },
	{ (size_t)32 << 20, 1200 },
};

typedef struct Job Job;
struct Job {
	Limbo *l;
	const char *name;
	bool checkonly;
	DisModule *m;
};

Limbo *
limbo_new(const LimboOptions *o)
{
	Limbo *l;

	l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	l->o = *o;
	l->maxdepth = stacks[0].depth;
	if (mem_init(l) < 0) {
		free(l);
		return NULL;
	}
	basic_types(l);
	lex_keywords(l);
	if (o->editor)
		edit_init(l);
	return l;
}

void
limbo_free(Limbo *l)
{
	if (l == NULL)
		return;
	if (l->module != NULL)
		dis_free(l->module);
	lex_free(l);
	mem_free(l);
	free(l);
}

/* An editor goes on after errors, and is told of the first kind only. */
static void
edit_passes(Limbo *l, const char *name)
{
	if (parse_unit(l, name) < 0) {
		edit_silence(l);
		if (l->unit.nimpls == 0)
			l->o.listing = 1;
	}
	if (l->fatal)
		return;
	edit_parsed(l);
	check_unit(l);
	edit_finish(l);
}

static DisModule *
compile(Limbo *l, const char *name, bool checkonly)
{
	if (l->edit != NULL) {
		edit_passes(l, name);
		return NULL;
	}
	if (parse_unit(l, name) < 0 || l->nerrors > 0)
		return NULL;
	if (check_unit(l) < 0 || l->nerrors > 0)
		return NULL;
	return checkonly ? NULL : gen_unit(l);
}

static void *
passes(void *aux)
{
	jmp_buf giveup;
	Job *j = aux;

	if (setjmp(giveup) == 0) {
		j->l->giveup = &giveup;
		j->m = compile(j->l, j->name, j->checkonly);
	} else
		gen_abandon(j->l);
	j->l->giveup = NULL;
	return NULL;
}

static void
run(Job *j)
{
	pthread_attr_t attr;
	pthread_t t;
	size_t i;
	int r;

	r = -1;
	pthread_attr_init(&attr);
	for (i = 0; i < sizeof stacks / sizeof stacks[0] && r != 0; i++) {
		j->l->maxdepth = stacks[i].depth;
		if (pthread_attr_setstacksize(&attr, stacks[i].stack) == 0)
			r = pthread_create(&t, &attr, passes, j);
	}
	pthread_attr_destroy(&attr);
	if (r == 0) {
		pthread_join(t, NULL);
		return;
	}
	/* no thread to be had: the caller's stack has to do */
	j->l->maxdepth = 200;
	passes(j);
}

DisModule *
limbo_compile(Limbo *l, const char *name)
{
	Job j = { l, name, false, NULL };

	run(&j);
	l->module = j.m;
	return l->nerrors > 0 ? NULL : j.m;
}

int
limbo_check(Limbo *l, const char *name)
{
	Job j = { l, name, true, NULL };

	run(&j);
	return l->nerrors;
}

const char *
limbo_note(void *limbo, int32_t pc)
{
	return gen_note(limbo, pc);
}

int
limbo_nerrors(const Limbo *l)
{
	return l->nerrors;
}
