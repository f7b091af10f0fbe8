/*
 * The grammar of snapshot descriptions: which AMI, instance, volume or other snapshot a text names,
 * and how far to believe it. One table in description.c, one row a form. Source of the forms:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html ("look for the AMI ID in
 * the Description column") It must not know: whether any of the ids exists.
 */
#ifndef AMIPLAN_GRAPH_DESCRIPTION_H
#define AMIPLAN_GRAPH_DESCRIPTION_H

#include "slice.h"

/* With these words services begin what they write about AMIs and snapshots of theirs. */
#define WORDS_OF_LIFECYCLE "Created for policy: "
#define WORDS_OF_BACKUP_SNAPSHOT "This snapshot is created by the AWS Backup service"
#define WORDS_OF_BACKUP_IMAGE "This image is created by the AWS Backup service"

enum description_form {
	DESCRIPTION_FREE,          /* a person's or a tool's own text */
	DESCRIPTION_CREATE_IMAGE,  /* Created by CreateImage(i-…) for ami-… [from vol-…] */
	DESCRIPTION_COPY_IMAGE,    /* Copied for DestinationAmi ami-… from SourceAmi ami-… for
				      SourceSnapshot snap-…. Task created on N. */
	DESCRIPTION_COPY_SNAPSHOT, /* [Copied snap-… from REGION] … : the rest speaks of another
				      region or account */
	DESCRIPTION_LIFECYCLE, /* Created for policy: policy-… schedule: … (Data Lifecycle Manager)
				*/
	DESCRIPTION_BACKUP,    /* This snapshot is created by the AWS Backup service. (and the AMI's
				  own text) */
	DESCRIPTION_VM_IMPORT, /* Created by AWS-VMImport service [for import-ami-…]: no AMI id */
	DESCRIPTION_MOTO, /* Auto-created snapshot for AMI ami-…: a test server's text, not AWS's */
};

enum claim_role {
	CLAIM_MADE_FOR, /* the AMI that the snapshot was made for */
	CLAIM_SOURCE_INSTANCE,
	CLAIM_SOURCE_VOLUME,
	CLAIM_SOURCE_IMAGE,    /* in another region or account */
	CLAIM_SOURCE_SNAPSHOT, /* in another region or account */
	CLAIM_MENTIONS, /* an AMI id in free or copied text: a hint, never a reason to delete */
};

struct claim {
	enum claim_role role;
	struct slice id; /* borrowed from the text */
};

#define DESCRIPTION_CLAIMS 8

struct description {
	enum description_form form;
	struct slice matched; /* the piece of the text that the form's row matched; none for FREE.
				 Borrowed */
	unsigned count;
	struct claim
		claims[DESCRIPTION_CLAIMS]; /* further ids of free text are left out: hints only */
};

/* Reads `text` (any bytes, 255 characters at most on AWS, here unbounded). Never fails: what no row
 * matches is FREE. */
void description_read(struct slice text, struct description *out);

/* It begins with the words of a service, whatever follows. Nothing else that an AMI's description
 * says decides anything. */
bool description_is_of_service(struct slice text);

/* A machine wrote it for one AMI of this account and region: CREATE_IMAGE or COPY_IMAGE. */
bool description_is_made_for(enum description_form form);

const char *description_form_name(enum description_form form);

#endif
