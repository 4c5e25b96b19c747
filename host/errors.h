/*
 * Error texts of Styx servers as error numbers of the host.
 */
#ifndef HOST_ERRORS_H
#define HOST_ERRORS_H

/*
 * The number for a text: for the host's own words (strerror), for those of the servers of Plan 9, Inferno and Linux, in either
 * case; of what is known what is found within it. EIO for all else.
 */
int errors_number(const char *text);

#endif
