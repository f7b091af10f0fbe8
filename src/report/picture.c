/*
 * Pictures through cgraph and gvc: the only file that includes them.
 * It must not know: what is drawn.
 *
 * Order: cgraph writes subgraphs in the order of their ids, and by default an id is an address. So
 * ids are given here, one after another, and names are looked up by them: the same picture gives
 * the same bytes.
 */
#include "picture.h"
#include <gvc.h>

/* --- ids in order ---------------------------------------------------------------------------- */

/*
 * Ids one after another, and the name of each. `disc` comes first: cgraph hands it back.
 * The names are cgraph's own strings: agwrite looks in front of one for whether it is HTML.
 */
struct namer {
	Agdisc_t disc;
	Agraph_t *graph;
	VEC(char *) names; /* by id; NULL: nameless, as edges are */
};

/* cgraph takes `char *` for what it only reads. */
static char *
loose(const char *text)
{
	char *result;

	memcpy(&result, &text, sizeof(result));
	return result;
}

static IDTYPE
next_id(struct namer *namer, const char *name)
{
	vec_push(&namer->names, name ? agstrdup(namer->graph, loose(name)) : NULL);
	return namer->names.count - 1;
}

static void *
id_open(Agraph_t *graph, Agdisc_t *disc)
{
	struct namer *namer = (struct namer *)disc;

	namer->graph = graph;
	return namer;
}

static long
id_map(void *state, int objtype, char *name, IDTYPE *id, int create)
{
	(void)objtype;
	if (!create)
		return 0;
	*id = next_id(state, name);
	return 1;
}

static long
id_alloc(void *state, int objtype, IDTYPE id)
{
	const struct namer *namer = state;

	(void)objtype;
	return id < namer->names.count;
}

static void
id_free(void *state, int objtype, IDTYPE id)
{
	(void)state;
	(void)objtype;
	(void)id;
}

static char *
id_print(void *state, int objtype, IDTYPE id)
{
	const struct namer *namer = state;

	(void)objtype;
	return id < namer->names.count ? namer->names.items[id] : NULL;
}

static void
id_close(void *state)
{
	(void)state;
}

static void
id_register(void *state, int objtype, void *object)
{
	(void)state;
	(void)objtype;
	(void)object;
}

static Agiddisc_t id_discipline = {
	id_open, id_map, id_alloc, id_free, id_print, id_close, id_register};

/* --- drawing --------------------------------------------------------------------------------- */

void
picture_open(struct picture *picture, const struct picture_default *defaults)
{
	static const int kinds[] = {
		[PICTURE_GRAPH] = AGRAPH, [PICTURE_NODE] = AGNODE, [PICTURE_EDGE] = AGEDGE};

	picture->namer = xcalloc(1, sizeof(*picture->namer));
	picture->namer->disc = (Agdisc_t){&AgMemDisc, &id_discipline, &AgIoDisc};
	picture->top = agopen(loose("amiplan"), Agdirected, &picture->namer->disc);
	if (!picture->top)
		die_oom();
	for (const struct picture_default *d = defaults; d->name; d++)
		agattr(picture->top, kinds[d->part], loose(d->name), loose(d->value));
}

void
picture_close(struct picture *picture)
{
	if (picture->top)
		agclose(picture->top);
	if (picture->namer)
		vec_release(&picture->namer->names);
	free(picture->namer);
	*picture = (struct picture){0};
}

struct Agraph_s *
picture_cluster(struct picture *picture, struct Agraph_s *parent, const char *name)
{
	return agidsubg(parent ? parent : picture->top, next_id(picture->namer, name), 1);
}

struct Agnode_s *
picture_node(struct picture *picture, const char *name)
{
	return agidnode(picture->top, next_id(picture->namer, name), 1);
}

void
picture_put_in(struct Agraph_s *cluster, struct Agnode_s *node)
{
	agsubnode(cluster, node, 1);
}

struct Agedge_s *
picture_edge(struct picture *picture, struct Agnode_s *from, struct Agnode_s *to)
{
	return agidedge(picture->top, from, to, next_id(picture->namer, NULL), 1);
}

void
picture_set(void *object, const char *name, const char *value)
{
	agset(object, loose(name), loose(value));
}

/* --- rendering ------------------------------------------------------------------------------- */

/* Graphviz complains on standard error by itself; what is wrong is said by who asked. */
static int
say_nothing(char *text)
{
	(void)text;
	return 0;
}

static int
render(struct picture *picture, const char *format, FILE *file, struct err *err)
{
	GVC_t *context = gvContext();
	int code = 0;

	if (!context)
		die_oom();
	if (gvLayout(context, picture->top, "dot") != 0)
		code = err_set(err, ERR_LIMIT,
			"Graphviz cannot lay this picture out; take -T dot, or look at less of it "
			"with --focus");
	else if (gvRender(context, picture->top, format, file) != 0)
		code = err_set(err, ERR_IO,
			"Graphviz has no plugin that writes %s: install the package graphviz, or "
			"take -T dot",
			format);
	gvFreeLayout(context, picture->top);
	gvFreeContext(context);
	return code;
}

int
picture_write(struct picture *picture, const char *format, FILE *file, struct err *err)
{
	int code = 0;

	agseterrf(say_nothing);
	if (strcmp(format, "dot") == 0)
		(void)agwrite(picture->top, file);
	else
		code = render(picture, format, file, err);
	agseterrf(NULL);
	return code;
}
