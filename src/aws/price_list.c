/*
 * The questions about prices, and what comes of each.
 * It must not know: what a product is the price of.
 */
#include "price_list.h"

#include "json_write.h"
#include "listing.h"

const struct call_row price_call = {
	.service = SERVICE_PRICING,
	.action = "GetProducts",
	.fixed = "FormatVersion=aws_v1",
	.optional = "",
	.page_size_parameter = "MaxResults",
	.page_size = 100,
	.list = "PriceList",
};

#define ON_DEMAND                                                                                  \
	"tenancy=Shared;capacitystatus=Used;marketoption=OnDemand;"                                \
	"licenseModel=No License required"
#define LINUX "operatingSystem=Linux;preInstalledSw=NA;" ON_DEMAND

/* What is asked of every region: a service and its filters, "Field=Value;Field=Value". */
static const struct {
	const char *service, *filters;
} of_region[] = {
	{"AmazonEC2", "productFamily=Storage Snapshot"},
	{"AmazonEC2", "productFamily=Fast Snapshot Restore"},
	{"AmazonEC2", "productFamily=EBS direct API Requests"},
	{"AmazonEC2", "productFamily=Storage"},
	{"AmazonEC2", "productFamily=System Operation;group=EBS IOPS"},
	{"AmazonEC2", "productFamily=Provisioned Throughput"},
	{"AmazonEC2", "productFamily=Compute Instance;" LINUX},
	{"AmazonEC2", "productFamily=Compute Instance (bare metal);" LINUX},
};

/* A public address costs the same everywhere; where a usage type has no prefix it is found. */
#define ADDRESS_REGION "us-east-1"
#define ADDRESS_FILTERS "usagetype=PublicIPv4:InUseAddress"

/* One listing under way. */
struct asked {
	struct price_list_run *run;
	struct buf members; /* of the request */
	char *about;        /* for messages */
	enum call_plainness plainness;
};

/* --- a question ------------------------------------------------------------------------------ */

static void
put_filter(struct json_writer *w, struct slice field, struct slice value)
{
	json_open(w, '{');
	json_field(w, "Type", "TERM_MATCH");
	json_field_slice(w, "Field", field);
	json_field_slice(w, "Value", value);
	json_close(w, '}');
}

static void
put_filters(struct json_writer *w, const char *filters)
{
	while (*filters) {
		size_t len = strcspn(filters, ";"), field = strcspn(filters, "=");

		put_filter(w, (struct slice){filters, field},
			(struct slice){filters + field + 1, len - field - 1});
		filters += len + (filters[len] == ';');
	}
}

static bool on_page(void *to, const struct page *page, struct err *err);
static void on_answer(void *to, const struct listing_end *end);

static void
ask(struct price_list_run *run, const char *service, const char *region, const char *filters,
	const char *operation)
{
	struct asked *asked = xcalloc(1, sizeof(*asked));
	struct json_writer w;
	struct buf about = {0};
	struct listing_request request = {
		.caller = run->caller,
		.provider = run->provider,
		.account = "",
		.region = run->home,
		.row = &price_call,
		.plainness = &asked->plainness,
		.only_pages = true,
		.on_page = on_page,
		.done = on_answer,
		.to = asked,
	};

	asked->run = run;
	buf_format(&about, "%s, %s", region, filters);
	asked->about = about.at;
	json_writer_buf(&w, &asked->members, false);
	json_open(&w, '{');
	json_field(&w, "ServiceCode", service);
	json_name(&w, "Filters");
	json_open(&w, '[');
	put_filter(&w, SLICE("regionCode"), slice_of(region));
	put_filters(&w, filters);
	if (operation)
		put_filter(&w, SLICE("operation"), slice_of(operation));
	json_close(&w, ']');
	json_close(&w, '}');
	request.body_members = buf_slice(&asked->members);
	run->questions++;
	listing_start(&request);
}

/* --- answers --------------------------------------------------------------------------------- */

static void
note(struct price_list_run *run, const char *about, const char *code, const char *message)
{
	if (!run->err.code)
		(void)err_set(&run->err, ERR_IO, "%s: %s%s%.*s", about, code, *code ? ": " : "",
			LIMIT_CALL_MESSAGE, message);
}

static bool
on_page(void *to, const struct page *page, struct err *err)
{
	struct asked *asked = to;
	struct buf answer = {0};
	bool taken;

	if (!page_has(page, "FormatVersion")) {
		(void)err_set(
			err, ERR_VALUE, "the answer is no price list: it has no FormatVersion");
		return false;
	}
	buf_add_text(&answer, "{\"PriceList\": [");
	buf_add_slice(&answer, buf_slice(&page->records));
	buf_add_text(&answer, "]}");
	taken = asked->run->take(asked->run->to, buf_slice(&answer), err);
	buf_release(&answer);
	return taken;
}

static void
on_answer(void *to, const struct listing_end *end)
{
	struct asked *asked = to;
	struct price_list_run *run = asked->run;

	if (end->stopped)
		run->stopped = true;
	else if (end->outcome != OUTCOME_COMPLETE && end->outcome != OUTCOME_EMPTY)
		note(run, asked->about, end->code, end->message);
	else
		run->answered++;
	buf_release(&asked->members);
	free(asked->about);
	free(asked);
}

void
price_list_start(struct price_list_run *run)
{
	for (size_t i = 0; i < run->region_count; i++)
		for (size_t j = 0; j < sizeof(of_region) / sizeof(of_region[0]); j++)
			ask(run, of_region[j].service, run->regions[i], of_region[j].filters, NULL);
	for (size_t i = 0; i < run->system_count; i++)
		ask(run, "AmazonEC2", run->systems[i].region,
			"productFamily=Compute Instance;" ON_DEMAND, run->systems[i].operation);
	if (run->region_count)
		ask(run, "AmazonVPC", ADDRESS_REGION, ADDRESS_FILTERS, NULL);
}
