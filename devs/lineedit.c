/*
 * Lines edited at a terminal, by libedit. See lineedit.h.
 *
 * libedit is loaded by name at first use, because most runs of emu do not need it and start faster without. Where it is
 * missing the host's own line discipline serves.
 *
 * ed.lock stands for the screen and for the editor: the thread that edits holds it except while it waits for a key, and who
 * writes to the terminal holds it. So whatever happens to the line happens while the editor is between two keys.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "devs/lineedit.h"
#include "devs/screentext.h"

enum {
	TAILMAX = 1024,	 /* bytes of an unfinished line that are remembered as the prompt */
	HISTMAX = 2000,	 /* lines of history in memory */
	READMAX = 4096,	 /* bytes taken from the terminal at once */
	PASTEMAX = 1 << 20, /* wide characters of a paste */
};

#define PASTEON "\033[?2004h"
#define PASTEOFF "\033[?2004l"
#define PASTEEND L"\033[201~"

/* What is used of the library. */
#define FUNCTIONS(F) \
	F(el_init) F(el_wset) F(el_wgets) F(el_wline) F(el_winsertstr) F(el_deletestr) F(el_cursor) F(el_resize) F(el_source) \
	F(history_winit) F(history_w)

static struct {
#define F(name) __typeof__(&name) name;
	FUNCTIONS(F)
#undef F
} lib;

static struct {
	pthread_mutex_t lock;
	bool wanted;
	bool tried;	  /* to load the library */
	dev_t tty;	  /* the terminal */
	bool isout[3];	  /* descriptors that lead to it */
	int out;	  /* the one that is drawn on */
	int wake[2];
	EditLine *el;	  /* NULL: cannot be had */
	HistoryW *shell, *other;
	locale_t utf8;

	atomic_bool active; /* a line is on the screen; only the end of emu looks without the lock */
	bool voided;	  /* ^C has been typed at it: it is no longer there */
	bool forshell;	  /* it is the shell's */
	bool first;	  /* nothing has been read for it */
	bool stopped;	  /* it has been given up, */
	bool hungup;	  /* or the terminal has */
	char *kept;	  /* its text then */
	size_t nkept;

	char *keys;	  /* bytes from the terminal: from off on, nkeys of them */
	size_t off, nkeys, maxkeys;

	char tail[TAILMAX]; /* of the output: the line that is not finished */
	size_t ntail;
	bool toolong;	  /* it is longer */
	char part[TAILMAX]; /* unfinished line written by others since */
	size_t npart;
	int above;	  /* rows that it takes above the prompt */
	wchar_t prompt[4 * TAILMAX + 1]; /* for libedit: at worst each byte is a sequence between LITERALs */
} ed = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = {-1, -1}};

static atomic_bool stop;	 /* lineedit_stop */
static atomic_bool resized;

/* ---- where things are on the screen ---- */

