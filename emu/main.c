/*
 * emu: options, the first name space; starts the virtual machine. emu(1)
 *
 * This is the one file of the kernel that knows all other parts: the devices' packed root and the virtual machine.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devs/devs.h"
#include "libinterp/interp.h"

#define EMUVERSION "0.1"

extern const char rootfs_start[]; /* rootfs.S */

static const char usagetext[] =
    "Usage: emu [options...] [file.dis [args...]]\n"
    "\t-gXxY\n"
    "\t-c[0-9]\n"
    "\t-d file.dis\n"
    "\t-s\n"
    "\t-v\n"
    "\t-p<poolname>=maxsize\n"
    "\t-f<fontpath>\n"
    "\t-r<rootpath>\n"
    "\t-7\n"
    "\t-B\n"
    "\t-C<channel string>\n"
    "\t-S\n";

static const char helptext[] =
    "Usage: emu [options] [command [args]]\n"
    "Runs Inferno. Without a command, a login shell; a command is a name below /dis or the host's name of a .dis file.\n"
    "\n"
    "  -r DIR         serve the Inferno tree in host directory DIR instead of the built-in one\n"
    "  -c N           0: interpret, 1: compile to native code (default)\n"
    "  -p POOL=SIZE   limit of memory pool main, heap or image; SIZE may end in k, m or g\n"
    "  -d FILE.dis    run this module instead of /dis/emuinit.dis, without console input\n"
    "  -I             no console input\n"
    "  -g XxY         size of the screen in pixels\n"
    "  -C CHAN        pixels of the screen, for instance x8r8g8b8\n"
    "  -f FONT        default font\n"
    "  -s             do not catch traps\n"
    "  -v             say what is started\n"
    "  --no-edit      no editing of lines at a terminal\n"
    "  --no-cmd       no commands of the host (#C)\n"
    "  --no-host      no files of the host but those below the root (#U*)\n"
    "  --mount ADDRESS DIR\n"
    "                 no Inferno: mount a Styx server on a directory of the host; see styxmount(1)\n"
    "  --help, -h     this text\n"
    "  --version      version\n"
    "  --             end of the options\n"
    "  -b -B -G -S -7 -m N\n"
    "                 of other systems, without effect here\n"
    "\n"
    "Environment: EMU holds further options. Files of your own (/tmp, /usr, ...) are kept in\n"
    "$XDG_DATA_HOME/emu, or ~/.local/share/emu. See emu(1).\n";

static const char *culprit = ""; /* the option that was bad */

static void
usage(void)
{
	fprintf(stderr, "emu: bad option %s\n%s", culprit, usagetext);
	exit(1);
}

static void
help(void)
{
	fputs(helptext, stdout);
	exit(fflush(stdout) == 0 ? 0 : 1);
}

/* ---- options ---- */

static int
poolsize(const char *arg)
{
	static const struct {
		const char *name;
		uint64_t *max;
	} pool[] = {{"main", &options.mainmax}, {"heap", &options.heapmax}, {"image", &options.imagemax}};
	const char *eq = strchr(arg, '=');
	char *end;

	if (eq == NULL || eq[1] < '0' || eq[1] > '9')
		return -1;
	uint64_t n = strtoull(eq + 1, &end, 10);
	switch (*end) {
	case 'k':
	case 'K':
		n *= 1024;
		end++;
		break;
	case 'm':
	case 'M':
		n *= 1024 * 1024;
		end++;
		break;
	case 'g':
	case 'G':
		n *= 1024 * 1024 * 1024;
		end++;
		break;
	}
	if (*end != 0)
		return -1;
	for (size_t i = 0; i < sizeof pool / sizeof pool[0]; i++)
		if (strlen(pool[i].name) == (size_t)(eq - arg) && memcmp(pool[i].name, arg, eq - arg) == 0) {
			*pool[i].max = n;
			return 0;
		}
	return -1;
}

static int
geometry(const char *arg)
{
	char *end;
	unsigned long x = strtoul(arg, &end, 10), y;

	if (end == arg || *end != 'x')
		return -1;
	arg = end + 1;
	y = strtoul(arg, &end, 10);
	if (end == arg || *end != 0)
		return -1;
	if (x >= 64)
		options.xsize = x;
	if (y >= 48)
		options.ysize = y;
	return 0;
}

