/*
 * Colour and width: what the terminal, its environment and --color say. The only reader of the
 * environment. It must not know: what is written.
 */
#include "terminal.h"
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Narrower or wider than this is no report but a mistake. */
#define WIDTH_MIN 40
#define WIDTH_MAX 500

static bool
wants_color(enum color_choice choice, FILE *file)
{
	const char *never = getenv("NO_COLOR"), *term = getenv("TERM");

	if (choice != COLOR_AUTO)
		return choice == COLOR_ALWAYS;
	if ((never && *never) || (term && strcmp(term, "dumb") == 0))
		return false;
	return isatty(fileno(file)) == 1;
}

static unsigned
width_of(FILE *file)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned long width = 0;
	char *end;

	if (columns && *columns >= '1' && *columns <= '9') {
		errno = 0;
		width = strtoul(columns, &end, 10);
		if (errno != 0 || *end)
			width = 0;
	}
	if (width == 0 && isatty(fileno(file)) == 1 && ioctl(fileno(file), TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0)
		return 0;
	return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (unsigned)width;
}

struct report_options
terminal_options(const struct request *request, FILE *file)
{
	return (struct report_options){
		.color = wants_color(request->color, file),
		.verbose = request->verbose,
		.width = width_of(file),
	};
}
