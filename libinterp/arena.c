/*
 * The arena: the address space that Dis programs can name, and runs of pages in it. Knows nothing of what the pages are
 * used for (heap.c does).
 *
 * The whole range is reserved without access at the start and made usable from the bottom as it grows. Free runs are
 * kept in lists by the logarithm of their length; neighbours are joined when a run is freed, found through the length
 * noted at the first and last page of each free run. All this is kept outside of the arena.
 */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/mman.h>

#include "libinterp/vm.h"

#define NPAGES ((ARENA_TOP - ARENA_LO) / ARENA_PAGE)
#define GROW 64u      /* pages by which the usable part grows at least */
#define GIVEBACK 16u  /* free runs from this length go back to the host at once */
#define SLICE 512u    /* but no more than this at a time: it takes about a microsecond for each page that was in use */
#ifdef ARENA_ASAN
#define SMALLTABLE SIZE_MAX /* the sanitizer looks for what is still held in memory of malloc's only */
#else
#define SMALLTABLE 2048u /* bytes; mapped from here on */
#endif
#define NBIN 20
#define NONE UINT32_MAX

Vmstate vm;

/* run[i] is the length of the free run that begins or ends at page i, else 0. */
static uint32_t run[NPAGES + 1];
static uint32_t next[NPAGES], prev[NPAGES];
static uint8_t flags[NPAGES]; /* of a run's first page */
enum { FIRST = 1, DIRTY = 2 /* may be other than zero */ };
static uint32_t bin[NBIN];
static uint32_t top;	   /* pages in use or free; beyond is untouched */
static uint32_t committed; /* pages with access */
/* Where arena_trim is, and how much of the run that begins there has gone back already. */
static uint32_t trimpage, trimmed;
static bool trimming;

static inline Ref
pageaddr(uint32_t i)
{
	return ARENA_LO + i * ARENA_PAGE;
}

