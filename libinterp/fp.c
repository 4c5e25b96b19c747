/*
 * Floating point as a property of processes: rounding, exception flags, traps.
 *
 * Traps of the host stay disabled. A process that has enabled some runs its arithmetic through a slower path, which looks
 * at the flags after each operation (vm.fpmask). Rounding and flags are those of the host thread while a process runs
 * and are kept in the process in between, for processes that have ever asked for them.
 */
#include <fenv.h>

#include "libinterp/vm.h"

static _Thread_local int round_;

static uint32_t
flags(int fe)
{
	uint32_t r = 0;

	if (fe & FE_INVALID)
		r |= FPINVAL;
	if (fe & FE_DIVBYZERO)
		r |= FPZDIV;
	if (fe & FE_OVERFLOW)
		r |= FPOVFL;
	if (fe & FE_UNDERFLOW)
		r |= FPUNFL;
	if (fe & FE_INEXACT)
		r |= FPINEX;
	return r;
}

void
fp_switchin(Prog *p)
{
	vm.fpmask = p->v.fpmask;
	if (round_ != p->fpround) {
		fesetround(p->fpround);
		round_ = p->fpround;
	}
	if (p->fpused)
		feclearexcept(FE_ALL_EXCEPT);
}

void
fp_switchout(Prog *p)
{
	if (p->fpused)
		p->fpstatus |= flags(fetestexcept(FE_ALL_EXCEPT));
	if (round_ != FE_TONEAREST) {
		fesetround(FE_TONEAREST);
		round_ = FE_TONEAREST;
	}
}

void
vm_fpsetround(int r)
{
	Prog *p = vm_self();

	if (p != NULL) {
		p->fpused = true;
		p->fpround = r;
		fesetround(r);
		round_ = r;
	}
}

int
vm_fpgetround(void)
{
	Prog *p = vm_self();

	return p != NULL ? p->fpround : FE_TONEAREST;
}

uint32_t
vm_fpstatus(uint32_t clear)
{
	Prog *p = vm_self();
	uint32_t r;

	if (p == NULL)
		return 0;
	if (p->fpused)
		p->fpstatus |= flags(fetestexcept(FE_ALL_EXCEPT));
	p->fpused = true;
	feclearexcept(FE_ALL_EXCEPT);
	r = p->fpstatus;
	p->fpstatus &= ~clear;
	return r;
}

void
vm_fpsetmask(Prog *p, uint32_t mask)
{
	p->fpused = true;
	p->v.fpmask = mask & (FPINVAL | FPZDIV | FPOVFL | FPUNFL | FPINEX);
	if (p == vm_self())
		vm.fpmask = p->v.fpmask;
}

void
vm_fpbegin(Prog *p)
{
	if (p->fpused)
		p->fpstatus |= flags(fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT);
}

int
fp_trap(Prog *p, uint32_t bits)
{
	bits &= p->v.fpmask;
	if (bits == 0)
		return 0;
	return vm_raise(p, "sys: fp: %s", bits & FPINVAL ? "invalid operation" : bits & FPZDIV ? "zero divide"
			: bits & FPOVFL ? "overflow" : bits & FPUNFL ? "underflow" : "inexact result");
}

int
vm_fpend(Prog *p)
{
	return fp_trap(p, flags(fetestexcept(FE_ALL_EXCEPT)));
}
