/*
 * Internet addresses as text.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devs/ipconv.h"

const Ipaddr ipany;

static const uint8_t v4prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool
ip_isv4(const Ipaddr *ip)
{
	return memcmp(ip->a, v4prefix, sizeof v4prefix) == 0;
}

bool
ip_isany(const Ipaddr *ip)
{
	static const uint8_t zero[16];

	if (ip_isv4(ip))
		return memcmp(ip->a + 12, zero, 4) == 0;
	return memcmp(ip->a, zero, 16) == 0;
}

char *
ip_format(const Ipaddr *ip, char *out)
{
	if (ip_isv4(ip))
		snprintf(out, IPSTRLEN, "%d.%d.%d.%d", ip->a[12], ip->a[13], ip->a[14], ip->a[15]);
	else
		inet_ntop(AF_INET6, ip->a, out, IPSTRLEN);
	return out;
}

int
ip_parse(const char *s, Ipaddr *ip)
{
	struct in_addr v4;

	memset(ip, 0, sizeof *ip);
	if (strchr(s, ':') != NULL) {
		char buf[IPSTRLEN];
		const char *pct = strchr(s, '%');
		if (pct != NULL) {
			if ((size_t)(pct - s) >= sizeof buf)
				return kerror("invalid IP address");
			memcpy(buf, s, pct - s);
			buf[pct - s] = 0;
			ip->scope = if_nametoindex(pct + 1);
			s = buf;
		}
		if (inet_pton(AF_INET6, s, ip->a) == 1)
			return 0;
	} else if (s[0] >= '0' && s[0] <= '9' && strpbrk(s, " \t\n") == NULL && inet_aton(s, &v4) != 0) {
		memcpy(ip->a, v4prefix, sizeof v4prefix);
		memcpy(ip->a + 12, &v4, 4);
		return 0;
	}
	return kerror("invalid IP address");
}

int
port_parse(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 0);

	if (s[0] < '0' || s[0] > '9' || *end != 0 || n > 65535)
		return kerror("non-numeric port number");
	return n;
}