static int
columns(void)
{
	struct winsize w;

	return ioctl(ed.out, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col : 80;
}

static int
writeall(int fd, const char *s, size_t n)
{
	struct pollfd pf = {.fd = fd, .events = POLLOUT};

	while (n > 0) {
		ssize_t k = write(fd, s, n);
		if (k >= 0) {
			s += k;
			n -= k;
		} else if (errno == EAGAIN)
			poll(&pf, 1, -1);
		else if (errno != EINTR)
			return errno;
	}
	return 0;
}

static void
put(const char *s)
{
	writeall(ed.out, s, strlen(s));
}

static void
putmove(int rows, char dir)
{
	char s[32];

	if (rows > 0) {
		snprintf(s, sizeof s, "\033[%d%c", rows, dir);
		put(s);
	}
}

/* An unfinished line is the prompt if there is none. */
static void
makeprompt(void)
{
	size_t k = ed.ntail > 0 ? screen_prompt(ed.prompt, ed.tail, ed.ntail) : screen_prompt(ed.prompt, ed.part, ed.npart);

	ed.prompt[k] = 0;
}

static wchar_t *
prompt(EditLine *el)
{
	(void)el;
	return ed.prompt;
}

/* Takes the line under edit off the screen; the cursor is then where its prompt began. */
static void
erase(void)
{
	const LineInfoW *l = lib.el_wline(ed.el);
	Pos p = {0, 0, false};
	int cols = columns();

	screen_advance(&p, ed.prompt, wcslen(ed.prompt), cols);
	screen_advance(&p, l->buffer, l->cursor - l->buffer, cols);
	putmove(p.row + ed.above, 'A');
	put("\r\033[J");
	ed.above = 0;
}

/* Moves the cursor behind the line. */
static void
tobottom(void)
{
	const LineInfoW *l = lib.el_wline(ed.el);
	Pos p = {0, 0, false};
	int row, cols = columns();

	screen_advance(&p, ed.prompt, wcslen(ed.prompt), cols);
	screen_advance(&p, l->buffer, l->cursor - l->buffer, cols);
	row = p.row;
	screen_advance(&p, l->cursor, l->lastchar - l->cursor, cols);
	putmove(p.row - row, 'B');
	put("\r");
	if (p.col > 0)
		putmove(p.col, 'C');
}

/* Draws it where the cursor is, under the unfinished line that others have written. */
static void
redraw(void)
{
	Pos p = {0, 0, false};

	ed.above = 0;
	if (ed.npart > 0 && ed.ntail > 0) {
		size_t k = screen_prompt(ed.prompt, ed.part, ed.npart);
		screen_advance(&p, ed.prompt, k, columns());
		writeall(ed.out, ed.part, ed.npart);
		if (!p.full)
			put("\n");
		ed.above = p.row + !p.full;
	}
	makeprompt();
	lib.el_wset(ed.el, EL_REFRESH);
}

/* ---- output ---- */

/* Remembers what is written of the line that is not finished. */
static void
remember(const char *s, size_t n)
{
	size_t i = n;

	while (i > 0 && s[i - 1] != '\n' && s[i - 1] != '\r')
		i--;
	if (i > 0) {
		ed.ntail = 0;
		ed.toolong = false;
	}
	s += i;
	n -= i;
	if (ed.toolong || ed.ntail + n > sizeof ed.tail) {
		ed.toolong = n > 0;
		ed.ntail = 0;
		return;
	}
	memcpy(ed.tail + ed.ntail, s, n);
	ed.ntail += n;
}

/* While a line is edited: whole lines go above it, the beginning of one is kept until the rest comes. */
static int
writeabove(int fd, const char *s, size_t n)
{
	size_t i = n;
	int r = 0;

	while (i > 0 && s[i - 1] != '\n')
		i--;
	if (i == 0 && ed.npart + n > sizeof ed.part) {
		/* Too long to be kept: it is a line now. */
		i = n;
	}
	if (i > 0) {
		r = writeall(fd, ed.part, ed.npart);
		if (r == 0)
			r = writeall(fd, s, i);
		if (s[i - 1] != '\n')
			put("\n");
		ed.npart = 0;
		s += i;
		n -= i;
	}
	if (n > sizeof ed.part) {
		writeall(fd, s, n);
		put("\n");
		n = 0;
	}
	memcpy(ed.part + ed.npart, s, n);
	ed.npart += n;
	return r;
}

int
lineedit_write(int fd, const void *buf, size_t n)
{
	int r;

	pthread_mutex_lock(&ed.lock);
	if (ed.active) {
		locale_t old = uselocale(ed.utf8);
		erase();
		r = writeabove(fd, buf, n);
		redraw();
		uselocale(old);
	} else {
		r = writeall(fd, buf, n);
		remember(buf, n);
	}
	pthread_mutex_unlock(&ed.lock);
	return r;
}

bool
lineedit_isterminal(int fd)
{
	return fd >= 0 && fd < 3 && ed.isout[fd];
}

/* ---- keys ---- */

static bool
roomforkeys(size_t n)
{
	if (ed.off > 0) {
		memmove(ed.keys, ed.keys + ed.off, ed.nkeys);
		ed.off = 0;
	}
	if (ed.maxkeys - ed.nkeys < n) {
		char *k = realloc(ed.keys, ed.nkeys + n);
		if (k == NULL)
			return false;
		ed.keys = k;
		ed.maxkeys = ed.nkeys + n;
	}
	return true;
}

static void
keepline(void)
{
	const LineInfoW *l = lib.el_wline(ed.el);

	free(ed.kept);
	ed.kept = utf8_narrow(l->buffer, l->lastchar - l->buffer, &ed.nkept);
}

/* Waits for more bytes, with the lock given up meanwhile. 1, or -1 if the line is to be given up. */
static int
morekeys(void)
{
	struct pollfd pf[2] = {{.fd = 0, .events = POLLIN}, {.fd = ed.wake[0], .events = POLLIN}};
	char buf[READMAX], w;
	ssize_t n = -1;
	int e = EAGAIN;

	if (!roomforkeys(READMAX))
		return -1;
	pthread_mutex_unlock(&ed.lock);
	if (khostcall_begin() == 0) {
		int k = poll(pf, 2, -1);
		signals_settle();
		if (k > 0 && pf[0].revents != 0 && !kinterrupted()) {
			n = read(0, buf, sizeof buf);
			e = errno;
		}
		while ((pf[1].revents & POLLIN) && read(ed.wake[0], &w, 1) == 1)
			;
		khostcall_end();
	}
	pthread_mutex_lock(&ed.lock);
	if (n > 0) {
		/* What was typed before the editor began went through the host's line mode, which has made NUL of ^D. */
		if (ed.first)
			for (ssize_t i = 0; i < n; i++)
				if (buf[i] == 0)
					buf[i] = 'D' - '@';
		ed.first = false;
		memcpy(ed.keys + ed.off + ed.nkeys, buf, n);
		ed.nkeys += n;
		return 1;
	}
	if (n == 0 || (e != EAGAIN && e != EINTR)) {
		ed.hungup = true;
		return -1;
	}
	if (atomic_exchange(&resized, false)) {
		erase();
		lib.el_resize(ed.el);
		redraw();
	}
	if (kinterrupted() || atomic_load(&stop)) {
		ed.stopped = true;
		keepline();
		return -1;
	}
	if (ed.voided && !ed.active) {
		/* It was not for this process. */
		ed.active = true;
		redraw();
	}
	return 1;
}

/*
 * libedit draws only what has changed, and goes wrong there when characters take two columns: a line that has such
 * is drawn anew.
 */
static void
drawwide(void)
{
	const LineInfoW *l = lib.el_wline(ed.el);

	for (const wchar_t *p = l->buffer; p < l->lastchar; p++)
		if (*p >= 0x300 && wcwidth(*p) != 1) {
			erase();
			redraw();
			return;
		}
}

/* The next character; libedit calls this. */
static int
getkey(EditLine *el, wchar_t *c)
{
	(void)el;
	if (ed.stopped || ed.hungup)
		return -1;
	if (ed.nkeys == 0 && ed.active)
		drawwide();
	while (ed.nkeys == 0 || utf8_incomplete(ed.keys + ed.off, ed.nkeys))
		if (morekeys() < 0)
			return -1;
	size_t k = utf8_decode(ed.keys + ed.off, ed.nkeys, c);
	ed.off += k;
	ed.nkeys -= k;
	return 1;
}

/* ^D: the character under the cursor goes; on an empty line it is the end of file. */
static unsigned char
delete(EditLine *el, int ch)
{
	const LineInfoW *l = lib.el_wline(el);

	(void)ch;
	if (l->buffer == l->lastchar)
		return CC_EOF;
	if (l->cursor == l->lastchar)
		return CC_ERROR;
	lib.el_cursor(el, 1);
	lib.el_deletestr(el, 1);
	return CC_REFRESH;
}

/* Pasted text is taken as it is, newlines and all, up to its end mark. */
static unsigned char
paste(EditLine *el, int ch)
{
	static const wchar_t end[] = PASTEEND;
	enum { NEND = sizeof end / sizeof end[0] - 1 };
	wchar_t *s = NULL, c;
	size_t n = 0, max = 0;

	(void)ch;
	while (n < PASTEMAX && getkey(el, &c) == 1) {
		if (n + 1 >= max) {
			wchar_t *t = realloc(s, (2 * max + 256) * sizeof *s);
			if (t == NULL)
				break;
			s = t;
			max = 2 * max + 256;
		}
		s[n++] = c == '\r' ? '\n' : c;
		if (n >= NEND && wmemcmp(s + n - NEND, end, NEND) == 0) {
			n -= NEND;
			break;
		}
	}
	if (n > 0 && s[n - 1] == '\n')
		n--; /* Enter will do that */
	if (n > 0) {
		s[n] = 0;
		lib.el_winsertstr(el, s);
	}
	free(s);
	return CC_REFRESH;
}

static int
width(const char *s)
{
	Pos p = {0, 0, false};
	wchar_t *w = utf8_widen(s);

	if (w != NULL)
		screen_advance(&p, w, wcslen(w), 1 << 20);
	free(w);
	return p.col;
}

/* The names in columns below the line, which is then drawn again. */
static void
list(const Completion *c)
{
	struct winsize ws;
	int cols = columns(), w = 1, rows, perrow, shown;

	for (int i = 0; i < c->nnames; i++) {
		int k = width(c->names[i]) + 2;
		if (k > w)
			w = k;
	}
	perrow = cols / w > 0 ? cols / w : 1;
	rows = (c->nnames + perrow - 1) / perrow;
	shown = ioctl(ed.out, TIOCGWINSZ, &ws) == 0 && ws.ws_row > 4 ? ws.ws_row - 3 : 20;
	tobottom();
	put("\n");
	for (int r = 0; r < rows && r < shown; r++) {
		for (int i = r; i < c->nnames; i += rows) {
			put(c->names[i]);
			if (i + rows < c->nnames)
				for (int k = width(c->names[i]); k < w; k++)
					put(" ");
		}
		put("\n");
	}
	if (rows > shown) {
		char s[64];
		snprintf(s, sizeof s, "(%d names)\n", c->nnames);
		put(s);
	}
	redraw();
}

static unsigned char
tab(EditLine *el, int ch)
{
	const LineInfoW *l = lib.el_wline(el);
	size_t n, k = 0;
	char *text;

	(void)ch;
	if (!ed.forshell) {
		lib.el_winsertstr(el, L"\t");
		return CC_REFRESH;
	}
	text = utf8_narrow(l->buffer, l->cursor - l->buffer, &n);
	if (text == NULL)
		return CC_ERROR;
	/* Directories may be far away: others go on writing meanwhile. */
	pthread_mutex_unlock(&ed.lock);
	Completion *c = complete(text, n);
	pthread_mutex_lock(&ed.lock);
	if (c == NULL || c->nnames == 0) {
		completion_free(c);
		free(text);
		return CC_ERROR;
	}
	bool more = strcmp(c->insert, text + c->start) != 0;
	if (more) {
		for (size_t i = c->start; i < n; k++) {
			wchar_t w;
			i += utf8_decode(text + i, n - i, &w);
		}
		lib.el_deletestr(el, k);
		wchar_t *w = utf8_widen(c->insert);
		if (w != NULL)
			lib.el_winsertstr(el, w);
		free(w);
	} else if (c->nnames > 1)
		list(c);
	bool one = c->nnames == 1;
	completion_free(c);
	free(text);
	return more || one ? CC_REFRESH : CC_NORM;
}

/* ---- starting ---- */

static bool
load(void)
{
	void *h = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);

	if (h == NULL)
		return false;
#define F(name) if ((*(void **)&lib.name = dlsym(h, #name)) == NULL) return false;
	FUNCTIONS(F)
#undef F
	return true;
}

