/*
 * The devices of this emu, in the order of /dev/drivers.
 */
#include "devs/devs.h"

Dev *const devtab[] = {
    &rootdev, &consdev, &envdev, &mntdev, &pipedev, &progdev, &srvdev, &dupdev, &fsdev, &cmddev, &indirdev, &ipdev,
    &profdev, &memdev, &dsdev, &tlsdev, &eiadev, &audiodev,
};
const int ndevtab = sizeof devtab / sizeof devtab[0];
