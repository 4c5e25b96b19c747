/*
 * Error strings: the texts that programs see with %r, and how functions of the kernel set them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

const char Enonexist[] = "file does not exist";
const char Edoesnotexist[] = "does not exist";
const char Eexist[] = "file already exists";
const char Eperm[] = "permission denied";
const char Enotdir[] = "not a directory";
const char Eisdir[] = "file is a directory";
const char Ebadarg[] = "bad arg in system call";
const char Ebadusefd[] = "inappropriate use of fd";
const char Ebadfd[] = "fd out of range or not open";
const char Einuse[] = "device or object already in use";
const char Eintr[] = "interrupted";
const char Ehungup[] = "i/o on hungup channel";
const char Eio[] = "i/o error";
const char Eshort[] = "i/o count too small";
const char Etoosmall[] = "read or write too small";
const char Etoobig[] = "read or write too large";
const char Enodev[] = "no free devices";
const char Ebadspec[] = "bad attach specifier";
const char Enoattach[] = "mount/attach disallowed";
const char Emount[] = "inconsistent mount";
const char Eunmount[] = "not mounted";
const char Eunion[] = "not in union";
const char Enocreate[] = "mounted directory forbids creation";
const char Enegoff[] = "negative i/o offset";
const char Ebadctl[] = "bad process or channel control request";
const char Enomem[] = "out of memory: kernel";
const char Enofd[] = "no free file descriptors";
const char Ethread[] = "thread exited";
const char Enotsup[] = "not supported";
const char Efilename[] = "file name syntax";
const char Ebadstat[] = "malformed stat buffer";
const char Eunknown[] = "unknown user or group id";
const char Enotowner[] = "not owner";
const char Emountrpc[] = "mount rpc error";
const char Ebaddir[] = "bad directory format";

/* Where errors go while a thread has no Proc (start-up). */
static _Thread_local char early[ERRMAX];

static char *
errbuf(void)
{
	if (up == NULL)
		return early;
	if (up->errto != NULL)
		return up->errto;
	if (up->env == NULL)
		return early;
	if (up->env->errstr == NULL)
		up->env->errstr = calloc(1, ERRMAX);
	return up->env->errstr != NULL ? up->env->errstr : early;
}

/* Copies text cut to ERRMAX-1 bytes; what is cut ends in "..." after a whole character. */
static void
seterr(char *to, const char *text)
{
	size_t n = strlen(text);

	if (n < ERRMAX) {
		memmove(to, text, n + 1);
		return;
	}
	n = ERRMAX - 1 - 3;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	memmove(to, text, n);
	memcpy(to + n, "...", 4);
}

static void
verr(const char *fmt, va_list arg)
{
	char text[PATH_CUT];

	vsnprintf(text, sizeof text, fmt, arg);
	seterr(errbuf(), text);
}

int
kerror(const char *fmt, ...)
{
	va_list arg;

	va_start(arg, fmt);
	verr(fmt, arg);
	va_end(arg);
	return -1;
}

void *
kerrorp(const char *fmt, ...)
{
	va_list arg;

	va_start(arg, fmt);
	verr(fmt, arg);
	va_end(arg);
	return NULL;
}

int
kerrno(int err)
{
	char buf[ERRMAX];

	if (err == EINTR)
		return kerror("%s", Eintr);
	return kerror("%s", strerror_r(err, buf, sizeof buf));
}

const char *
kerrstr(void)
{
	return errbuf();
}

void
kseterrstr(const char *text)
{
	seterr(errbuf(), text);
}
