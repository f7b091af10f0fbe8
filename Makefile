# amiplan: one non-recursive makefile for the tool, its tests and its checks.
#
#   make                  build/amiplan            make VARIANT=asan     another build, under build/asan/
#   make demo             build, then plan the sample account
#   make check            everything that must hold; ends with "N passed, N failed"
#   make lint             compilers' and other tools' opinions, all of them errors
#   make asan|tsan|valgrind|cov|fuzz|bench        the same tests under a magnifier
#   make deps             Debian packages to build and test;  make deps-lint  those for lint and fuzz
#   make install PREFIX=/usr/local DESTDIR=       bin, man pages, completions;  make deb  as a Debian package
#
# Smaller pieces: unit golden property integration replay docs format clean.

VERSION = 0.1.0
VARIANT ?= release
PREFIX ?= /usr/local
DESTDIR ?=
WERROR ?=
FUZZ_SECONDS ?= 30
SAMPLE = samples/account samples/consumer
DEMO = $(BIN) plan $(SAMPLE) --as-of 2026-11-22T00:00:00Z

ifeq ($(origin CC),default)
CC = $(if $(filter clang fuzz,$(VARIANT)),clang-14,gcc)
endif
CLANG_FORMAT ?= clang-format-14
CLANG_TIDY ?= clang-tidy-14

# --- layers: each directory sees only those below it, so an upward include does not compile ------
# (-iquote, not -I: no header of ours may stand for one of the system.)

DIRS = src/base graph planner src/inventory src/billing src/aws src/report src/cli
INC_src/base = -iquote src/base
INC_graph = $(INC_src/base) -iquote graph
INC_planner = $(INC_graph) -iquote planner
INC_src/inventory = $(INC_graph) -iquote src/inventory
INC_src/billing = $(INC_planner) -iquote src/billing
INC_src/aws = $(INC_planner) -iquote src/aws
INC_src/report = $(INC_planner) -iquote src/report -iquote build/text
INC_src/cli = $(INC_planner) -iquote src/inventory -iquote src/billing -iquote src/aws \
	-iquote src/report -iquote src/cli
INC_src = $(INC_src/cli)
INC_tests/unit = $(INC_src/cli) -iquote tests/unit -iquote tests/support
INC_tests/fuzz = $(INC_src/cli) -iquote tests/fuzz -iquote tests/support
INC_tests/integration = $(INC_src/cli)
INC_tests/bench = $(INC_src/cli)
INC_tests/support = $(INC_src/cli) -iquote tests/support
include_of = $(INC_$(patsubst %/,%,$(dir $(1))))

