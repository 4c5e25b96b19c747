/*
 * Labels, buffers that are full, and operands without encoding; and, on the machine itself, that code with jumps runs as it should. The
 * encodings are compared with the assembler's by forms.py.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "libinterp/jit/amd64enc.h"

#define SIZE 8192

static uint8_t *space;
static Codebuf buf, *b = &buf;

static void
setup(void)
{
	space = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert(space != MAP_FAILED);
	codebuf_init(b, space, SIZE, space);
}

static void
teardown(void)
{
	munmap(space, SIZE);
}

/* A bit of everything that has a label, forward and back, in all forms. */
static void
everything(void)
{
	Label back = {0}, ahead = {0}, near = {0};
	int i;

	amd_bind(b, &back);
	amd_alu_ri(b, AluAdd, 4, RAX, 1000);
	amd_mov_mi(b, 1, mem_label(&ahead), 1);
	amd_mov_mi(b, 2, mem_label(&ahead), 2);
	amd_mov_mi(b, 8, mem_label(&ahead), 3);
	amd_lea_rm(b, 8, RDI, mem_label(&ahead));
	amd_jcc_short(b, CcE, &near);
	amd_jmp_short(b, &near);
	amd_jcc_l(b, CcL, &ahead);
	amd_jmp_l(b, &back);
	amd_bind(b, &near);
	amd_call_l(b, &ahead);
	amd_jmp_l(b, &ahead);
	for (i = 0; i < 40; i++)
		amd_sse_xm(b, SseAddsd, i % 16, mem_index(RAX, R9, 8, i * 100));
	amd_jcc_l(b, CcNE, &back);
	amd_lea_rm(b, 8, RDI, mem_label(&back));
	codebuf_alignzero(b, 8);
	amd_data_address(b, &ahead);
	amd_data_offset(b, &ahead);
	amd_data_address(b, &back);
	amd_data_offset(b, &back);
	amd_align(b, 16);
	amd_bind(b, &ahead);
	amd_ret(b);
}

/* Whatever fits is what is written when there is room, and nothing is written behind the end. */
START_TEST(full)
{
	uint8_t *all = malloc(SIZE);
	size_t n, size;

	everything();
	ck_assert(!b->full && !b->bad);
	n = codebuf_offset(b);
	memcpy(all, space, n);
	for (size = 0; size <= n; size++) {
		memset(space, 0xa5, SIZE);
		codebuf_init(b, space, size, space);
		everything();
		ck_assert(!b->bad);
		ck_assert_int_eq(b->full, size < n);
		ck_assert(b->at <= b->end);
		for (size_t i = size; i < n + 64; i++)
			ck_assert_uint_eq(space[i], 0xa5);
		if (size == n)
			ck_assert_mem_eq(space, all, n);
	}
	free(all);
}
END_TEST

/* Where a field of 4 bytes that ends before `end` leads to. */
static uint32_t
target(uint32_t field, uint32_t end)
{
	int32_t v;

	memcpy(&v, space + field, 4);
	return end + (uint32_t)v;
}

START_TEST(labels)
{
	Label l = {0}, far = {0};
	uint32_t at[6], here, i, off;
	uint64_t address;

	codebuf_init(b, space, SIZE, (void *)0x12340000);
	amd_mov_mi(b, 1, mem_label(&l), 1);
	at[0] = codebuf_offset(b);
	amd_mov_mi(b, 2, mem_label(&l), 1);
	at[1] = codebuf_offset(b);
	amd_mov_mi(b, 4, mem_label(&l), 1);
	at[2] = codebuf_offset(b);
	amd_jmp_l(b, &l);
	at[3] = codebuf_offset(b);
	amd_data_address(b, &l);
	at[4] = codebuf_offset(b);
	amd_data_offset(b, &l);
	at[5] = codebuf_offset(b);
	amd_jcc_short(b, CcO, &l);
	amd_nop(b, 50);
	amd_jmp_short(b, &l);
	amd_nop(b, 60);
	here = codebuf_offset(b);
	amd_bind(b, &l);
	ck_assert(!b->bad);
	for (i = 0; i < 4; i++)
		ck_assert_uint_eq(target(at[i] - (i < 3 ? 4 + (1 << i) : 4), at[i]), here);
	memcpy(&address, space + at[4] - 8, 8);
	ck_assert_uint_eq(address, 0x12340000 + here);
	memcpy(&off, space + at[5] - 4, 4);
	ck_assert_uint_eq(off, here);
	ck_assert_uint_eq(space[at[5] + 1], here - at[5] - 2);
	ck_assert_uint_eq(space[at[5] + 53], here - at[5] - 54);
	/* Back, short while it reaches. */
	off = codebuf_offset(b);
	amd_jmp_l(b, &l);
	ck_assert_uint_eq(codebuf_offset(b), off + 2);
	amd_nop(b, 126);
	off = codebuf_offset(b);
	amd_jmp_l(b, &l);
	ck_assert_uint_eq(codebuf_offset(b), off + 5);
	/* Twice in one place is a mistake, and so is a short jump over too much. */
	amd_jmp_short(b, &far);
	amd_nop(b, 128);
	ck_assert(!b->bad);
	amd_bind(b, &far);
	ck_assert(b->bad);
	codebuf_init(b, space, SIZE, space);
	amd_bind(b, &l);
	ck_assert(b->bad);
}
END_TEST