/* A format of pixels: letters for the channels, each with its number of bits, from the most significant. */
static void
pixels(const char *arg)
{
	const char *s = arg;
	int n = 0, bits = 0;

	for (; *s != 0 && strchr("rgbkamx", s[0]) != NULL && s[1] >= '1' && s[1] <= '8'; s += 2, n++)
		bits += s[1] - '0';
	if (n == 0 || n > 4 || *s != 0 || bits > 32 || (bits < 8 ? 8 % bits : bits % 8) != 0) {
		fprintf(stderr, "emu: invalid channel specifier (-C): '%s'\n", arg);
		exit(1);
	}
	options.chans = arg;
}

static int
level(const char *arg, int *out)
{
	if (arg[0] < '0' || arg[0] > '9' || arg[1] != 0)
		return -1;
	*out = arg[0] - '0';
	return 0;
}

/* Becomes styxmount, which lies where we do or is found by $PATH; w are its name and arguments. */
static void __attribute__((noreturn))
hostmount(char **w)
{
	static char name[] = "styxmount";
	char path[PATH_MAX + sizeof name];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);

	w[0] = name;
	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n > 0) {
		strcpy(path + n, name);
		execv(path, w);
	}
	execvp(name, w);
	fprintf(stderr, "emu: %s: %s\n", name, strerror(errno));
	exit(1);
}

/*
 * Takes the options off the words; returns the index of the first word that is none, or -1. inenv: the words are EMU's, all of which are options.
 */
static int
getoptions(int n, char **w, bool inenv)
{
	int i, ignored;

	for (i = 0; i < n; i++) {
		const char *s = culprit = w[i];
		if (s[0] != '-' || s[1] == 0) {
			if (inenv)
				return -1;
			return i;
		}
		if (strcmp(s, "--") == 0)
			return i + 1;
		if (strcmp(s, "--help") == 0 || strcmp(s, "-h") == 0)
			help();
		if (strcmp(s, "--version") == 0) {
			printf("emu %s (Inferno %s)\n", EMUVERSION, kversion);
			exit(fflush(stdout) == 0 ? 0 : 1);
		}
		if (strcmp(s, "--mount") == 0 && !inenv)
			hostmount(w + i);
		if (strcmp(s, "--no-cmd") == 0) {
			options.nocmd = true;
			continue;
		}
		if (strcmp(s, "--no-edit") == 0) {
			options.noedit = true;
			continue;
		}
		if (strcmp(s, "--no-host") == 0) {
			options.nohost = true;
			continue;
		}
		for (s++; *s != 0; s++) {
			const char *arg = NULL;
			char c = *s;
			if (strchr("gcdmpfrC", c) != NULL) {
				arg = s[1] != 0 ? s + 1 : i + 1 < n ? w[++i] : NULL;
				if (arg == NULL)
					return -1;
				s = "x"; /* the value ends the word */
			}
			switch (c) {
			case 'g':
				if (geometry(arg) < 0)
					return -1;
				break;
			case 'c':
				if (level(arg, &options.jit) < 0)
					return -1;
				break;
			case 'm':
				if (level(arg, &ignored) < 0)
					return -1;
				break;
			case 'd':
				options.init = arg;
				options.nocons = true;
				break;
			case 'I':
				options.nocons = true;
				break;
			case 'p':
				if (poolsize(arg) < 0)
					return -1;
				break;
			case 'f':
				options.font = arg;
				break;
			case 'r':
				options.root = arg;
				break;
			case 'C':
				pixels(arg);
				break;
			case 's':
				options.notraps = true;
				break;
			case 'v':
				options.verbose = true;
				break;
			case 'b':
			case 'B':
			case '7':
			case 'G':
			case 'S':
				break;
			default:
				return -1;
			}
		}
	}
	return i;
}