static void
bind_(const wchar_t *key, const wchar_t *command)
{
	lib.el_wset(ed.el, EL_BIND, key, command, NULL);
}

static void
oldline(const char *line)
{
	HistEventW ev;
	wchar_t *w = utf8_widen(line);

	if (w != NULL)
		lib.history_w(ed.shell, &ev, H_ENTER, w);
	free(w);
}

static HistoryW *
newhistory(void)
{
	HistoryW *h = lib.history_winit();
	HistEventW ev;

	if (h != NULL) {
		lib.history_w(h, &ev, H_SETSIZE, HISTMAX);
		lib.history_w(h, &ev, H_SETUNIQUE, 1);
	}
	return h;
}

static EditLine *
neweditor(void)
{
	static const struct {
		const wchar_t *key, *command;
	} keys[] = {
	    {L"^R", L"em-inc-search-prev"},
	    {L"^W", L"ed-delete-prev-word"},
	    {L"^L", L"ed-clear-screen"},
	    {L"\033[1;5D", L"ed-prev-word"},	 {L"\033[1;5C", L"em-next-word"},
	    {L"\033[1;3D", L"ed-prev-word"},	 {L"\033[1;3C", L"em-next-word"},
	    {L"\033[H", L"ed-move-to-beg"},	 {L"\033[F", L"ed-move-to-end"},
	    {L"\033[1~", L"ed-move-to-beg"},	 {L"\033[4~", L"ed-move-to-end"},
	    {L"\033OH", L"ed-move-to-beg"},	 {L"\033OF", L"ed-move-to-end"},
	    {L"\033[3~", L"ed-delete-next-char"},
	    {L"\033[3;5~", L"em-delete-next-word"},
	};
	int fd = dup(ed.out);
	FILE *in = fdopen(dup(0), "r"), *out = fdopen(fd, "w");

	if (in == NULL || out == NULL)
		return NULL;
	EditLine *el = lib.el_init("emu", in, out, out);
	if (el == NULL)
		return NULL;
	ed.el = el;
	lib.el_wset(el, EL_SIGNAL, 0);
	lib.el_wset(el, EL_EDITOR, L"emacs");
	lib.el_wset(el, EL_PROMPT_ESC, prompt, (wchar_t)LITERAL);
	lib.el_wset(el, EL_GETCFN, getkey);
	lib.el_wset(el, EL_ADDFN, L"emu-paste", L"take pasted text as it is", paste);
	lib.el_wset(el, EL_ADDFN, L"emu-complete", L"complete the word", tab);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		bind_(keys[i].key, keys[i].command);
	lib.el_wset(el, EL_ADDFN, L"emu-delete", L"delete the next character, or end", delete);
	bind_(L"^D", L"emu-delete");
	bind_(L"^I", L"emu-complete");
	bind_(L"\033[200~", L"emu-paste");
	lib.el_source(el, NULL);
	return el;
}

