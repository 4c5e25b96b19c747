/*
 * Editing of console input at a terminal, and output to a terminal where a line may be under edit. lineedit.c
 *
 * The editor is libedit, loaded when the first line is to be read. The thread that wants a line runs it. While it waits for
 * a key others may write: the line is taken off the screen and drawn again after what they wrote.
 */
#ifndef DEVS_LINEEDIT_H
#define DEVS_LINEEDIT_H

#include "emu/emu.h"

/* How an edit ended. */
enum {
	EDIT_LINE,	/* text is a line, with its newline */
	EDIT_EOF,	/* end of file was typed */
	EDIT_STOP,	/* the caller was interrupted, or lineedit_stop: text is what had been typed and is to be used now, or NULL */
	EDIT_HANGUP,	/* the terminal is gone */
};

/* Whether lines can be edited: input and output are the same terminal, it is a good one, and the library is there. */
bool lineedit_available(void);
/* Once at the start, before threads: wanted tells whether standard input is to be edited. */
void lineedit_init(bool wanted);
/*
 * Reads a line. shell: with the shell's history and completion. *text is malloc'd, *n its length. keep tells whether text of a
 * line that is stopped is given back (true) or left for the next call.
 */
int lineedit(bool shell, bool (*keep)(void), char **text, size_t *n);
/* Ends the edit that is going on, from another thread. */
void lineedit_stop(void);
/* Keys read ahead of what was a line: moved to buf, at most n. */
size_t lineedit_ahead(char *buf, size_t n);
/* Writes all of buf to host descriptor fd. 0, or the host's errno. */
int lineedit_write(int fd, const void *buf, size_t n);
/* Whether descriptor fd is that terminal. */
bool lineedit_isterminal(int fd);
/* ^C has been typed: the screen says so. */
void lineedit_interrupted(void);
/* The size of the terminal has changed. */
void lineedit_resized(void);
/* emu is about to be stopped, and has been continued. */
void lineedit_suspend(void);
void lineedit_resume(void);
/* At the end: what the screen needs besides its modes. */
void lineedit_end(void);

/*
 * What may stand where a command line ends. complete.c
 *
 * In text[0..n) the word under way begins at start. names (nnames of them, sorted, directories end in /) can stand for its last
 * component. insert is what the word, from start on, becomes: as much as is common to all. NULL: nothing is known.
 */
typedef struct Completion Completion;
struct Completion {
	size_t start;
	char *insert;
	char **names;
	int nnames;
};
Completion *complete(const char *text, size_t n); /* in the caller's name space and environment; completion_free */
void completion_free(Completion *c);

/* The shell's lines of earlier runs. history.c */
void history_load(void (*each)(const char *line)); /* oldest first */
void history_add(const char *line);

#endif