static void
setoptions(int argc, char **argv)
{
	const char *env = getenv("EMU"), *root = getenv("INFERNO");
	int n;

	options.argv0 = argv;
	options.jit = 1;
	if (root == NULL || root[0] == 0)
		root = getenv("ROOT");
	if (root != NULL && root[0] != 0)
		options.root = root;
	/* The variable holds options; test runners and the like keep the name of the command in it, which is none of our business. */
	if (env != NULL && env[0] == '-') {
		char **w = ktokenize(env, &n); /* options point into it: it stays */
		if (w == NULL || getoptions(n, w, true) < 0) {
			fprintf(stderr, "emu: bad option in EMU environment variable (%s)\n", env);
			usage();
		}
	}
	n = getoptions(argc - 1, argv + 1, false);
	if (n < 0)
		usage();
	options.argc = argc - 1 - n;
	options.argv = argv + 1 + n;
}

/* ---- the user's own files ---- */

static int
mkdirs(const char *path)
{
	char *s = strdup(path);

	if (s == NULL)
		return -1;
	for (char *p = s + 1; *p != 0; p++)
		if (*p == '/') {
			*p = 0;
			mkdir(s, 0777);
			*p = '/';
		}
	int r = mkdir(s, 0777) < 0 && errno != EEXIST ? -1 : 0;
	free(s);
	return r;
}

static char *scratch; /* made for want of a home; removed at the end */

static void
removescratch(void)
{
	char *cmd;

	/* The tree is small and ours; rm knows how. */
	if (scratch != NULL && asprintf(&cmd, "rm -rf '%s'", scratch) > 0) {
		(void)!system(cmd);
		free(cmd);
	}
}

/*
 * The directory that #U serves when the root is the packed one: what the user writes goes there. A user without a home gets one for
 * the time being.
 */
static char *
userdir(void)
{
	static const char *const sub[] = {"tmp", "usr", "n", "mnt"};
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char *dir = NULL, *s;
	int r = -1;

	if (data != NULL && data[0] == '/')
		r = asprintf(&dir, "%s/emu", data);
	else if (home != NULL && home[0] == '/')
		r = asprintf(&dir, "%s/.local/share/emu", home);
	if (r < 0 || mkdirs(dir) < 0 || access(dir, W_OK | X_OK) < 0) {
		const char *tmp = getenv("TMPDIR");
		if (asprintf(&dir, "%s/emuXXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp") < 0 || mkdtemp(dir) == NULL) {
			fprintf(stderr, "emu: no place for files: %s\n", strerror(errno));
			exit(1);
		}
		scratch = dir;
	}
	for (size_t i = 0; i < sizeof sub / sizeof sub[0]; i++)
		if (asprintf(&s, "%s/%s", dir, sub[i]) > 0) {
			mkdir(s, 0777);
			free(s);
		}
	if (asprintf(&s, "%s/usr/%s", dir, eve) > 0) {
		mkdir(s, 0777);
		free(s);
	}
	return dir;
}

/* ---- the first name space ---- */

/* What the user keeps in a directory that the packed root has too comes before it. */
static void
overlay(void)
{
	StyxDir *d;
	long n;
	int fd = kopen("#U", OREAD);

	while (fd >= 0 && (n = kdirread(fd, &d)) > 0) {
		for (long i = 0; i < n; i++) {
			char *from, *on;
			if (!(d[i].mode & STYX_DMDIR) || asprintf(&from, "#U/%s", d[i].name) < 0)
				continue;
			StyxDir st;
			if (asprintf(&on, "#//%s", d[i].name) >= 0) {
				if (kstat(on, &st) == 0) {
					dir_clear(&st);
					kbind(from, on + 2, MBEFORE | MCREATE);
				}
				free(on);
			}
			free(from);
		}
		kdirfree(d, n);
	}
	if (fd >= 0)
		kclose(fd);
}

static void
namespace(void)
{
	static const struct {
		const char *from, *on;
		int flag;
	} table[] = {
	    {"#c", "/dev", MBEFORE},	   {"#p", "/prog", MREPL},	  {"#d", "/fd", MREPL},
	    {"#I", "/net", MAFTER},	   {"#U/dev", "/dev", MAFTER},	  {"#U/net", "/net", MAFTER},
	    {"#U/net.alt", "/net.alt", MAFTER},
	};

