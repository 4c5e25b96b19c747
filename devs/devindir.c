/*
 * #* : devices by name. #*NAME!SPEC attaches the device that /dev/drivers calls NAME, with specifier SPEC: the channel is that device's. indir(3)
 */
#include <stdlib.h>
#include <string.h>

#include "devs/devs.h"

static Chan *
indirattach(const char *spec)
{
	size_t n = strcspn(spec, "!");
	Dev *d = NULL;

	if (n == 0)
		return kerrorp("%s", Ebadspec);
	for (int i = 0; i < ndevtab && d == NULL; i++)
		if (strlen(devtab[i]->name) == n && memcmp(devtab[i]->name, spec, n) == 0)
			d = devtab[i];
	if (d == NULL)
		return kerrorp("unknown device: %.*s", (int)n, spec);
	if (d == &indirdev || d == &mntdev)
		return kerrorp("%s", Enoattach);
	return d->attach(spec[n] == '!' ? spec + n + 1 : "");
}

static Walkqid *
indirwalk(Chan *c, Chan *nc, const char **names, int n)
{
	/* There are no channels of this device. */
	(void)c;
	(void)nc;
	(void)names;
	(void)n;
	return kerrorp("%s", Enonexist);
}

Dev indirdev = {
    .dc = '*',
    .name = "indir",
    .attach = indirattach,
    .walk = indirwalk,
};
