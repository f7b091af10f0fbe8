/*
 * The grammar of descriptions: for each form texts that are it, and texts that are nearly it and
 * must not be taken for it. It must not know: edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "description.h"
#include "err.h"

#define I17 "i-0a775b8c631e8ad27"
#define A17 "ami-04eed3ce14b9489ad"
#define B17 "ami-0bbbbbbbbbbbbbbbb"
#define S17 "snap-0cd3830327c2545fc"
#define V17 "vol-0198baeb843d5d85e"

/* `claims` is one letter a claim: A made for, I instance, V volume, S source image, N source
 * snapshot, m mention. */
struct example {
	const char *text;
	enum description_form form;
	const char *claims;
	const char *matched; /* NULL: the whole text */
};

static const struct example examples[] = {
	/* CreateImage, old and new, with both lengths of id */
	{"Created by CreateImage(" I17 ") for " A17, DESCRIPTION_CREATE_IMAGE, "IA", NULL},
	{"Created by CreateImage(i-37f49418) for ami-1e51db76 from vol-81ab9fce",
		DESCRIPTION_CREATE_IMAGE, "IAV", NULL},
	{"Created by CreateImage(i-05b00685b550de919) for ami-d70722b0 from " V17,
		DESCRIPTION_CREATE_IMAGE, "IAV", NULL},
	{"Created by CreateImage(" I17 ") for " A17 " kept for " B17, DESCRIPTION_FREE, "mm", ""},
	{"Created by CreateImage(" I17 ") for " A17 " and more", DESCRIPTION_FREE, "m", ""},
	{"Created by CreateImage(" I17 ") for " A17 " ", DESCRIPTION_FREE, "m", ""},
	{"Created by CreateImage(" I17 ") for " A17 " from " V17 " KEEP", DESCRIPTION_FREE, "m",
		""},
	{"Created by CreateImage(" I17 ") for " A17 " from vol-FFFFFFFF", DESCRIPTION_FREE, "m",
		""},
	{"Created by CreateImage(" I17 ") for " A17 " from nowhere", DESCRIPTION_FREE, "m", ""},
	{"Created by CreateImage(" I17 ") for " A17 " from vol-12345678x", DESCRIPTION_FREE, "m",
		""},
	{"created by CreateImage(" I17 ") for " A17, DESCRIPTION_FREE, "m", ""},
	{" Created by CreateImage(" I17 ") for " A17, DESCRIPTION_FREE, "m", ""},
	{"Not Created by CreateImage(" I17 ") for " A17, DESCRIPTION_FREE, "m", ""},
	{"Created by CreateImage() for " A17, DESCRIPTION_FREE, "m", ""},
	{"Created by CreateImage(" I17 ") for ", DESCRIPTION_FREE, "", ""},
	{"Created by CreateImage(" I17 ") for ami-04eed3ce14b9489ad0", DESCRIPTION_FREE, "", ""},
	{"Created by CreateImage(" I17 ") for " A17 "-copy", DESCRIPTION_FREE, "", ""},
	{"Created by CreateImage(" I17 ") for " A17 ", thanks", DESCRIPTION_FREE, "m", ""},
	{"Created by CreateImage(" I17 ") for ami-based things", DESCRIPTION_FREE, "", ""},
	{"Created by CreateImage(" I17 ")  for " A17, DESCRIPTION_FREE, "m", ""},

	/* CopyImage: only the destination is of this place */
	{"Copied for DestinationAmi " A17 " from SourceAmi " B17 " for SourceSnapshot " S17
	 ". Task created on 1,607,338,338,349.",
		DESCRIPTION_COPY_IMAGE, "ASN", NULL},
	{"Copied for DestinationAmi ami-11111111 from SourceAmi ami-22222222 for SourceSnapshot "
	 "snap-33333333",
		DESCRIPTION_COPY_IMAGE, "ASN", NULL},
	{"Copied for DestinationAmi " A17 " from SourceAmi " B17, DESCRIPTION_COPY_IMAGE, "AS",
		NULL},
	{"Copied for DestinationAmi " A17, DESCRIPTION_COPY_IMAGE, "A", NULL},
	{"Copied for DestinationAmi " A17 " from SourceAmi " B17 " for SourceSnapshot " S17
	 ". Task unknown",
		DESCRIPTION_FREE, "mm", ""},
	{"Copied for DestinationAmi " A17 " (old) " B17, DESCRIPTION_FREE, "mm", ""},
	{"Copied for DestinationAmi " A17 "x", DESCRIPTION_FREE, "", ""},
	{"Copied for DestinationAmi ami-........ from SourceAmi " B17, DESCRIPTION_FREE, "m", ""},
	{"Copied for destinationAmi " A17, DESCRIPTION_FREE, "m", ""},

	/* CopySnapshot: what follows speaks of another place */
	{"[Copied " S17 " from eu-north-1] Demosnapshort-20240425", DESCRIPTION_COPY_SNAPSHOT, "N",
		NULL},
	{"[Copied " S17 " from us-east-1]", DESCRIPTION_COPY_SNAPSHOT, "N", NULL},
	{"[Copied " S17 " from us-east-1] Created by CreateImage(" I17 ") for " A17,
		DESCRIPTION_COPY_SNAPSHOT, "Nm", NULL},
	{"[Copied " S17 " from us-east-1]Created by CreateImage(" I17 ") for " A17,
		DESCRIPTION_COPY_SNAPSHOT, "Nm", NULL},
	{"[Copied snap-11111111 from us-east-1] [Copied snap-22222222 from eu-west-1] of "
	 "ami-33333333",
		DESCRIPTION_COPY_SNAPSHOT, "Nm", NULL},
	{"[Copied snap-11111111 from us-east-1] Copied for DestinationAmi " A17
	 " from SourceAmi " B17,
		DESCRIPTION_COPY_SNAPSHOT, "Nmm", NULL},
	{"[Copied " A17 " from us-east-1] base", DESCRIPTION_FREE, "m", ""},
	{"[Copied " S17 " from us-east-1 " A17, DESCRIPTION_FREE, "m", ""},
	{"[Copied " S17 " from ] " A17, DESCRIPTION_FREE, "m", ""},
	{"x[Copied " S17 " from us-east-1] " A17, DESCRIPTION_FREE, "m", ""},

	/* managers */
	{"Created for policy: policy-01a8dc510a66a9867 schedule: Daily-Backup",
		DESCRIPTION_LIFECYCLE, "", NULL},
	{"Created for policy: policy-01a8dc510a66a9867 schedule: of " A17, DESCRIPTION_LIFECYCLE,
		"", NULL},
	{"Created for policy: policy-01a8dc510a66a9867", DESCRIPTION_FREE, "", ""},
	{"Created for policy: policy-XYZ schedule: Daily", DESCRIPTION_FREE, "", ""},
	{"This snapshot is created by the AWS Backup service.", DESCRIPTION_BACKUP, "", NULL},
	{"This image is created by the AWS Backup service.", DESCRIPTION_BACKUP, "", NULL},
	{"This snapshot is created by the AWS Backup service. kept", DESCRIPTION_BACKUP, "",
		"This snapshot is created by the AWS Backup service."},
	{"This snapshot is created by the AWS Backup service", DESCRIPTION_FREE, "", ""},
	{"This snapshot is created by the AWS Backup service.d", DESCRIPTION_FREE, "", ""},
	{"Created by AWS-VMImport service for import-ami-2849f526756d7ac3t", DESCRIPTION_VM_IMPORT,
		"", NULL},
	{"Created by AWS-VMImport service for import-ami-12345678", DESCRIPTION_VM_IMPORT, "",
		NULL},
	{"Created by AWS-VMImport service for import-snap-fg1h2j3k", DESCRIPTION_VM_IMPORT, "",
		NULL},
	{"Created by AWS-VMImport service", DESCRIPTION_VM_IMPORT, "", NULL},
	{"Created by AWS-VMImport services", DESCRIPTION_FREE, "", ""},
	{"Auto-created snapshot for AMI " A17, DESCRIPTION_MOTO, "A", NULL},
	{"Auto-created snapshot for AMI " A17 " ", DESCRIPTION_FREE, "m", ""},
	{"Auto-created snapshot for AMI ami-1", DESCRIPTION_FREE, "", ""},

	/* people */
	{"", DESCRIPTION_FREE, "", ""},
	{"before the upgrade of " A17, DESCRIPTION_FREE, "m", ""},
	{A17 " and " B17 ".", DESCRIPTION_FREE, "mm", ""},
	{"an ami-based import-ami-12345678 thing", DESCRIPTION_FREE, "", ""},
	{"\x01\xff " A17 " \x80", DESCRIPTION_FREE, "m", ""},
};

