/*
 * Credentials that ECS and EKS hand to a container.
 * It must not know: what runs in the container.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
#include "creds_provider.h"
#include <arpa/inet.h>

#define TITLE "container credentials"
enum { TIMEOUT_MS = 2000, ATTEMPTS = 3, PAUSE_MS = 1000, HOST_ROOM = 256 };

/* --- where ----------------------------------------------------------------------------------- */

/* The host of an http or https URL; false: it is none, or hides another one behind an '@'. */
static bool
take_host(const char *url, bool *secure, char host[HOST_ROOM])
{
	const char *at, *end;
	size_t length;

	*secure = strncmp(url, "https://", 8) == 0;
	if (!*secure && strncmp(url, "http://", 7) != 0)
		return false;
	if (!is_header_text(url) || strchr(url, '\\'))
		return false;
	at = url + (*secure ? 8 : 7);
	length = strcspn(at, "/?#");
	if (memchr(at, '@', length))
		return false;
	if (*at == '[') {
		at++;
		end = memchr(at, ']', length - 1);
		length = end ? (size_t)(end - at) : 0;
	} else {
		end = memchr(at, ':', length);
		length = end ? (size_t)(end - at) : length;
	}
	if (length == 0 || length >= HOST_ROOM)
		return false;
	memcpy(host, at, length);
	host[length] = '\0';
	return true;
}

/* Without TLS the token goes to this machine, or to the addresses that ECS and EKS serve. */
static bool
is_near(const char *host)
{
	static const char *const served4[] = {"169.254.170.2", "169.254.170.23"};
	struct in_addr four, served;
	struct in6_addr six, eks;

	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six) ||
		       (inet_pton(AF_INET6, "fd00:ec2::23", &eks) == 1 &&
			       memcmp(&six, &eks, sizeof(six)) == 0);
	if (inet_pton(AF_INET, host, &four) != 1)
		return false;
	for (size_t i = 0; i < sizeof(served4) / sizeof(*served4); i++)
		if (inet_pton(AF_INET, served4[i], &served) == 1 && served.s_addr == four.s_addr)
			return true;
	return ntohl(four.s_addr) >> 24 == 127;
}

/* PROVIDER_NOTHING: no container. The relative path wins. */
static int
find_url(struct buf *url, struct err *err)
{
	const char *relative = settings_variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = settings_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	char host[HOST_ROOM];
	bool secure;

	if (relative) {
		if (relative[0] != '/' || !is_header_text(relative))
			return err_set(err, ERR_VALUE,
				"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path that begins "
				"with '/'");
		buf_format(url, "http://169.254.170.2%s", relative);
		return 0;
	}
	if (!full)
		return PROVIDER_NOTHING;
	if (!take_host(full, &secure, host))
		return err_set(err, ERR_VALUE,
			"AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https URL");
	if (!secure && !is_near(host))
		return err_set(err, ERR_VALUE,
			"AWS_CONTAINER_CREDENTIALS_FULL_URI names the host '%s' without TLS; that "
			"is "
			"allowed for this machine and for the addresses of ECS and EKS only",
			host);
	buf_add_text(url, full);
	return 0;
}

/* --- with which token ------------------------------------------------------------------------ */

/* The Authorization header, empty if there is none. The file is read each time, and wins. */
static int
find_token(struct buf *header, struct err *err)
{
	const char *path = settings_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *text = settings_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	struct buf token = {0};
	int code = 0;

	if (path)
		code = secret_file_read(path, &token, err);
	else if (text)
		buf_add_text(&token, text);
	if (code == 0 && token.len && strpbrk(token.at, "\r\n"))
		code = err_set(err, ERR_VALUE,
			"the container's authorization token (%s) holds a line break, which no "
			"header may",
			path ? path : "AWS_CONTAINER_AUTHORIZATION_TOKEN");
	if (code == 0 && token.len)
		buf_format(header, "Authorization: %s", token.at);
	secret_buf_release(&token);
	return code;
}

/* --- asking ---------------------------------------------------------------------------------- */

static int
ask(const struct provider *self, const char *url, const char *authorization, struct creds *out,
	struct err *err)
{
	static const struct creds_names names = {.access_key = "AccessKeyId",
		.secret_key = "SecretAccessKey",
		.session_token = "Token",
		.expiration = "Expiration",
		.account = "AccountId",
		.must_expire = true};
	const char *headers[] = {"Accept: application/json", authorization, NULL};
	const struct http_request request = {.method = "GET",
		.url = url,
		.headers = headers,
		.connect_ms = TIMEOUT_MS,
		.total_ms = TIMEOUT_MS,
		.direct = true};
	struct fetched fetched;
	int code;

	for (int i = 1;; i++) {
		fetch(self->context.http, &request, &fetched);
		if (i == ATTEMPTS || !fetched_may_pass(&fetched))
			break;
		fetched_release(&fetched);
		sleep_ms(PAUSE_MS);
	}
	code = fetched.status == 200
		       ? creds_read_json(buf_slice(&fetched.body), &names, TITLE, out, err)
		       : fetched_error(&fetched, TITLE, err);
	fetched_release(&fetched);
	return code;
}

static int
container_load(struct provider *self, struct creds *out, struct err *err)
{
	struct buf url = {0}, authorization = {0};
	int code = find_url(&url, err);

	if (code == 0)
		code = find_token(&authorization, err);
	if (code == 0)
		code = ask(self, url.at, authorization.at, out, err);
	if (code == 0)
		out->origin = text_copy(TITLE);
	buf_release(&url);
	secret_buf_release(&authorization);
	return code;
}

static const struct provider_kind container_kind = {TITLE, container_load, NULL};

struct provider *
provider_container(const struct provider_context *context)
{
	return provider_new(&container_kind, sizeof(struct provider), context, NULL);
}
