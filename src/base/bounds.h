/*
 * Every limit of the tool, in one place, each with its reason.
 * It must not know: what the limited things mean.
 */

#ifndef AMIPLAN_BASE_BOUNDS_H
#define AMIPLAN_BASE_BOUNDS_H

/* Nesting of JSON. The deepest AWS answer has about ten levels; this bounds the reader's stack. */
#define LIMIT_JSON_DEPTH 128
/* Bytes of one decoded JSON string. AWS's longest field (user data, 16 KiB in base64) is far below.
 */
#define LIMIT_JSON_STRING (1u << 20)
/* Bytes of an error message: one line that a person reads. */
#define LIMIT_ERR_TEXT 512
/* Files below one INVENTORY or --pins directory: beyond it, a wrong directory was named. */
#define LIMIT_FILES 1000000u
/* Directory levels below an INVENTORY or --pins directory. */
#define LIMIT_DIR_DEPTH 64
/* Bytes of a --policy file. */
#define LIMIT_POLICY_BYTES (1u << 20)
/* Referrers of one item that a plan lists by id; the rest is counted. A golden image can have
 * 10,000 users. */
#define LIMIT_BY_LISTED 50

/* Bytes that one gzip-compressed document may stand for, and how many times the compressed ones: a
 * million records that differ in their ids only come to about 60 times. */
#define LIMIT_UNPACKED ((size_t)32 << 30)
#define LIMIT_UNPACK_RATIO 300u

/* Bytes of a mapped document that may lie in memory at a time: what was read is given back to the
 * page cache, so that memory does not grow with the size of the documents. */
#define LIMIT_WINDOW (4u << 20)
/* Documents that are open at a time to read elements of them again, of a quarter of what the
 * process may open: one for each account and region that has AMIs. Those of the others come by the
 * mapping.
 */
#define LIMIT_REREAD_FILES 256
/* Bytes from which an array has pages of its own: it then grows without being copied, leaves no
 * hole behind, and goes back to the system when it is freed. */
#define LIMIT_HEAP_PIECE (256 << 10)

/* Inventories that a --cache directory remembers: those used longest ago go first. One with 100,000
 * AMIs takes 125 MB. */
#define LIMIT_CACHE_INVENTORIES 16

/* Bytes of ~/.aws/config or ~/.aws/credentials. An account list of a large company, one profile a
 * role, is a tenth of it. */
#define LIMIT_CONFIG_BYTES (4u << 20)
/* Profiles that name each other by source_profile before the roles are taken for a mistake. AWS
 * lets one role lead to the next; nobody goes through more than a few. */
#define LIMIT_ROLE_CHAIN 16
/* Bytes of an answer with credentials, of a token file, or of a credential_process's output. The
 * longest real one, a web identity token with many groups, has 20 KiB. */
#define LIMIT_CREDS_BYTES (256u << 10)
/* Milliseconds a credential_process may take: it may ask a person to log in. */
#define LIMIT_PROCESS_MS 120000
/* Words of a credential_process's command line. */
#define LIMIT_PROCESS_WORDS 256
/* Attempts at instance metadata that settings may ask for, and seconds each may take: beyond it, a
 * typing mistake would hang the tool. */
#define LIMIT_METADATA_ATTEMPTS 10
#define LIMIT_METADATA_SECONDS 30
/* Attempts at a call that settings may ask for. */
#define LIMIT_ATTEMPTS 50

/* Nesting of AWS's XML. The deepest known answer has 14 levels; unknown elements count too. */
#define LIMIT_XML_DEPTH 64
/* Bytes of one XML text: what is longer could not be read back as JSON. */
#define LIMIT_XML_TEXT LIMIT_JSON_STRING
/* Bytes of one XML tag, comment or processing instruction: expat keeps it whole, and looks at it
 * anew with each piece that comes. */
#define LIMIT_XML_TAG (64u << 10)
/* Elements and attributes of one XML answer that the shapes do not know: expat keeps each new name.
 * A page has at most 1,000 records, whose shapes may have gained some members. */
#define LIMIT_XML_UNKNOWN 1000000u

/* Bytes of one answer, decoded. A page of 1,000 instances has about 10 MiB. */
#define LIMIT_HTTP_ANSWER (64u << 20)
/* Bytes that are taken from a connection at a time: a page of 1,000 records has about 1 MiB, and
 * curl's own 16 KiB would be a system call and a turn of the loop for each piece. */
#define LIMIT_HTTP_READ (128L << 10)

/* Bytes of answers that have come and were not read yet: some sixteen pages of 1,000 records. What
 * comes beyond them is read at once. */
#define LIMIT_BACKLOG (16u << 20)

/* Pages of a listing that are asked for before the one in front of them is read: where many answers
 * come at the same time, the last of them is read late. */
#define LIMIT_PAGES_AHEAD 4

/* Bytes at the end of an answer where the next page's token is looked for before the answer is
 * read. AWS's tokens have some hundred bytes, a few have two thousand. */