static char
letter_of(enum claim_role role)
{
	static const char letters[] = {[CLAIM_MADE_FOR] = 'A',
		[CLAIM_SOURCE_INSTANCE] = 'I',
		[CLAIM_SOURCE_VOLUME] = 'V',
		[CLAIM_SOURCE_IMAGE] = 'S',
		[CLAIM_SOURCE_SNAPSHOT] = 'N',
		[CLAIM_MENTIONS] = 'm'};

	return letters[role];
}

static void
check(const struct example *example)
{
	struct slice text = slice_of(example->text);
	struct description d;
	char claims[DESCRIPTION_CLAIMS + 1] = "";

	description_read(text, &d);
	for (unsigned i = 0; i < d.count; i++) {
		claims[i] = letter_of(d.claims[i].role);
		assert_true(d.claims[i].id.at >= text.at &&
			    d.claims[i].id.at + d.claims[i].id.len <= text.at + text.len);
	}
	if (d.form != example->form || strcmp(claims, example->claims) != 0)
		fail_msg("\"%s\" is read as %s with claims \"%s\"", example->text,
			description_form_name(d.form), claims);
	if (d.form == DESCRIPTION_FREE) {
		assert_int_equal(d.matched.len, 0);
		return;
	}
	assert_ptr_equal(d.matched.at, text.at);
	/* Of a copied text or a name the piece is the prefix alone. */
	if (d.form == DESCRIPTION_COPY_SNAPSHOT || d.form == DESCRIPTION_LIFECYCLE)
		return;
	assert_true(slice_is(d.matched, example->matched ? example->matched : example->text));
}