	if (kbind("#U", "/", MAFTER | MCREATE) < 0)
		fprintf(stderr, "emu: cannot bind %s: %s\n", fs_root, kerrstr());
	if (options.root == NULL)
		overlay();
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		kbind(table[i].from, table[i].on, table[i].flag);
}

static void
descriptors(void)
{
	for (int i = 0; i < 3; i++) {
		int fd = kopen("#c/cons", i == 0 ? OREAD : OWRITE);
		if (fd != i) {
			fprintf(stderr, "emu: cannot open #c/cons: %s\n", kerrstr());
			exit(1);
		}
	}
	Chan *c = fdtochan(2, OWRITE, false);
	if (c != NULL)
		cons_tostderr(c);
	cclose(c);
}

static void
environment(int argc, char **argv)
{
	char *args = strdup(""), *wd = getcwd(NULL, 0);

	for (int i = 0; i < argc && args != NULL; i++) {
		char *q = kquote(argv[i]), *s = NULL;
		if (q == NULL || asprintf(&s, "%s%s%s", args, i > 0 ? " " : "", q) < 0)
			s = NULL;
		free(q);
		free(args);
		args = s;
	}
	if (args != NULL)
		ksetenv("emuargs", args, strlen(args));
	free(args);
	ksetenv("emuroot", fs_root, strlen(fs_root));
	ksetenv("emuhost", "Linux", 5);
	if (wd != NULL)
		ksetenv("emuwdir", wd, strlen(wd));
	free(wd);
	/* The built-in tree has a home for the user, which is what it is also for commands that no profile has been read for. */
	char *home;
	if (options.root == NULL && asprintf(&home, "/usr/%s", eve) >= 0) {
		ksetenv("home", home, strlen(home));
		free(home);
	}
	/* A shell that reads commands from a file or pipe asks for nothing. */
	if (!isatty(0))
		ksetenv("prompt", "''", 2);
#if defined(__x86_64__)
	ksetenv("cputype", "amd64", 5);
#elif defined(__aarch64__)
	ksetenv("cputype", "arm64", 5);
#endif
}

/*
 * A standard descriptor that emu was started without must not become another file. What takes its place refuses what it is for: input is at
 * its end, output cannot be written.
 */
static void
standardfiles(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDONLY)) >= 0 && fd < 3)
		;
	if (fd >= 3)
		close(fd);
}

/* As many open files as the host allows: each is one of some program here. */
static void
morefiles(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return;
	options.nofile = rl.rlim_cur;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
}

int
main(int argc, char **argv)
{
	struct passwd *pw;
	Osenv *env;
	char num[16];

	standardfiles();
	setoptions(argc, argv);
	console_init(&options);
	signals_init();
	morefiles();
	kmsec();
	pw = getpwuid(getuid());
	snprintf(num, sizeof num, "%u", (unsigned)getuid());
	eve = strdup(pw != NULL ? pw->pw_name : num);
	if (options.root != NULL) {
		fs_root = realpath(options.root, NULL);
		DIR *d = fs_root != NULL ? opendir(fs_root) : NULL;
		if (d == NULL) {
			fprintf(stderr, "emu: root %s: %s\n", options.root, strerror(errno));
			return 1;
		}
		closedir(d);
	} else {
		fs_root = userdir();
		rootfs_image = rootfs_start;
		atexit(removescratch);
	}
	dev_init();
	if (vm_init() < 0)
		return 1;
	env = osenv_new();
	if (env == NULL || proc_attach("main", env) == NULL) {
		fprintf(stderr, "emu: %s\n", Enomem);
		return 1;
	}
	descriptors();
	namespace();
	environment(argc, argv);
	proc_detach();
	const char *init = options.init != NULL ? options.init : "/dis/emuinit.dis";
	if (options.verbose) {
		printf("Inferno %s main (pid=%d) %s\n", kversion, (int)getpid(), options.jit > 0 ? "compile" : "interp");
		printf("Initial Dis: \"%s\"\n", init);
		fflush(stdout);
	}
	int status = vm_boot(init, env);
	osenv_put(env);
	removescratch();
	khalt(status);
	return status;
}
