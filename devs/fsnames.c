/*
 * Names of files, users and groups: the host's and ours. See fsnames.h.
 */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "devs/fsnames.h"

/* ---- files ---- */

enum { ESCAPE = 0xEF00 };

/* Length of the UTF-8 character at s, 0 if there is none; *r: what it is. */
static int
decode(const unsigned char *s, uint32_t *r)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	int n = s[0] < 0x80 ? 1 : s[0] < 0xC0 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF8 ? 4 : 0;

	if (n <= 1) {
		*r = s[0];
		return n;
	}
	*r = s[0] & (0xFF >> (n + 1));
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		*r = *r << 6 | (s[i] & 0x3F);
	}
	return *r < least[n] || *r > 0x10FFFF || (*r >= 0xD800 && *r < 0xE000) ? 0 : n;
}

/* Bytes that no name inside may have by themselves. */
static bool
unfit(uint32_t b)
{
	return (b > 0 && b < 0x20) || (b >= 0x7F && b <= 0xFF);
}

static bool
isescape(uint32_t r)
{
	return r > ESCAPE && unfit(r - ESCAPE);
}

static bool
plain(const char *s)
{
	for (; *s != 0; s++)
		if (unfit((unsigned char)*s))
			return false;
	return true;
}

char *
fsname_inside(const char *host)
{
	uint32_t r;

	if (plain(host))
		return strdup(host);
	char *name = malloc(3 * strlen(host) + 1), *t = name;
	if (name == NULL)
		return NULL;
	for (const unsigned char *s = (const unsigned char *)host; *s != 0;) {
		int n = decode(s, &r);
		if (n == 1 ? !unfit(r) : n > 1 && !isescape(r)) {
			memcpy(t, s, n);
			t += n;
			s += n;
			continue;
		}
		for (n = n > 1 ? n : 1; n > 0; n--, s++) {
			*t++ = 0xEE;
			*t++ = 0xBC | *s >> 6;
			*t++ = 0x80 | (*s & 0x3F);
		}
	}
	*t = 0;
	return name;
}

char *
fsname_host(const char *inside)
{
	char *name = strdup(inside), *t = name;
	uint32_t r;

	if (name == NULL || plain(inside))
		return name;
	for (const unsigned char *s = (const unsigned char *)inside; *s != 0;) {
		int n = decode(s, &r);
		if (n == 3 && isescape(r))
			*t++ = r - ESCAPE;
		else {
			n = n > 0 ? n : 1;
			memmove(t, s, n);
			t += n;
		}
		s += n;
	}
	*t = 0;
	return name;
}

/* ---- users and groups ---- */

/* The host's data base is asked once for each number; a listing of many files asks for the same few. */
typedef struct Idname Idname;
struct Idname {
	Idname *next;
	unsigned id;
	char name[];
};
enum { NHASH = 64, MEMBERSEC = 5, MAXENTRY = 1 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* everything here */
static Idname *users[NHASH], *groups[NHASH];

/* The groups of the user asked for last. */
static struct {
	bool known;
	uid_t uid;
	time_t asked;
	gid_t *gid;
	int n;
} member;

/* Calls one of the reentrant look-ups with a buffer that is large enough for its entry, left in *buf for the caller to free. */
#define LOOKUP(buf, result, call)                                                                   \
	do {                                                                                        \
		size_t size_ = 1024;                                                                \
		int e_ = ERANGE;                                                                    \
		(buf) = NULL;                                                                       \
		(result) = NULL;                                                                    \
		for (; e_ == ERANGE && size_ <= MAXENTRY; size_ *= 4) {                             \
			char *b_ = realloc((buf), size_);                                           \
			if (b_ == NULL)                                                             \
				break;                                                              \
			(buf) = b_;                                                                 \
			e_ = call;                                                                  \
		}                                                                                   \
	} while (0)

static char *
nameof(Idname **table, unsigned id)
{
	struct group g, *gr;
	struct passwd p, *pr;
	char *buf, num[24];
	const char *name = num;
	Idname *e;

	pthread_mutex_lock(&lock);
	for (e = table[id % NHASH]; e != NULL && e->id != id; e = e->next)
		;
	if (e == NULL) {
		snprintf(num, sizeof num, "#%u", id);
		if (table == groups) {
			LOOKUP(buf, gr, getgrgid_r(id, &g, buf, size_, &gr));
			if (gr != NULL)
				name = g.gr_name;
		} else {
			LOOKUP(buf, pr, getpwuid_r(id, &p, buf, size_, &pr));
			if (pr != NULL)
				name = p.pw_name;
		}
		e = malloc(sizeof *e + strlen(name) + 1);
		if (e != NULL) {
			e->id = id;
			strcpy(e->name, name);
			e->next = table[id % NHASH];
			table[id % NHASH] = e;
		}
		free(buf);
	}
	char *s = strdup(e != NULL ? e->name : "");
	pthread_mutex_unlock(&lock);
	return s;
}

char *
fsuser(uid_t uid)
{
	return nameof(users, uid);
}

char *
fsgroup(gid_t gid)
{
	return nameof(groups, gid);
}

bool
fsgroupid(const char *name, gid_t *gid)
{
	struct group g, *r;
	char *buf;

	LOOKUP(buf, r, getgrnam_r(name, &g, buf, size_, &r));
	if (r != NULL)
		*gid = g.gr_gid;
	free(buf);
	return r != NULL;
}

/* Called with the lock. */
static void
askmember(uid_t uid)
{
	struct passwd p, *r;
	char *buf;
	int max = 64;

	member.known = false;
	member.n = 0;
	LOOKUP(buf, r, getpwuid_r(uid, &p, buf, size_, &r));
	while (r != NULL) {
		gid_t *gid = realloc(member.gid, max * sizeof *gid);
		if (gid == NULL)
			break;
		member.gid = gid;
		int n = max;
		if (getgrouplist(p.pw_name, p.pw_gid, gid, &n) >= 0) {
			member.n = n;
			break;
		}
		max = n > max ? n : 2 * max;
	}
	free(buf);
	member.known = true;
	member.uid = uid;
	member.asked = time(NULL);
}

bool
fsmember(uid_t uid, gid_t gid)
{
	bool is = false;

	pthread_mutex_lock(&lock);
	if (!member.known || member.uid != uid || time(NULL) - member.asked > MEMBERSEC)
		askmember(uid);
	for (int i = 0; i < member.n && !is; i++)
		is = member.gid[i] == gid;
	pthread_mutex_unlock(&lock);
	return is;
}
