/*
 * Code written by arm64enc, executed: built by arm64run.sh for that machine, and run there or under an emulator. Says what is wrong and exits with 1,
 * or says nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "libinterp/jit/arm64enc.h"

#define SIZE 65536

static uint8_t *space;
static Codebuf buf, *b = &buf;
static int failed;

static void
begin(void)
{
	space = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (space == MAP_FAILED)
		abort();
	codebuf_init(b, space, SIZE, space);
}

static void *
finish(void)
{
	if (b->full || b->bad) {
		printf("code was not taken\n");
		exit(1);
	}
	__builtin___clear_cache((char *)space, (char *)b->at);
	if (mprotect(space, SIZE, PROT_READ | PROT_EXEC) != 0)
		abort();
	return space;
}

static void
is(const char *what, int64_t have, int64_t want)
{
	if (have == want)
		return;
	printf("%s: is %lld, should be %lld\n", what, (long long)have, (long long)want);
	failed = 1;
}

static void
constants(void)
{
	static const uint64_t v[] = {0, 1, 0xffff, 0x10000, 0x12345678, 0xffffffff, 0xffff0000, 0xfffffffe, 0x100000000, UINT64_MAX, 0xffffffffffff1234,
				     0x5555555555555555, 0x0ff00ff00ff00ff0, 0x123456789abcdef0, 0x8000000000000000, 0xffff0000ffff0000, 0x00ff00ff,
				     0x7fffffffffffffff, 0xabcd00000000ffff};
	uint64_t (*fn)(void);
	size_t i;

	for (i = 0; i < sizeof v / sizeof v[0]; i++) {
		begin();
		arm_mov_ri(b, 0, v[i]);
		arm_ret(b);
		fn = (uint64_t(*)(void))finish();
		is("constant", (int64_t)fn(), (int64_t)v[i]);
	}
}

/* The sum of the squares below n, in double, by a loop; jumps forward and back. */
static void
loop(void)
{
	Label again = {0}, test = {0}, out = {0};
	double (*fn)(int64_t);

	begin();
	arm_fmov_vr(b, 8, 0, ZR);
	arm_mov_ri(b, 1, 0);
	arm_b_l(b, &test);
	arm_bind(b, &again);
	arm_scvtf_vr(b, 8, 8, 1, 1);
	arm_f3_vvvv(b, ArmFmadd, 8, 0, 1, 1, 0);
	arm_add_rri(b, ArmAdd_, 8, 1, 1, 1);
	arm_bind(b, &test);
	arm_add_rrr(b, ArmSubs, 8, ZR, 1, 0, ArmLsl, 0);
	arm_bcc_l(b, ArmGe, &out);
	arm_cbz_l(b, true, 8, 0, &again);
	arm_tbz_l(b, false, 0, 63, &out);
	arm_brk(b, 1);
	arm_bind(b, &out);
	arm_ret(b);
	fn = (double (*)(int64_t))finish();
	is("loop", (int64_t)fn(0), 0);
	is("loop", (int64_t)fn(1000), 332833500);
}

/* Jump tables of addresses and of offsets, a constant, and many places that name one label. */
static void
tables(void)
{
	Label table = {0}, offsets = {0}, constant = {0}, start = {0}, arm[4] = {{0}}, end = {0};
	int64_t (*fn)(int64_t, int64_t), v = 1000;
	int i;

	begin();
	arm_bind(b, &start);
	arm_ldr_l(b, 8, 2, &constant);
	arm_cbz_l(b, true, 8, 1, &offsets);
	arm_adr_l(b, 3, &table);
	arm_ldr_rm(b, 8, 3, arm_index(3, 0, ArmUxtx, true));
	arm_br_r(b, 3);
	arm_bind(b, &offsets);
	Label offtab = {0};
	arm_adr_l(b, 3, &offtab);
	arm_ldrs_rm(b, 8, 4, 3, arm_index(3, 0, ArmSxtw, true));
	arm_adr_l(b, 4, &start);
	arm_add_rrr(b, ArmAdd_, 8, 3, 3, 4, ArmLsl, 0);
	arm_br_r(b, 3);
	for (i = 0; i < 4; i++) {
		arm_bind(b, &arm[i]);
		arm_add_rri(b, ArmAdd_, 8, 0, 2, (uint32_t)i + 1);
		arm_b_l(b, &end);
	}
	arm_bind(b, &end);
	arm_ret(b);
	codebuf_alignzero(b, 8);
	arm_bind(b, &table);
	for (i = 0; i < 4; i++)
		arm_data_address(b, &arm[i]);
	arm_bind(b, &offtab);
	for (i = 0; i < 4; i++)
		arm_data_offset(b, &arm[3 - i]);
	arm_bind(b, &constant);
	codebuf_put(b, &v, 8);
	fn = (int64_t(*)(int64_t, int64_t))finish();
	for (i = 0; i < 4; i++) {
		is("table of addresses", fn(i, 0), 1001 + i);
		is("table of offsets", fn(i, 1), 1004 - i);
	}
}