LIB_SRCS := $(sort $(wildcard $(addsuffix /*.c,$(DIRS))))
MAIN_SRC := $(wildcard src/main.c)
UNIT_SRCS := $(sort $(wildcard tests/unit/test_*.c))
# What several test programs share: support is linked into each, the rest into the unit tests.
SUPPORT_SRCS := $(sort $(wildcard tests/support/*.c))
HELP_SRCS := $(SUPPORT_SRCS) $(sort $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
# Small programs that the integration tests run.
AID_SRCS := $(sort $(wildcard tests/integration/*.c))
BENCH_SRCS := $(sort $(wildcard tests/bench/*.c))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
ALL_SRCS := $(LIB_SRCS) $(MAIN_SRC) $(UNIT_SRCS) $(HELP_SRCS) $(AID_SRCS) $(BENCH_SRCS) \
	$(wildcard tests/fuzz/*.c)

OUT = build/$(VARIANT)
LIB_OBJS = $(LIB_SRCS:%.c=$(OUT)/%.o)
HELP_OBJS = $(HELP_SRCS:%.c=$(OUT)/%.o)
SUPPORT_OBJS = $(SUPPORT_SRCS:%.c=$(OUT)/%.o)
UNIT_BINS = $(UNIT_SRCS:%.c=$(OUT)/%)
AID_BINS = $(AID_SRCS:%.c=$(OUT)/%)
BENCH_BINS = $(BENCH_SRCS:%.c=$(OUT)/%)
REPLAY_BINS = $(FUZZ_SRCS:tests/fuzz/fuzz_%.c=$(OUT)/tests/fuzz/replay_%)
FUZZ_BINS = $(FUZZ_SRCS:%.c=$(OUT)/%)
BIN = $(if $(filter release,$(VARIANT)),build/amiplan,$(OUT)/amiplan)

# --- flags ---------------------------------------------------------------------------------------

PKGS = jansson yaml-0.1 libgvc libcgraph libxxhash libcrypto libcurl expat zlib
PKGS_OK := $(shell pkg-config --exists $(PKGS) 2>/dev/null && echo yes)
# Goals that need no library, or that install them first.
FREE_GOALS = deps deps-lint deps-browser clean check demo lint asan tsan valgrind cov fuzz deb
ifeq ($(PKGS_OK),)
ifneq ($(filter-out $(FREE_GOALS),$(or $(MAKECMDGOALS),all)),)
$(error libraries are missing (one of $(PKGS), or pkg-config itself): run `make deps` first)
endif
endif
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(if $(PKGS_OK),$(shell pkg-config --cflags $(PKGS))))
PKG_LIBS := $(if $(PKGS_OK),$(shell pkg-config --libs $(PKGS)))

accepts = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null /dev/null >/dev/null 2>&1 && echo $(1))
IS_CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null))

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wwrite-strings -Wcast-qual -Wvla -Wformat=2 -Wundef -Wswitch-enum \
	-Wnull-dereference $(if $(IS_CLANG),,-Wduplicated-cond -Wlogical-op) $(if $(WERROR),-Werror)
HARDEN := -fno-common -fPIE $(foreach f,-fstack-protector-strong -fstack-clash-protection \
	-fcf-protection,$(call accepts,$(f)))
SANITIZE = -fno-omit-frame-pointer -fno-sanitize-recover=all

CODE_release = -O2 -D_FORTIFY_SOURCE=2
CODE_clang = $(CODE_release)
# gcc 12 loses sight of structs that functions return by value, and of files that are kept in a
# struct; valgrind, ASan and clang-tidy look instead.
CODE_analyze = $(CODE_release) -fanalyzer -Wno-analyzer-use-of-uninitialized-value \
	-Wno-analyzer-malloc-leak
CODE_asan = -O1 $(SANITIZE) -fsanitize=address,undefined
CODE_tsan = -O1 $(SANITIZE) -fsanitize=thread
CODE_cov = -O0 --coverage
CODE_fuzz = -O1 $(SANITIZE) -fsanitize=fuzzer-no-link,address,undefined
ifeq ($(origin CODE_$(VARIANT)),undefined)
$(error unknown VARIANT $(VARIANT): release clang analyze asan tsan cov fuzz)
endif

CPPFLAGS_ALL = -D_GNU_SOURCE -DAMIPLAN_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL = -std=c17 -g $(WARNINGS) $(HARDEN) $(CODE_$(VARIANT)) -pthread $(CFLAGS)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now $(CODE_$(VARIANT)) -pthread $(LDFLAGS)
LIBS_ALL = $(PKG_LIBS) $(LIBS)

# V=1 shows the commands.
quiet = $(if $(V),,@$(if $(1),printf '  %-4s %s\n' $(1) $@;))

# --- build ---------------------------------------------------------------------------------------

.PHONY: all
all: $(if $(MAIN_SRC),$(BIN),$(LIB_OBJS))

# What generated scripts have in common, and the style and script of the HTML report, stand in files of
# their own language, for lint to read; the binary has each as one C string a line.
SCRIPT_TEXTS := $(patsubst src/report/%,build/text/%.inc,$(wildcard $(addprefix src/report/*.,sh ps1 css js)))
SCRIPT_WRITERS = $(addprefix src/report/,script_sh script_ps1 undo html)
build/text/%.inc: src/report/%
	@mkdir -p $(@D)
	@sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n",/' $< >$@
$(SCRIPT_WRITERS:%=$(OUT)/%.o) $(SCRIPT_WRITERS:%=build/lint/%.tidy): $(SCRIPT_TEXTS)

$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(call include_of,$<) $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# In a test, a NULL where something was due is a failure all the same.
$(OUT)/tests/%.o: WARNINGS += -Wno-null-dereference

$(OUT)/amiplan: $(OUT)/src/main.o $(LIB_OBJS)
	$(call quiet,LINK)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

build/amiplan: build/release/amiplan
	@ln -f $< $@ 2>/dev/null || cp -f $< $@

$(OUT)/tests/unit/test_%: $(OUT)/tests/unit/test_%.o $(HELP_OBJS) $(LIB_OBJS)
	$(call quiet,LINK)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL) -lcmocka

$(AID_BINS) $(BENCH_BINS): $(OUT)/tests/%: $(OUT)/tests/%.o $(LIB_OBJS)
	$(call quiet,LINK)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

$(OUT)/tests/fuzz/replay_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/tests/fuzz/replay.o $(SUPPORT_OBJS) \
		$(LIB_OBJS)
	$(call quiet,LINK)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

$(OUT)/tests/fuzz/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(SUPPORT_OBJS) $(LIB_OBJS)
	$(call quiet,LINK)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS_ALL)

.SECONDARY:
-include $(ALL_SRCS:%.c=$(OUT)/%.d)

.PHONY: demo demo-run
demo: deps
	@$(MAKE) --no-print-directory demo-run
demo-run: all
	@echo '$$ $(DEMO)'
	@$(DEMO)

# --- packages ------------------------------------------------------------------------------------

DEPS = gcc make pkg-config libjansson-dev libyaml-dev libgraphviz-dev libxxhash-dev libssl-dev \
	libcurl4-openssl-dev libexpat1-dev zlib1g-dev libcmocka-dev graphviz python3 python3-venv \
	shellcheck valgrind ca-certificates
DEPS_LINT = clang-14 clang-tidy-14 clang-format-14 cppcheck codespell

.PHONY: deps deps-lint deps-browser
deps:
	@tests/deps.sh $(DEPS)
# Tests of the HTML report want a browser; without one they are skipped, and say so.
deps-browser: deps
	-@tests/deps.sh chromium
deps-lint: deps
	@tests/deps.sh $(DEPS_LINT)

VENV = build/venv/stamp
PYTHON = $(CURDIR)/build/venv/bin/python
$(VENV): tests/requirements.txt
	@echo 'making the Python environment of the tests in build/venv'
	@rm -rf build/venv && mkdir -p build
	@python3 -m venv build/venv
	@build/venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

# --- tests ---------------------------------------------------------------------------------------
# A suite is a command that prints "NAME: N passed, N failed" (pytest: its own closing line).
# tests/suite.sh runs one and keeps its output; tests/summary.sh adds up what was kept.

LOGS = build/logs/$(VARIANT)
# It can sign what it is given: for comparison with botocore.
SIGNER = $(OUT)/tests/unit/test_sigv4
SUITE = @tests/suite.sh $(LOGS)
fresh_logs = @rm -rf $(LOGS)
PYTEST = env AMIPLAN=$(CURDIR)/$(BIN) SIGNER=$(CURDIR)/$(SIGNER) \
	AMIPLAN_AIDS=$(CURDIR)/$(OUT)/tests/integration PATH=$(CURDIR)/build/venv/bin:$$PATH \
	tests/pytest.sh $(PYTHON)
SAN_ENV = ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
	TSAN_OPTIONS=halt_on_error=1
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite,indirect,possible

.PHONY: unit golden replay property integration check check-build check-run san-run valgrind-run
unit: $(UNIT_BINS)
	@tests/unit/run.sh $(UNIT_BINS)
golden: $(BIN)
	@tests/golden/run.sh $(BIN)
replay: $(REPLAY_BINS)
	@tests/fuzz/replay.sh $(REPLAY_BINS)
integration: $(SIGNER) $(AID_BINS)
property integration: %: $(BIN) $(VENV)
	@$(PYTEST) tests/$@

check: deps deps-browser
	@$(MAKE) --no-print-directory check-run
check-build: $(BIN) $(UNIT_BINS) $(REPLAY_BINS) $(AID_BINS) $(VENV)
check-run: check-build
	$(fresh_logs)
	$(SUITE) unit tests/unit/run.sh $(UNIT_BINS)
	$(SUITE) replay tests/fuzz/replay.sh $(REPLAY_BINS)
	$(SUITE) golden tests/golden/run.sh $(BIN)
	$(SUITE) golden-cached env WRAPPER=$(CURDIR)/tests/golden/cached.sh tests/golden/run.sh $(BIN)
	$(SUITE) property $(PYTEST) tests/property
	$(SUITE) integration $(PYTEST) tests/integration
	@tests/summary.sh $(LOGS)

.PHONY: asan tsan valgrind cov
asan tsan: deps
	@$(SAN_ENV) $(MAKE) --no-print-directory VARIANT=$@ san-run
# The property tests run here on a sample: the sanitizers look for other mistakes than they do.
san-run: $(BIN) $(UNIT_BINS) $(REPLAY_BINS) $(if $(filter asan,$(VARIANT)),$(VENV))
	$(fresh_logs)
	$(SUITE) unit tests/unit/run.sh $(UNIT_BINS)
	$(SUITE) replay tests/fuzz/replay.sh $(REPLAY_BINS)
	$(SUITE) golden tests/golden/run.sh $(BIN)
	$(if $(filter asan,$(VARIANT)),$(SUITE) property env PROPERTY_CASES=200 $(PYTEST) tests/property)
	@tests/summary.sh $(LOGS)

valgrind: deps
	@$(MAKE) --no-print-directory LOGS=build/logs/valgrind valgrind-run
valgrind-run: $(BIN) $(UNIT_BINS)
	$(fresh_logs)
	$(SUITE) unit env WRAPPER="$(VALGRIND)" tests/unit/run.sh $(UNIT_BINS)
	$(SUITE) golden env WRAPPER="$(VALGRIND)" tests/golden/run.sh $(BIN)
	@tests/summary.sh $(LOGS)

cov: deps
	@$(MAKE) --no-print-directory VARIANT=cov cov-run
.PHONY: cov-run
cov-run: $(BIN) $(UNIT_BINS)
	@find $(OUT) -name '*.gcda' -delete
	@tests/unit/run.sh $(UNIT_BINS)
	@tests/golden/run.sh $(BIN)
	@for o in $(LIB_OBJS); do gcov -n -o $$o $$o 2>/dev/null | grep -A1 "^File '[^/]" \
		| grep -v -e '\.h' -e '^--' | paste - - ; done | grep Lines || true

.PHONY: fuzz fuzz-run
fuzz: deps-lint
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-run
fuzz-run: $(FUZZ_BINS)
	@tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_BINS)

BENCH_ARGS ?=
BENCH_CUR_ARGS ?=
BENCH_CACHE_ARGS ?=
BENCH_SCALE_ARGS ?=
.PHONY: bench
bench: $(BIN) $(BENCH_BINS) $(VENV)
	@$(PYTHON) tests/bench/run.py --floor $(OUT)/tests/bench/floor $(BENCH_ARGS)
	@$(PYTHON) tests/bench/cur.py $(BENCH_CUR_ARGS)
	@$(PYTHON) tests/bench/cache.py $(BENCH_CACHE_ARGS)
	@$(PYTHON) tests/bench/scale.py $(BENCH_SCALE_ARGS)

# --- lint: nothing here may say a word -------------------------------------------------------------

HEADERS := $(sort $(wildcard $(addsuffix /*.h,$(DIRS) tests/unit tests/support tests/fuzz)))
SHELL_FILES := $(sort $(wildcard .ci/run tests/*.sh tests/*/*.sh docs/debian/*.sh))
TIDY_STAMPS = $(LIB_SRCS:%.c=build/lint/%.tidy) $(MAIN_SRC:%.c=build/lint/%.tidy)
objects_of = $(patsubst %.c,build/$(1)/%.o,$(ALL_SRCS))

.PHONY: lint lint-run lint-layers lint-gcc lint-clang lint-tidy lint-cppcheck lint-shell lint-words \
	lint-format lint-docs
lint: deps-lint
	@$(MAKE) --no-print-directory lint-run
	@echo 'lint: clean'
lint-run: lint-layers lint-format lint-words lint-shell lint-clang lint-gcc lint-cppcheck lint-tidy \
	lint-docs
# -I keeps upper layers out of sight; this closes the detour through a path.
lint-layers:
	@! grep -n '#include "[^"]*/' $(LIB_SRCS) $(HEADERS) /dev/null
lint-gcc:
	@$(MAKE) --no-print-directory VARIANT=analyze WERROR=1 CC=gcc \
		$(patsubst %.c,build/analyze/%.o,$(LIB_SRCS) $(MAIN_SRC))
lint-clang:
	@$(MAKE) --no-print-directory VARIANT=clang WERROR=1 CC=clang-14 $(call objects_of,clang)
lint-tidy: $(TIDY_STAMPS)
build/lint/%.tidy: %.c .clang-tidy $(HEADERS)
	@mkdir -p $(@D)
	$(call quiet,TIDY)$(CLANG_TIDY) --quiet --warnings-as-errors='*' $< -- -std=c17 $(CPPFLAGS_ALL) \
		$(call include_of,$<) $(PKG_CFLAGS) 2>/dev/null
	@touch $@
# __typeof__ in vec_foreach is beyond it: any pointer to a struct stands in.
lint-cppcheck:
	@cppcheck --quiet --std=c11 --language=c --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability --suppressions-list=tests/cppcheck.txt \
		-D__GNUC__=12 -D'__typeof__(x)=struct item *' $(patsubst %,-I%,$(DIRS)) $(LIB_SRCS) $(MAIN_SRC)
lint-shell:
	@shellcheck -x $(SHELL_FILES)
lint-words:
	@codespell --ignore-words tests/codespell.txt $(wildcard Makefile README.md *.md .ci docs src graph planner) \
		$(wildcard tests/*.sh tests/unit tests/fuzz/*.c tests/fuzz/*.sh)
lint-format:
	@$(CLANG_FORMAT) --dry-run --Werror $(ALL_SRCS) $(HEADERS)
# What is made from tables must be as the tables are.
lint-docs: $(BIN)
	@$(BIN) help --man | diff -u docs/amiplan.1 - >&2
	@for v in $(VERBS); do $(BIN) help --man $$v | diff -u docs/amiplan-$$v.1 - >&2 || exit 1; done
	@$(BIN) help --completion bash | diff -u docs/completions/amiplan.bash - >&2
	@$(BIN) help --completion zsh | diff -u docs/completions/_amiplan - >&2
	@$(BIN) help --completion fish | diff -u docs/completions/amiplan.fish - >&2
	@$(BIN) plan --list-rules -T markdown | diff -u docs/rules.md - >&2

# Every verb, as the command table lists them.
VERBS = $(shell sed -n 's/.*{\.name = "\([a-z]*\)",$$/\1/p' src/cli/commands.c)

# --- the rest --------------------------------------------------------------------------------------

.PHONY: docs shapes prices format install uninstall clean
docs: $(BIN)
	$(BIN) help --man -o docs/amiplan.1
	@mkdir -p docs/completions
	for v in $(VERBS); do $(BIN) help --man $$v -o docs/amiplan-$$v.1 || exit 1; done
	$(BIN) help --completion bash -o docs/completions/amiplan.bash
	$(BIN) help --completion zsh -o docs/completions/_amiplan
	$(BIN) help --completion fish -o docs/completions/amiplan.fish
	$(BIN) plan --list-rules -T markdown -o docs/rules.md
	$(BIN) graph $(SAMPLE) --plan samples/plans/default.json --depth 1 \
		--focus ami-0a000000000000006 --focus ami-0a000000000000007 -o docs/graph.svg
	$(BIN) graph $(SAMPLE) --process --plan samples/plans/decommission.json -o docs/process.svg
# What AWS's XML answers look like, from the models of the botocore that tests/requirements.txt pins.
shapes: $(VENV)
	$(PYTHON) src/aws/make_shapes.py > src/aws/shapes.def.new && mv src/aws/shapes.def.new src/aws/shapes.def
# The built-in price table, after a change of planner/prices.json.
prices:
	planner/make_prices.py
format:
	@$(CLANG_FORMAT) -i $(ALL_SRCS) $(HEADERS)

MANS = $(wildcard docs/*.1)
SHARE = $(DESTDIR)$(PREFIX)/share
# Completion files, each with where the shell looks for it.
COMPLETIONS = $(wildcard docs/completions/amiplan.bash docs/completions/_amiplan docs/completions/amiplan.fish)
AT_amiplan.bash = bash-completion/completions/amiplan
AT__amiplan = zsh/site-functions/_amiplan
AT_amiplan.fish = fish/vendor_completions.d/amiplan.fish

install: $(BIN)
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/amiplan
	$(foreach m,$(MANS),install -D -m 644 $(m) $(SHARE)/man/man1/$(notdir $(m))$(newline))
	$(foreach c,$(COMPLETIONS),install -D -m 644 $(c) $(SHARE)/$(AT_$(notdir $(c)))$(newline))
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/amiplan $(MANS:docs/%=$(SHARE)/man/man1/%) \
		$(foreach c,$(COMPLETIONS),$(SHARE)/$(AT_$(notdir $(c))))
clean:
	rm -rf build

# A Debian package of what install installs.
DEPS_DEB = dpkg-dev binutils lintian
.PHONY: deb deb-run
deb: deps
	@tests/deps.sh $(DEPS_DEB)
	@$(MAKE) --no-print-directory deb-run
deb-run: $(BIN)
	@rm -rf build/deb
	@$(MAKE) --no-print-directory install PREFIX=/usr DESTDIR=build/deb > /dev/null
	docs/debian/build.sh $(VERSION) build/deb build
	lintian --fail-on error,warning build/amiplan_$(VERSION)_*.deb

define newline


endef