#define LIMIT_FORESIGHT (8u << 10)

/* Bytes that are kept of an error's body. AWS's have a few hundred, with an encoded authorization
 * message a few thousand. */
#define LIMIT_HTTP_ERROR_BODY (64u << 10)
/* Bytes of an answer's headers. AWS's have about one KiB; proxies add theirs. */
#define LIMIT_HTTP_HEADERS (256u << 10)
/* Milliseconds until a connection stands (name, TCP, proxy, TLS). AWS's tools take 3.1 s for each
 * of the last two. */
#define LIMIT_HTTP_CONNECT_MS 10000
/* Bytes a second below which an answer stalls, and the seconds that it may, the server's thinking
 * included. AWS's tools wait 60 s for a byte; the calls made here are answered within a few. */
#define LIMIT_HTTP_SLOW 1024L
#define LIMIT_HTTP_STALL_SECONDS 60
/* Milliseconds of one request as a whole, for a server that drips. */
#define LIMIT_HTTP_TOTAL_MS 300000

/* Bytes of an error code of AWS. The longest documented one has 48. */
#define LIMIT_AWS_CODE 96
/* Bytes of an error message of AWS that are kept; encoded authorization messages have about 1,500.
 */
#define LIMIT_AWS_MESSAGE 8192

/* Attempts at a call that AWS throttles, for each one that settings allow beyond the first: AWS
 * will answer in the end, and the whole listing would be lost. */
#define LIMIT_THROTTLE_PATIENCE 4
/* Milliseconds: the wait before the first retry, doubled for each further one, and its bound. */
#define LIMIT_BACKOFF_FIRST_MS 1000
#define LIMIT_BACKOFF_MS 20000
/* Milliseconds that a server may ask for beyond the wait that was computed. */
#define LIMIT_RETRY_AFTER_MS 5000
/* Seconds that a clock may be off before signatures are dated by the server's. AWS takes 5 minutes
 * at least. */
#define LIMIT_CLOCK_SKEW 240

/* Records of a list that are decoded ahead at a time: some hundred KiB. */
#define LIMIT_BATCH 128
/* Bytes of a list from which on a thread of its own decodes it: below, starting one takes longer.
 */
#define LIMIT_ALONE (64u << 10)
/* Numbers of blocks: a volume has at most 64 TiB, in blocks of 512 KiB. It bounds the memory of one
 * block list at 16 MiB. */
#define LIMIT_BLOCKS (1u << 27)

/* Bytes of one row of a CSV file. A cost and usage report with a thousand columns has rows of some
 * 10 KiB; a row without end is a quote that nobody closed. */
#define LIMIT_CSV_ROW (4u << 20)
/* Bytes of a price list in JSON: one region's answers have some 100 MiB. Larger ones are CSV. */
#define LIMIT_PRICE_BYTES (1u << 30)

/* Threads that one piece of work is spread over, and the most that --threads takes: each holds
 * some megabytes of output that waits for its turn, and more would wait for memory. */
#define LIMIT_THREADS 64

/* Words and cells that are looked at, at most, to find who holds which counted blocks of one
 * lineage for a choice by money: some tenths of a second. A lineage of 500 snapshots of 100 GiB
 * stays below. What lies beyond counts as freed by nobody. */
#define LIMIT_HOLDERS_WORK (1u << 28)

/* Pages of one listing: at 100 records a page more than any quota of AWS allows. */
#define LIMIT_PAGES 1000000u
/* Pages in a row without a record. AWS sends some where it filters; so many are more than all
 * snapshots that an account may have would fill. */
#define LIMIT_EMPTY_PAGES 200u
/* AMIs of a region that are asked about one by one unless told otherwise: at the 20 calls a second
 * that AWS refills it is under two minutes. */
#define LIMIT_DETAILS_ALL 2000
/* Single resources of one kind and region that are asked about at a time: enough to fill the
 * connections, few enough that memory does not grow with the account. */
#define LIMIT_ITEMS_ASKED 64

/* Failures in a row, after all attempts at each, by which a server shows that it answers nothing
 * about single resources any more: the rest would wait for as many timeouts. */
#define LIMIT_ITEMS_FAILED 20
/* Block lists that are read at a time: pages follow one another, so enough of them to make use of
 * the 50 requests a second that AWS takes. */
#define LIMIT_BLOCK_LISTS 16
/* Bytes kept of a failed call's message. */
#define LIMIT_CALL_MESSAGE 400

/* Characters of an IAM managed policy, white space not counted: AWS's own limit. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
#define LIMIT_IAM_POLICY 6144

/* All gains of one choice, in the caller's unit. Times all weight (below 2^64) it stays below
 * 2^127, so that minimum cuts add exactly in 128 bits. In billionths of a dollar it is four
 * billion. */
#define LIMIT_CLOSURE_GAIN ((uint64_t)1 << 62)

#endif