/* Data that names labels which come later. */
static void
forward(void)
{
	Label ahead = {0}, table = {0}, over = {0};
	int64_t (*fn)(void);

	begin();
	arm_b_l(b, &over);
	codebuf_alignzero(b, 8);
	arm_bind(b, &table);
	arm_data_address(b, &ahead);
	arm_data_offset(b, &ahead);
	arm_data_address(b, &ahead);
	arm_bind(b, &over);
	arm_adr_l(b, 1, &table);
	arm_ldr_rm(b, 8, 2, arm_disp(1, 0));
	arm_ldr_rm(b, 8, 3, arm_disp(1, 12));
	arm_add_rrr(b, ArmSubs, 8, ZR, 2, 3, ArmLsl, 0);
	arm_set_r(b, 0, ArmEq);
	arm_br_r(b, 2);
	arm_mov_ri(b, 0, 100);
	arm_bind(b, &ahead);
	arm_add_rri(b, ArmAdd_, 8, 0, 0, 5);
	arm_ret(b);
	fn = (int64_t(*)(void))finish();
	is("forward", fn(), 6);
}

static int64_t
host(int64_t a)
{
	return a * 3;
}

/* A frame, a call of the host, pairs, and memory in all sizes. */
static void
calls(void)
{
	int64_t (*fn)(int64_t, uint8_t *), r;
	uint8_t mem[64] = {0};

	begin();
	arm_stp_rr(b, 8, FP, LR, (ArmMem){.mode = ArmPre, .base = SP, .disp = -32});
	arm_str_rm(b, 8, 1, arm_disp(SP, 16));
	arm_mov_ri(b, 9, (uintptr_t)host);
	arm_blr_r(b, 9);
	arm_ldr_rm(b, 8, 1, arm_disp(SP, 16));
	arm_str_rm(b, 1, 0, arm_disp(1, 1));
	arm_str_rm(b, 2, 0, arm_disp(1, 4));
	arm_str_rm(b, 4, 0, arm_disp(1, 8));
	arm_str_rm(b, 8, 0, arm_disp(1, 16));
	arm_ldrs_rm(b, 8, 1, 2, arm_disp(1, 1));
	arm_ldrs_rm(b, 8, 2, 3, arm_disp(1, 4));
	arm_ldrs_rm(b, 8, 4, 4, arm_disp(1, 8));
	arm_add_rrr(b, ArmAdd_, 8, 2, 2, 3, ArmLsl, 0);
	arm_add_rrr(b, ArmAdd_, 8, 0, 2, 4, ArmLsl, 0);
	arm_ldp_rr(b, 8, FP, LR, (ArmMem){.mode = ArmPost, .base = SP, .disp = 32});
	arm_ret(b);
	fn = (int64_t(*)(int64_t, uint8_t *))finish();
	is("calls", fn(-7, mem), -63);
	memcpy(&r, mem + 16, 8);
	is("stored", r, -21);
}

/* A buffer that is full takes nothing, and a jump too far is no code. */
static void
limits(void)
{
	Label l = {0};
	int i;

	begin();
	b->end = b->start + 6;
	arm_nop(b);
	arm_nop(b);
	is("full", b->full, 1);
	is("length", codebuf_offset(b), 4);
	is("behind the end", space[4], 0);
	codebuf_init(b, space, SIZE, space);
	arm_tbz_l(b, true, 0, 1, &l);
	for (i = 0; i < 8200; i++)
		arm_nop(b);
	arm_bind(b, &l);
	is("too far", b->bad, 1);
}

int
main(void)
{
	constants();
	loop();
	tables();
	forward();
	calls();
	limits();
	return failed;
}