START_TEST(reach)
{
	codebuf_init(b, space, SIZE, (void *)0x100000000);
	ck_assert(amd_reaches(b, (void *)0x100000000));
	ck_assert(amd_reaches(b, (void *)(uintptr_t)0x17fffffff));
	ck_assert(!amd_reaches(b, (void *)(uintptr_t)0x180000000));
	ck_assert(amd_reaches(b, (void *)(uintptr_t)(0x80000000 + SIZE)));
	ck_assert(!amd_reaches(b, (void *)(uintptr_t)(0x80000000 + SIZE - 1)));
	amd_jmp_to(b, (void *)(uintptr_t)0x180000004);
	ck_assert(!b->bad);
	amd_jmp_to(b, (void *)(uintptr_t)0x190000000);
	ck_assert(b->bad);
}
END_TEST

#define BAD(code) \
	do { \
		codebuf_init(b, space, SIZE, space); \
		code; \
		ck_assert_msg(b->bad && b->at == b->start, "%s is taken", #code); \
	} while (0)

START_TEST(bad)
{
	BAD(amd_mov_rr(b, 3, RAX, RAX));
	BAD(amd_mov_rr(b, 0, RAX, RAX));
	BAD(amd_mov_rr(b, 4, 16, RAX));
	BAD(amd_mov_rr(b, 4, RAX, NOREG));
	BAD(amd_mov_ri(b, NOREG, 1));
	BAD(amd_push_r(b, NOREG));
	BAD(amd_mov_rm(b, 4, RAX, mem_index(RAX, RSP, 1, 0)));
	BAD(amd_mov_rm(b, 4, RAX, mem_index(RAX, RCX, 3, 0)));
	BAD(amd_mov_rm(b, 4, RAX, mem_index(16, RCX, 1, 0)));
	BAD(amd_mov_rm(b, 4, RAX, mem_index(RIP, RCX, 1, 0)));
	BAD(amd_mov_rm(b, 4, RAX, mem_wrap(mem_base(RIP, 0))));
	BAD(amd_alu_ri(b, AluAdd, 1, RAX, 256));
	BAD(amd_alu_ri(b, AluAdd, 2, RAX, -32769));
	BAD(amd_mov_mi(b, 2, mem_base(RAX, 0), 65536));
	BAD(amd_zx_rr(b, 4, 4, RAX, RAX));
	BAD(amd_sx_rr(b, 2, 4, RAX, RAX));
	BAD(amd_imul_rr(b, 1, RAX, RAX));
	BAD(amd_shift_ri(b, ShShl, 4, RAX, 32));
	BAD(amd_shift_ri(b, ShShl, 8, RAX, 64));
	BAD(amd_bt_ri(b, BtTest, 4, RAX, 32));
	BAD(amd_bswap_r(b, 2, RAX));
	BAD(amd_lea_rm(b, 1, RAX, mem_base(RAX, 0)));
	BAD(amd_cvt_xr(b, 8, 2, RAX, RAX));
	BAD(amd_cvt_xr(b, 2, 8, RAX, RAX));
	BAD(amd_movd_xr(b, 2, RAX, RAX));
	BAD(amd_sse_mx(b, SseAddsd, mem_base(RAX, 0), XMM0));
}
END_TEST

START_TEST(nops)
{
	uint32_t i;

	for (i = 0; i < 64; i++) {
		amd_int3(b);
		amd_align(b, 1 << (i % 6));
		ck_assert_uint_eq(codebuf_offset(b) % (1 << (i % 6)), 0);
	}
}
END_TEST

#ifdef __x86_64__
/* Makes what was written executable. */
static void *
finish(void)
{
	ck_assert(!b->full && !b->bad);
	ck_assert(mprotect(space, SIZE, PROT_READ | PROT_EXEC) == 0);
	return space;
}

/* The sum of the squares below n, in double, by a loop. */
START_TEST(loop)
{
	Label again = {0}, test = {0};
	double (*fn)(int64_t);

	amd_sse_xx(b, SsePxor, XMM0, XMM0);
	amd_zero_r(b, RAX);
	amd_jmp_short(b, &test);
	amd_bind(b, &again);
	amd_sse_xx(b, SsePxor, XMM1, XMM1);
	amd_cvt_xr(b, 8, 8, XMM1, RAX);
	amd_sse_xx(b, SseMulsd, XMM1, XMM1);
	amd_sse_xx(b, SseAddsd, XMM0, XMM1);
	amd_un_r(b, UnInc, 8, RAX);
	amd_bind(b, &test);
	amd_alu_rr(b, AluCmp, 8, RAX, RDI);
	amd_jcc_l(b, CcL, &again);
	amd_ret(b);
	fn = (double (*)(int64_t))finish();
	ck_assert_double_eq(fn(0), 0);
	ck_assert_double_eq(fn(1000), 332833500);
}
END_TEST

/* A table of addresses and one of offsets, and a constant behind the code. */
START_TEST(tables)
{
	Label table = {0}, offsets = {0}, constant = {0}, start = {0}, arm[4] = {0}, second = {0};
	uint64_t v = 1000;
	int (*fn)(uint64_t);
	int i;

	amd_bind(b, &start);
	amd_lea_rm(b, 8, RCX, mem_label(&table));
	amd_mov_rm(b, 8, RAX, mem_label(&constant));
	amd_jmp_m(b, mem_index(RCX, RDI, 8, 0));
	for (i = 0; i < 4; i++) {
		amd_bind(b, &arm[i]);
		amd_alu_ri(b, AluAdd, 4, RAX, i + 1);
		amd_jmp_l(b, &second);
	}
	amd_bind(b, &second);
	amd_lea_rm(b, 8, RDX, mem_label(&start));
	amd_lea_rm(b, 8, RCX, mem_label(&offsets));
	amd_mov_rm(b, 4, RCX, mem_index(RCX, RDI, 4, 0));
	amd_alu_rr(b, AluAdd, 8, RCX, RDX);
	amd_call_r(b, RCX);
	amd_ret(b);
	for (i = 0; i < 2; i++) {
		arm[i] = (Label){0};
		amd_bind(b, &arm[i]);
		amd_alu_ri(b, AluAdd, 4, RAX, (i + 1) * 100000);
		amd_ret(b);
	}
	codebuf_alignzero(b, 8);
	amd_bind(b, &table);
	for (i = 0; i < 4; i++)
		amd_data_address(b, &arm[i]);
	amd_bind(b, &offsets);
	for (i = 0; i < 4; i++)
		amd_data_offset(b, &arm[i % 2]);
	amd_bind(b, &constant);
	codebuf_put(b, &v, 8);
	/* The first two arms were rebound: both tables lead to the later ones. */
	fn = (int (*)(uint64_t))finish();
	ck_assert_int_eq(fn(2), 1000 + 3 + 100000);
	ck_assert_int_eq(fn(3), 1000 + 4 + 200000);
}
END_TEST

static int
host(int a)
{
	return a * 3;
}

/* To the host and back, and a call aimed elsewhere afterwards. */
START_TEST(calls)
{
	int (*fn)(int);
	uint32_t at;

	amd_push_r(b, RBX);
	amd_mov_ri(b, RAX, (uintptr_t)host);
	amd_call_r(b, RAX);
	amd_mov_rr(b, 4, RDI, RAX);
	at = codebuf_offset(b);
	amd_call_to(b, space);
	amd_pop_r(b, RBX);
	amd_ret(b);
	amd_retarget(b, at, b->at);
	amd_lea_rm(b, 4, RAX, mem_index(RDI, RDI, 4, 1));
	amd_ret(b);
	fn = (int (*)(int))finish();
	ck_assert_int_eq(fn(7), 7 * 3 * 5 + 1);
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("amd64enc");
	TCase *t = tcase_create("amd64enc");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, full);
	tcase_add_test(t, labels);
	tcase_add_test(t, reach);
	tcase_add_test(t, bad);
	tcase_add_test(t, nops);
#ifdef __x86_64__
	tcase_add_test(t, loop);
	tcase_add_test(t, tables);
	tcase_add_test(t, calls);
#endif
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