static void
all_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check(&examples[i]);
}

static void
claims_name_the_right_ids(void **state)
{
	struct description d;

	(void)state;
	description_read(SLICE("Copied for DestinationAmi ami-11111111 from SourceAmi ami-22222222 "
			       "for SourceSnapshot snap-33333333"),
		&d);
	assert_int_equal(d.count, 3);
	assert_true(slice_is(d.claims[0].id, "ami-11111111"));
	assert_true(slice_is(d.claims[1].id, "ami-22222222"));
	assert_true(slice_is(d.claims[2].id, "snap-33333333"));
	/* Of a chain of copies only the last one is this snapshot's source. */
	description_read(SLICE("[Copied snap-11111111 from us-east-1] [Copied snap-22222222 from "
			       "eu-west-1] x"),
		&d);
	assert_int_equal(d.count, 1);
	assert_true(slice_is(d.claims[0].id, "snap-11111111"));
}

/* A text cut off at any place must neither crash nor prove more than the whole one. */
static void
every_prefix(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		size_t len = strlen(examples[i].text);

		for (size_t cut = 0; cut < len; cut++) {
			char *copy = xstrndup(examples[i].text, cut);
			struct description d;

			description_read((struct slice){copy, cut}, &d);
			assert_true(d.count <= DESCRIPTION_CLAIMS);
			if (description_is_made_for(d.form))
				assert_true(slice_starts(slice_of(examples[i].text),
						    "Created by CreateImage(i-") ||
					    slice_starts(slice_of(examples[i].text),
						    "Copied for DestinationAmi ami-"));
			free(copy);
		}
	}
}

static void
many_ids_are_cut(void **state)
{
	char text[20 * 13 + 1];
	struct description d;

	(void)state;
	for (size_t i = 0; i < 20; i++)
		memcpy(text + i * 13, "ami-12345678 ", 14);
	description_read(slice_of(text), &d);
	assert_int_equal(d.count, DESCRIPTION_CLAIMS);
}

/* What an AMI's description is kept for: any text that a service may have begun. */
static void
services_begin_with_their_words(void **state)
{
	struct description d;

	(void)state;
	assert_true(description_is_of_service(SLICE(WORDS_OF_LIFECYCLE "policy-")));
	assert_true(description_is_of_service(SLICE(WORDS_OF_BACKUP_SNAPSHOT)));
	assert_true(description_is_of_service(SLICE(WORDS_OF_BACKUP_IMAGE ", by us")));
	assert_false(description_is_of_service(SLICE(" " WORDS_OF_BACKUP_IMAGE)));
	assert_false(description_is_of_service(SLICE("web tier")));
	assert_false(description_is_of_service(SLICE_NONE));
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		description_read(slice_of(examples[i].text), &d);
		if (d.form == DESCRIPTION_LIFECYCLE || d.form == DESCRIPTION_BACKUP)
			assert_true(description_is_of_service(slice_of(examples[i].text)));
	}
}

static void
made_for_forms(void **state)
{
	(void)state;
	for (unsigned form = DESCRIPTION_FREE; form <= DESCRIPTION_MOTO; form++) {
		bool expected = form == DESCRIPTION_CREATE_IMAGE || form == DESCRIPTION_COPY_IMAGE;

		assert_int_equal(description_is_made_for((enum description_form)form), expected);
		assert_non_null(description_form_name((enum description_form)form));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_examples),
		cmocka_unit_test(claims_name_the_right_ids),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(many_ids_are_cut),
		cmocka_unit_test(services_begin_with_their_words),
		cmocka_unit_test(made_for_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
