/*
 * The parameters of a call, as its protocol wants them in the body.
 * It must not know: which parameters there are.
 */
#include <inttypes.h>

#include "err.h"
#include "params.h"
#include "uri.h"

void
params_add(struct params *params, const char *name, const char *value)
{
	if (params->form.len)
		buf_add_char(&params->form, '&');
	uri_encode(&params->form, slice_of(name), "");
	buf_add_char(&params->form, '=');
	uri_encode(&params->form, slice_of(value), "");
}

void
params_add_number(struct params *params, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	params_add(params, name, text);
}

void
params_copy(const struct params *params, struct params *out)
{
	*out = (struct params){0};
	buf_add_slice(&out->form, buf_slice(&params->form));
	buf_add_slice(&out->json, buf_slice(&params->json));
}

void
params_release(struct params *params)
{
	buf_release(&params->form);
	buf_release(&params->json);
}
