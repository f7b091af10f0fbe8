/*
 * Prints XML answers as amiplan saves them: answer_json SERVICE ACTION BYTES FILE…, where each FILE
 * is a page, fed so many bytes at a time. For tests that compare with the `aws` command.
 * It must not know: where the answers come from.
 */
#include <stdio.h>

#include "xml_json.h"

/* The records of all pages, the other members of the first. */
struct whole {
	struct buf records;
	struct buf members;
};

static int
read_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "rb");
	char part[65536];
	size_t got;

	if (!file)
		return err_set(err, ERR_IO, "%s cannot be read", path);
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(out, part, got);
	fclose(file);
	return 0;
}

static int
feed(struct xml_json *xml, struct slice bytes, size_t step, struct err *err)
{
	while (bytes.len > 0) {
		struct slice part = {bytes.at, bytes.len < step ? bytes.len : step};
		int code = xml_json_add(xml, part, err);

		if (code)
			return code;
		bytes.at += part.len;
		bytes.len -= part.len;
	}
	return xml_json_end(xml, err);
}

static int
add_page(struct whole *whole, const struct shape_operation *operation, struct slice page,
	size_t step, struct err *err)
{
	struct buf records = {0};
	struct buf members = {0};
	struct xml_json *xml = xml_json_new(operation, &records, &members);
	int code = feed(xml, page, step, err);

	if (records.len > 0 && whole->records.len > 0)
		buf_add_char(&whole->records, ',');
	buf_add_slice(&whole->records, buf_slice(&records));
	if (!whole->members.at)
		buf_add_slice(&whole->members, buf_slice(&members));
	xml_json_free(xml);
	buf_release(&records);
	buf_release(&members);
	return code;
}

static void
print_whole(const struct whole *whole, const struct shape_operation *operation)
{
	putchar('{');
	if (operation->list) {
		printf("\n    \"%s\": [", operation->list);
		fwrite(buf_slice(&whole->records).at, 1, whole->records.len, stdout);
		fputs(whole->records.len ? "\n    ]" : "]", stdout);
		fputs(whole->members.len ? "," : "", stdout);
	}
	fwrite(buf_slice(&whole->members).at, 1, whole->members.len, stdout);
	fputs(operation->list || whole->members.len ? "\n}\n" : "}\n", stdout);
}

int
main(int argc, char **argv)
{
	const struct shape_operation *operation =
		argc > 4 ? shape_operation_find(argv[1], argv[2]) : NULL;
	size_t step = argc > 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct whole whole = {0};
	struct err err = {0};
	int code = 0;

	if (!operation || !step) {
		fputs("answer_json SERVICE ACTION BYTES FILE…\n", stderr);
		return 64;
	}
	for (int i = 4; i < argc && !code; i++) {
		struct buf page = {0};

		code = read_file(argv[i], &page, &err);
		if (!code)
			code = add_page(&whole, operation, buf_slice(&page), step, &err);
		buf_release(&page);
	}
	if (code)
		fprintf(stderr, "%s\n", err.text);
	else
		print_whole(&whole, operation);
	buf_release(&whole.records);
	buf_release(&whole.members);
	return err_exit_status(code);
}
