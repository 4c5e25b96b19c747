/*
 * Ways into native code and out of it, the same for all functions. amd64.h
 */
#include "libinterp/jit/amd64.h"

#define NATIVESTACK 65536 /* of a worker's stack, for return addresses */

Thunks jit_thunks;
struct Emthunks em_thunks;

static const uint8_t saved[] = {RDI, R8, R9, R10, R11};

size_t
emit_thunks(void *p, size_t n, const void *exec)
{
	static const uint8_t callee[] = {RBX, RBP, R12, R13, R14, R15};
	Codebuf b;
	Label leave = {0}, exitl = {0}, resume = {0}, keep[2] = {{0}, {0}}, cont = {0}, other = {0};
	uint32_t at;
	size_t i;
	int k, reals;

	codebuf_init(&b, p, n, exec);
	/* enter(p, target) */
	at = codebuf_offset(&b);
	for (i = 0; i < sizeof callee; i++)
		amd_push_r(&b, callee[i]);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_mov_rr(&b, 8, R15, RDI);
	amd_mov_mr(&b, 8, PROG(jit.sp), RSP);
	amd_lea_rm(&b, 8, RAX, mem_base(RSP, -NATIVESTACK));
	amd_mov_mr(&b, 8, PROG(jit.low), RAX);
	amd_mov_rm(&b, 8, RBX, PROG(fp));
	amd_mov_rm(&b, 8, RAX, PROG(m));
	amd_mov_rm(&b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_mov_rm(&b, 4, R13, PROG(nact));
	amd_mov_mi(&b, 4, PROG(jit.status), JIT_RET);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_r(&b, RSI);
	amd_mov_rm(&b, 4, RAX, PROG(jit.status));
	amd_mov_mr(&b, 4, PROG(jit.budget), R14);
	amd_alu_ri(&b, AluAdd, 8, RSP, 16);
	for (i = sizeof callee; i-- > 0;)
		amd_pop_r(&b, callee[i]);
	amd_ret(&b);
	jit_thunks.enter = (int (*)(Prog *, void *))codebuf_exec(&b, at);

	/*
	 * Jumped to in order to leave with the status in eax: a return to the above from wherever the stack is. Returns are paired with calls
	 * where nothing has been called since native code was entered, as after something that blocked: the processor guesses them all.
	 */
	amd_align(&b, 16);
	amd_bind(&b, &leave);
	jit_thunks.leave = (const void *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_mr(&b, 4, PROG(jit.status), RAX);
	amd_mov_rm(&b, 8, RSP, PROG(jit.sp));
	amd_alu_ri(&b, AluSub, 8, RSP, 16);
	amd_ret(&b);

	/* Called from where native code is left: jit_exit(p, return address, registers, native stack before the call). */
	amd_align(&b, 16);
	jit_thunks.nolight = (void *)codebuf_exec(&b, codebuf_offset(&b));
	amd_call_l(&b, &exitl);
	amd_align(&b, 16);
	amd_bind(&b, &exitl);
	jit_thunks.exit = jit_thunks.nocode = (void *)codebuf_exec(&b, codebuf_offset(&b));
	amd_lea_rm(&b, 8, RSP, mem_base(RSP, -256));
	for (k = 0; k < 16; k++) {
		if (k != RSP)
			amd_mov_mr(&b, 8, mem_base(RSP, k * 8), k);
		amd_sse_mx(&b, SseMovsd, mem_base(RSP, 128 + k * 8), k);
	}
	amd_mov_rr(&b, 8, RDI, R15);
	amd_mov_rm(&b, 8, RSI, mem_base(RSP, 256));
	amd_mov_rr(&b, 8, RDX, RSP);
	amd_lea_rm(&b, 8, RCX, mem_base(RSP, 264));
	amd_alu_ri(&b, AluAnd, 8, RSP, -16);
	amd_mov_ri(&b, RAX, (uint64_t)(uintptr_t)jit_exit);
	amd_call_r(&b, RAX);
	amd_alu_ri(&b, AluCmp, 4, RAX, JIT_RESUME);
	amd_jcc_short(&b, CcE, &resume);
	amd_lea_rm(&b, 8, RCX, mem_label(&leave));
	amd_push_r(&b, RCX);
	amd_ret(&b);
	amd_bind(&b, &resume);
	amd_mov_rm(&b, 8, RSP, PROG(jit.resume));
	amd_mov_rm(&b, 8, RBX, PROG(fp));
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_mov_rm(&b, 4, R13, PROG(nact));
	amd_jmp_m(&b, PROG(jit.target));

	/* Call the function in rax with p, rsi and so on; the flags tell whether the status is 0. The instruction is in r8. */
	amd_align(&b, 16);
	em_thunks.drop = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_mr(&b, 8, PROG(pc), R8);
	amd_mov_mr(&b, 8, PROG(fp), RBX);
	amd_mov_mr(&b, 4, PROG(jit.budget), R14);
	amd_mov_rr(&b, 8, RDI, R15);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_r(&b, RAX);
	amd_alu_ri(&b, AluAdd, 8, RSP, 8);
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_mov_rm(&b, 4, R13, PROG(nact));
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_ret(&b);

	/* The same for calls through module references, which may go on in compiled code. */
	amd_align(&b, 16);
	em_thunks.mcall = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
	amd_mov_mr(&b, 8, PROG(pc), R8);
	amd_mov_mr(&b, 8, PROG(fp), RBX);
	amd_mov_mr(&b, 4, PROG(jit.budget), R14);
	amd_mov_rr(&b, 8, RDI, R15);
	amd_alu_ri(&b, AluSub, 8, RSP, 8);
	amd_call_r(&b, RAX);
	amd_mov_rm(&b, 4, R14, PROG(jit.budget));
	amd_mov_rm(&b, 4, R13, PROG(nact));
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_jcc_l(&b, CcE, &cont);
	amd_alu_ri(&b, AluCmp, 4, RAX, JIT_CALL);
	amd_jcc_l(&b, CcNE, &other);
	amd_push_r(&b, RBX);
	amd_mov_rm(&b, 8, RBX, PROG(fp));
	amd_mov_rm(&b, 8, RAX, PROG(m));
	amd_mov_rm(&b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_call_m(&b, PROG(jit.target));
	amd_pop_r(&b, RBX);
	amd_mov_rm(&b, 8, RAX, PROG(m));
	amd_mov_rm(&b, 4, RBP, mem_base(RAX, offsetof(Module, mp)));
	amd_zero_r(&b, RAX);
	amd_bind(&b, &cont);
	amd_bind(&b, &other);
	amd_alu_ri(&b, AluAdd, 8, RSP, 8);
	amd_alu_rr(&b, AluTest, 4, RAX, RAX);
	amd_ret(&b);

	for (reals = 0; reals < 2; reals++) {
		/* Call the function in rax with p, rsi and so on; only rsi and scratch registers change. */
		amd_align(&b, 16);
		amd_bind(&b, &keep[reals]);
		em_thunks.keep[reals] = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
		for (i = 0; i < sizeof saved; i++)
			amd_push_r(&b, saved[i]);
		if (reals) {
			amd_alu_ri(&b, AluSub, 8, RSP, 128);
			for (k = 2; k < 16; k++)
				amd_sse_mx(&b, SseMovsd, mem_base(RSP, (k - 2) * 8), k);
		}
		amd_mov_rr(&b, 8, RDI, R15);
		amd_call_r(&b, RAX);
		if (reals) {
			for (k = 2; k < 16; k++)
				amd_sse_xm(&b, SseMovsd, k, mem_base(RSP, (k - 2) * 8));
			amd_alu_ri(&b, AluAdd, 8, RSP, 128);
		}
		for (i = sizeof saved; i-- > 0;)
			amd_pop_r(&b, saved[i]);
		amd_ret(&b);

		/* The count of the object in rax has come to 0. */
		amd_align(&b, 16);
		em_thunks.destroy[reals] = (uint8_t *)codebuf_exec(&b, codebuf_offset(&b));
		amd_push_r(&b, RSI);
		amd_mov_rr(&b, 4, RSI, RAX);
		amd_mov_ri(&b, RAX, (uint64_t)(uintptr_t)jit_destroy);
		amd_call_l(&b, &keep[reals]);
		amd_pop_r(&b, RSI);
		amd_alu_rr(&b, AluTest, 4, RAX, RAX);
		amd_jcc_l(&b, CcNE, &exitl);
		amd_ret(&b);
	}
	return b.full || b.bad ? 0 : codebuf_offset(&b);
}