/* The locale is that of UTF-8, whatever the user's. */
static bool
start(void)
{
	if (ed.tried)
		return ed.el != NULL;
	ed.tried = true;
	ed.utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
	if (ed.utf8 == (locale_t)0 || !load())
		return false;
	locale_t old = uselocale(ed.utf8);
	ed.shell = newhistory();
	ed.other = newhistory();
	if (ed.shell != NULL && ed.other != NULL)
		ed.el = neweditor();
	if (ed.el != NULL)
		history_load(oldline);
	uselocale(old);
	return ed.el != NULL;
}

void
lineedit_init(bool wanted)
{
	struct stat st, o;
	const char *term = getenv("TERM");

	if (fstat(0, &st) < 0 || !isatty(0))
		return;
	ed.tty = st.st_rdev;
	ed.out = -1;
	for (int i = 1; i < 3; i++)
		if (isatty(i) && fstat(i, &o) == 0 && o.st_rdev == ed.tty) {
			ed.isout[i] = true;
			if (ed.out < 0)
				ed.out = i;
		}
	if (pipe2(ed.wake, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	ed.wanted = wanted && ed.out >= 0 && term != NULL && term[0] != 0 && strcmp(term, "dumb") != 0;
}

bool
lineedit_available(void)
{
	bool r = false;

	if (ed.wanted) {
		pthread_mutex_lock(&ed.lock);
		r = start();
		pthread_mutex_unlock(&ed.lock);
	}
	return r;
}

/* ---- a line ---- */

/* The screen has the unfinished line already: the editor draws it as its prompt, in the same place. */
static void
takeprompt(void)
{
	Pos p = {0, 0, false};

	if (ed.toolong) {
		put("\n");
		ed.toolong = false;
	}
	ed.npart = 0;
	ed.above = 0;
	makeprompt();
	screen_advance(&p, ed.prompt, wcslen(ed.prompt), columns());
	if (p.full)
		p.row--;
	putmove(p.row, 'A');
	put("\r\033[J" PASTEON);
}

static void
remembershell(const wchar_t *s, size_t n, const char *text, size_t len)
{
	HistEventW ev;
	wchar_t *w;
	char *t;

	while (n > 0 && s[n - 1] == '\n')
		n--, len--;
	if (n == 0 || s[0] == ' ' || (w = wcsdup(s)) == NULL)
		return;
	w[n] = 0;
	lib.history_w(ed.forshell ? ed.shell : ed.other, &ev, H_ENTER, w);
	free(w);
	if (ed.forshell && (t = strndup(text, len)) != NULL) {
		history_add(t);
		free(t);
	}
}

/* Typed text goes back to where keys come from, as if it were pasted again. */
static void
backtokeys(const char *s, size_t n)
{
	static const char on[] = "\033[200~", end[] = "\033[201~";
	size_t k = sizeof on - 1 + n + sizeof end - 1;

	if (n == 0 || !roomforkeys(k))
		return;
	memmove(ed.keys + k, ed.keys, ed.nkeys);
	memcpy(ed.keys, on, sizeof on - 1);
	memcpy(ed.keys + sizeof on - 1, s, n);
	memcpy(ed.keys + k - (sizeof end - 1), end, sizeof end - 1);
	ed.nkeys += k;
}

/* The edit has been given up: what becomes of the screen and of the text. */
static void
giveup(bool keep, char **text, size_t *n)
{
	if (ed.voided)
		return;
	if (keep) {
		*text = ed.kept;
		*n = ed.nkept;
		ed.kept = NULL;
		ed.ntail = 0;
		return;
	}
	/* Somebody else may go on with it. */
	writeall(ed.out, ed.tail, ed.ntail);
	backtokeys(ed.kept, ed.nkept);
}

int
lineedit(bool shell, bool (*keep)(void), char **text, size_t *n)
{
	int count = 0, how;

	*text = NULL;
	*n = 0;
	pthread_mutex_lock(&ed.lock);
	locale_t old = uselocale(ed.utf8);
	ed.forshell = shell;
	ed.stopped = ed.hungup = ed.voided = false;
	ed.first = true;
	lib.el_wset(ed.el, EL_HIST, lib.history_w, shell ? ed.shell : ed.other);
	if (atomic_exchange(&resized, false))
		lib.el_resize(ed.el);
	takeprompt();
	ed.active = true;
	const wchar_t *s = lib.el_wgets(ed.el, &count);
	if (ed.stopped) {
		/* The library has drawn nothing since the key that did not come. */
		how = EDIT_STOP;
	} else if (ed.hungup)
		how = EDIT_HANGUP;
	else if (s == NULL || count <= 0) {
		how = EDIT_EOF;
	} else {
		how = EDIT_LINE;
		*text = utf8_narrow(s, count, n);
		if (*text != NULL)
			remembershell(s, count, *text, *n);
	}
	if (ed.active)
		ed.npart = 0;
	ed.active = false;
	put(PASTEOFF);
	if (how == EDIT_STOP)
		giveup(keep(), text, n);
	else
		ed.ntail = 0;
	if (how == EDIT_EOF)
		put("\n");
	uselocale(old);
	pthread_mutex_unlock(&ed.lock);
	atomic_store(&stop, false);
	return how;
}

static void
wake(void)
{
	if (ed.wake[1] >= 0)
		(void)!write(ed.wake[1], "", 1);
}

void
lineedit_stop(void)
{
	atomic_store(&stop, true);
	wake();
}

size_t
lineedit_ahead(char *buf, size_t n)
{
	pthread_mutex_lock(&ed.lock);
	if (n > ed.nkeys)
		n = ed.nkeys;
	if (n > 0)
		memcpy(buf, ed.keys + ed.off, n);
	ed.off += n;
	ed.nkeys -= n;
	pthread_mutex_unlock(&ed.lock);
	return n;
}

void
lineedit_interrupted(void)
{
	pthread_mutex_lock(&ed.lock);
	ed.nkeys = 0; /* they were typed before */
	if (ed.active) {
		locale_t old = uselocale(ed.utf8);
		tobottom();
		put("^C\n");
		uselocale(old);
		ed.active = false;
		ed.voided = true;
		ed.npart = ed.ntail = 0;
	} else if (ed.out >= 0 && ed.isout[ed.out]) {
		/* The terminal has shown ^C. */
		put("\n");
		ed.ntail = 0;
		ed.toolong = false;
	}
	pthread_mutex_unlock(&ed.lock);
}

void
lineedit_resized(void)
{
	atomic_store(&resized, true);
	wake();
}

/* ---- stopping and going on ---- */

void
lineedit_suspend(void)
{
	pthread_mutex_lock(&ed.lock);
	if (ed.active) {
		locale_t old = uselocale(ed.utf8);
		tobottom();
		put(PASTEOFF "\n");
		lib.el_wset(ed.el, EL_PREP_TERM, 0);
		uselocale(old);
	}
	pthread_mutex_unlock(&ed.lock);
}

void
lineedit_resume(void)
{
	pthread_mutex_lock(&ed.lock);
	if (ed.active) {
		locale_t old = uselocale(ed.utf8);
		lib.el_wset(ed.el, EL_PREP_TERM, 1);
		put("\r\033[J" PASTEON);
		redraw();
		uselocale(old);
	}
	pthread_mutex_unlock(&ed.lock);
}

void
lineedit_end(void)
{
	/* The thread that edits may hold the lock for good. */
	if (ed.active) {
		put(PASTEOFF "\r\n");
	}
}
