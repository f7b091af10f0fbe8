/*
 * Fuzz target: a page of any call of a collection, and what is found in it. The first byte chooses
 * the call, the second how many bytes are fed at a time; the rest is the answer.
 * It must not know: what the answer means.
 */
#include <stdint.h>

#include "findings.h"
#include "ids.h"
#include "json_rewrite.h"
#include "page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static int
feed(struct page *page, enum collect_call call, struct slice bytes, size_t step, struct err *err)
{
	int code = page_begin(page, &call_table[call], err);

	while (code == 0 && bytes.len > 0) {
		struct slice part = {bytes.at, bytes.len < step ? bytes.len : step};

		code = page_add(page, part, err);
		bytes.at += part.len;
		bytes.len -= part.len;
	}
	return code ? code : page_end(page, err);
}

/* As a listing of this page alone would save it. */
static void
check_document(const struct page *page)
{
	const char *list = page_list(page->row);
	struct buf text = {0};
	struct err err = {0};

	buf_format(&text, list ? "{\"%s\": [" : "{%s", list ? list : "");
	buf_add_slice(&text, buf_slice(&page->records));
	buf_format(&text, "%s%s", list ? "]" : "", list && page->members.len ? "," : "");
	buf_add_slice(&text, buf_slice(&page->members));
	buf_add_char(&text, '}');
	must(json_accepts(buf_slice(&text), &err));
	must(list || page->count == 0);
	must((page->count > 0) == (page->records.len > 0));
	buf_release(&text);
}

/* What names files and goes into calls has the form of an id. */
static void
check_ids(const id_list *list, const char *prefix)
{
	vec_foreach (id, list)
		must(id_is(slice_of(*id), prefix));
}

static void
check_findings(const struct page *page, enum collect_call call)
{
	struct findings findings = {.wants_snapshots = true};
	struct err err = {0};

	must(findings_look(&findings, call, buf_slice(&page->records), &err));
	findings_settle(&findings);
	check_ids(&findings.images, "ami-");
	check_ids(&findings.used, "ami-");
	check_ids(&findings.snapshots, "snap-");
	check_ids(&findings.instances, "i-");
	check_ids(&findings.templates, "lt-");
	vec_foreach (region, &findings.regions)
		must(id_is_region(slice_of(*region)));
	vec_foreach (name, &findings.parameters)
		must(**name);
	findings_release(&findings);
}

/* What was taken is well-formed, whatever came, and the same however the bytes are cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct page whole = {0}, cut = {0};
	struct err err = {0};
	enum collect_call call;
	struct slice bytes;
	int code;

	if (size < 2)
		return 0;
	call = data[0] % CALLS;
	bytes = (struct slice){(const char *)data + 2, size - 2};
	code = feed(&whole, call, bytes, bytes.len, &err);
	must(feed(&cut, call, bytes, (size_t)data[1] + 1, &err) == code);
	if (code == 0) {
		must(slice_equal(buf_slice(&whole.records), buf_slice(&cut.records)));
		must(slice_equal(buf_slice(&whole.token), buf_slice(&cut.token)));
		check_document(&whole);
		if (call_table[call].is_looked_into)
			check_findings(&whole, call);
	}
	page_release(&whole);
	page_release(&cut);
	return 0;
}
