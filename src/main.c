/*
 * The program. Everything is in src/cli, so that tests can link it.
 * It must not know: anything else.
 */
#include "commands.h"

int
main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