int
arena_init(void)
{
	void *p, *want = ref2ptr(ARENA_MAP);
	int i;

	for (i = 0; i < NBIN; i++)
		bin[i] = NONE;
	p = mmap(want, ARENA_END - ARENA_MAP, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (p == want && mprotect(want, ARENA_LO - ARENA_MAP, PROT_READ | PROT_WRITE) == 0)
		return 0;
	fprintf(stderr, "emu: cannot reserve memory from %#x to %#llx for Dis programs: %s\n", ARENA_MAP,
		(unsigned long long)ARENA_END, p == MAP_FAILED || p == want ? strerror(errno) : "addresses are in use");
	if (p != MAP_FAILED)
		munmap(p, ARENA_END - ARENA_MAP);
	return -1;
}

static int
binof(uint32_t n)
{
	int b = 31 - __builtin_clz(n);

	return b < NBIN ? b : NBIN - 1;
}

static void
unlinkrun(uint32_t i)
{
	uint32_t n = run[i];

	if (prev[i] != NONE)
		next[prev[i]] = next[i];
	else
		bin[binof(n)] = next[i];
	if (next[i] != NONE)
		prev[next[i]] = prev[i];
	run[i] = run[i + n - 1] = 0;
	flags[i] = 0;
	if (i == trimpage)
		trimmed = 0;
}

static void
linkrun(uint32_t i, uint32_t n, bool isdirty)
{
	int b = binof(n);

	run[i] = run[i + n - 1] = n;
	flags[i] = isdirty ? FIRST | DIRTY : FIRST;
	prev[i] = NONE;
	next[i] = bin[b];
	if (bin[b] != NONE)
		prev[bin[b]] = i;
	bin[b] = i;
}

/* Make pages below n, and the slack after them, usable. */
static bool
commit(uint32_t n)
{
	uint32_t want = n + ARENA_SLACK / ARENA_PAGE;

	if (want > committed) {
		if (want - committed < GROW)
			want = committed + GROW;
		if (want > NPAGES)
			want = NPAGES;
		if (want < n + ARENA_SLACK / ARENA_PAGE)
			return false;
		if (mprotect(ref2ptr(pageaddr(committed)), (size_t)(want - committed) * ARENA_PAGE, PROT_READ | PROT_WRITE) < 0)
			return false;
		committed = want;
		vm.span = (committed * ARENA_PAGE) - ARENA_SLACK;
	}
	return true;
}

Ref
arena_pages(uint32_t n, bool *zero)
{
	uint32_t i, best = NONE, len;
	int b, tries;

	if (n == 0 || n > NPAGES)
		return 0;
	b = binof(n);
	for (i = bin[b], tries = 0; i != NONE && tries < 32; i = next[i], tries++)
		if (run[i] >= n && (best == NONE || run[i] < run[best])) {
			best = i;
			if (run[i] == n)
				break;
		}
	while (best == NONE && ++b < NBIN)
		for (i = bin[b]; i != NONE && best == NONE; i = next[i])
			if (run[i] >= n)
				best = i;
	if (best == NONE && binof(n) == NBIN - 1)
		for (i = bin[NBIN - 1]; i != NONE && best == NONE; i = next[i])
			if (run[i] >= n)
				best = i;
	if (best != NONE) {
		len = run[best];
		*zero = !(flags[best] & DIRTY);
		unlinkrun(best);
		if (len > n)
			linkrun(best + n, len - n, !*zero);
		return pageaddr(best);
	}
	/* Extend a free run at the very top rather than leave it behind. */
	len = top > 0 ? run[top - 1] : 0;
	if (n > NPAGES - (top - len) || !commit(top - len + n))
		return 0;
	i = top - len;
	*zero = true;
	if (len > 0) {
		*zero = !(flags[i] & DIRTY);
		unlinkrun(i);
	}
	top = i + n;
	return pageaddr(i);
}

static void
giveback(uint32_t i, uint32_t n)
{
	if (madvise(ref2ptr(pageaddr(i)), (size_t)n * ARENA_PAGE, MADV_DONTNEED) < 0)
		memset(ref2ptr(pageaddr(i)), 0, (size_t)n * ARENA_PAGE);
}

void
arena_free(Ref r, uint32_t n)
{
	uint32_t i = (r - ARENA_LO) / ARENA_PAGE, k;
	bool isdirty = true;

	if (n >= GIVEBACK && n <= SLICE) {
		giveback(i, n);
		isdirty = false;
	}
	trimming |= n > SLICE;
	if (i + n < top && run[i + n] != 0) {
		k = run[i + n];
		isdirty |= (flags[i + n] & DIRTY) != 0;
		unlinkrun(i + n);
		n += k;
	}
	if (i > 0 && run[i - 1] != 0) {
		k = run[i - 1];
		isdirty |= (flags[i - k] & DIRTY) != 0;
		unlinkrun(i - k);
		i -= k;
		n += k;
	}
	linkrun(i, n, isdirty);
}

void
arena_trimall(void)
{
	trimming = true;
}

bool
arena_trim(void)
{
	uint32_t work = 0, n;

	if (!trimming)
		return false;
	for (; work < SLICE; work++) {
		if (trimpage >= top) {
			trimpage = trimmed = 0;
			trimming = false;
			return false;
		}
		if (!(flags[trimpage] & FIRST)) {
			trimpage++;
			continue;
		}
		n = run[trimpage];
		if (flags[trimpage] & DIRTY && trimmed < n) {
			n = n - trimmed > SLICE ? SLICE : n - trimmed;
			giveback(trimpage + trimmed, n);
			trimmed += n;
			work += n;
			if (trimmed < run[trimpage])
				continue;
			flags[trimpage] = FIRST;
			n = run[trimpage];
		}
		trimpage += n;
		trimmed = 0;
	}
	return true;
}

void *
vm_mem(Ref r, uint64_t n)
{
	return arena_mem(r, n);
}

void *
table_new(size_t n)
{
	if (n < SMALLTABLE)
		return calloc(1, n);
	void *m = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return m == MAP_FAILED ? NULL : m;
}

void
table_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	if (n < SMALLTABLE)
		free(p);
	else
		munmap(p, n);
}
