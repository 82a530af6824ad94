# cuicsim: `make run` and `make check` are all that a user needs; `make help` lists the rest.

VERSION := $(shell cat VERSION)
BUILD   ?= build
CC      ?= cc
PREFIX  ?= /usr/local
CONF    ?= config/cuicsim.conf

# As many jobs as cores unless told; V=1 shows the commands.
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
Q := $(if $(V),,@)
say = @$(if $(V),:,echo '  $(1)')

# Debian packages, by what needs them; behind a colon the command that makes one unnecessary.
DEPS_BUILD := build-essential pkg-config libmicrohttpd-dev libgnutls28-dev libsqlite3-dev \
              libconfuse-dev libidn2-dev libjansson-dev libexpat1-dev libwslay-dev libedit-dev \
              libcurl4-openssl-dev libjs-chart.js libjs-jquery libjs-jquery-ui libjs-bootstrap libjs-bootstrap5 \
              node-popper2 gnutls-bin curl
DEPS_CHECK := check libssl-dev sqlite3 openssh-server openssh-client
DEPS_NODE  := chromium libnss3-tools nodejs:node npm:npm
DEPS_LINT  := clang clang-format clang-tidy cppcheck shellcheck valgrind gcovr man-db libclang-rt-14-dev \
              prometheus:promtool wrk

LIBS_CORE  = $(shell pkg-config --libs sqlite3 libconfuse libidn2 jansson expat)
LIBS_HTTP  = $(shell pkg-config --libs libmicrohttpd gnutls jansson libcurl) -lwslay
LIBS_CLI   = $(shell pkg-config --libs jansson libedit gnutls)
LIBS_TEST  = $(shell pkg-config --libs check jansson libcurl openssl)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wundef \
        -Wvla -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wnull-dereference
ifneq ($(shell $(CC) --version 2>/dev/null | grep -i "gcc\|free software"),)
WARN += -Wduplicated-cond -Wlogical-op
endif
HARDEN   ?= -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
            -fcf-protection=full -fstack-clash-protection -fPIE
LINK     ?= -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZE ?=
WERROR   ?=
CPPFLAGS += -D_POSIX_C_SOURCE=200809L -DCUICSIM_VERSION='"$(VERSION)"' -Icore
CFLAGS   += -std=c11 -g -pthread $(WARN) $(WERROR) $(HARDEN) $(SANITIZE)
LDFLAGS  += -pthread $(LINK) $(SANITIZE)

CORE   := $(wildcard core/*.c core/*/*.c)
SERVER := $(wildcard server/*.c server/*/*.c)
CLI    := $(wildcard cli/*.c)
UNIT   := $(wildcard tests/unit/*.c)
HTTP   := $(wildcard tests/http/*.c)
CLIT   := $(wildcard tests/cli/*.c)
SUPPORT := $(wildcard tests/support/*.c)
obj     = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB    := $(BUILD)/libcuicsim.a

.PHONY: all
all: $(BUILD)/cuicsim-server $(BUILD)/cuicsim-cli man completion

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(call say,CC   $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/server/%.o $(BUILD)/obj/assets_table.o: CPPFLAGS += -Iserver

$(LIB): $(call obj,$(CORE))
	@rm -f $@
	$(call say,AR   $@)
	$(Q)$(AR) rcs $@ $^

# The pages' files are built in; the table is made anew with each of them.
WEB := $(shell find server/web) $(shell sed -nE 's|^[^\#]*[[:space:]](/[^[:space:]]+).*|\1|p' server/web/packages)
$(BUILD)/assets_table.c: server/embed-assets server/web/packages $(WEB)
	@mkdir -p $(@D)
	$(call say,WEB  $@)
	$(Q)server/embed-assets server/web server/web/packages >$@.tmp && mv $@.tmp $@
$(BUILD)/obj/assets_table.o: $(BUILD)/assets_table.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/cuicsim-server: $(call obj,$(SERVER)) $(BUILD)/obj/assets_table.o $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_HTTP)

$(BUILD)/cuicsim-cli: $(call obj,$(CLI)) $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_CLI)


# --- tests ---------------------------------------------------------------------------------------

TEST_CERTS := $(BUILD)/test-certs
TEST_FLAGS := -Itests/support -DTEST_DATA_DIR='"$(CURDIR)/tests/data"' \
              -DTEST_BUILD_DIR='"$(abspath $(BUILD))"' -DTEST_CERT_DIR='"$(abspath $(TEST_CERTS))"' \
              -DTEST_SOURCE_DIR='"$(CURDIR)"'
$(BUILD)/obj/tests/%.o: CPPFLAGS += $(TEST_FLAGS) -D_XOPEN_SOURCE=700
$(BUILD)/obj/tests/cli/%.o: CPPFLAGS += -Icli

CHECKS := $(BUILD)/check_unit $(BUILD)/check_http $(BUILD)/check_cli

# The recorder is the server's, but knows no HTTP.
$(BUILD)/check_unit: $(call obj,$(UNIT) tests/support/runner.c tests/support/har.c \
                     $(wildcard server/trace/recorder*.c)) $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_TEST)

$(BUILD)/check_http: $(call obj,$(HTTP) $(SUPPORT))
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST) $(shell pkg-config --libs sqlite3 expat)

# The shell's pure parts are linked into its tests as well.
$(BUILD)/check_cli: $(call obj,$(CLIT) $(SUPPORT) $(filter-out cli/main.c,$(CLI))) $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_CLI) $(LIBS_TEST)

.PHONY: test-certs
test-certs:
	@certs/make-certs.sh -d $(TEST_CERTS) cuicpub.uccelab.tac cuicsub.uccelab.tac \
	    finessep.uccelab.tac finesses.uccelab.tac >/dev/null

# What tests/browser needs from npm. npm writes the hidden lock file last, with the lock's time or
# an older one, hence touch.
NODE_MODULES := tests/browser/node_modules/.package-lock.json
$(NODE_MODULES): tests/browser/package.json tests/browser/package-lock.json
	$(call say,NPM  tests/browser)
	$(Q)cd tests/browser && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --loglevel=error >/dev/null
	@touch $@

# Builds and runs every suite, the longest first; used by check and by the sanitizer builds. These
# run the unit tests in one process: one for each, as otherwise, costs them most of their time.
.PHONY: suites
suites: suites-built
	@tests/run-suites 'tests/browser/run $(BUILD) $(TEST_CERTS)' 'env CK_EXCLUDE_TAGS=long $(BUILD)/check_http' \
	    'env CK_INCLUDE_TAGS=long $(BUILD)/check_http' $(BUILD)/check_cli \
	    '$(if $(SANITIZE),env CK_FORK=no )$(BUILD)/check_unit' tests/certs/test-make-certs.sh 'tests/docs/test-completion.sh $(BUILD)' \
	    '$(BUILD)/bench_live 50 2 200' 'tests/docs/test-readme.sh $(BUILD) $(TEST_CERTS)' \
	    'tests/docs/test-manual.sh $(BUILD)' tests/docs/test-fidelity.sh 'tests/install/test-install.sh $(BUILD)'

.PHONY: check
check: deps-check
	+@$(MAKE) --no-print-directory suites man

.PHONY: asan tsan valgrind
asan: deps-check
	+@CUICSIM_TEST_SCALE=4 $(MAKE) --no-print-directory suites BUILD=build-asan WERROR=-Werror \
	    HARDEN='-O1 -fno-omit-frame-pointer -fPIE' LINK=-pie \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'

# gcc 12's runtime cannot live with much address randomisation, hence setarch.
tsan: deps-check
	+@CUICSIM_TEST_SCALE=20 TSAN_OPTIONS=halt_on_error=1 \
	    setarch -R $(MAKE) --no-print-directory suites BUILD=build-tsan WERROR=-Werror \
	    HARDEN='-O1 -fno-omit-frame-pointer -fPIE' LINK=-pie SANITIZE=-fsanitize=thread

VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect
valgrind: deps-dev suites-built
	CK_FORK=no CK_TIMEOUT_MULTIPLIER=30 $(VALGRIND) $(BUILD)/check_unit
	CUICSIM_TEST_SCALE=4 CK_TIMEOUT_MULTIPLIER=30 CUICSIM_TEST_WRAP='$(VALGRIND)' \
	    tests/run-suites $(BUILD)/check_http $(BUILD)/check_cli

.PHONY: suites-built
suites-built: all $(CHECKS) $(BUILD)/bench_live test-certs $(NODE_MODULES)

# Judges lines, not tests: under the disk-full test's file size limit the counters themselves cannot
# be written, and that test takes the runtime's complaint for a message of ours. umask: nobody's too.
.PHONY: coverage
coverage: deps-dev
	@rm -rf build-coverage
	+-@umask 0; CUICSIM_TEST_SCALE=20 $(MAKE) --no-print-directory suites BUILD=build-coverage \
	    HARDEN='-O0 -fPIE' LINK=-pie SANITIZE=--coverage
	gcovr --root . --filter 'core/' --fail-under-line 95 build-coverage | tail -n 8
	gcovr --root . --filter '(core|server|cli)/' --fail-under-line 85 build-coverage

FUZZ_SECONDS ?= 20
FUZZERS := $(patsubst tests/fuzz/%.c,build-fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
build-fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(CORE) cli/cmd.c cli/cmd_complete.c $(wildcard core/*.h core/*/*.h cli/cmd.h)
	@mkdir -p $(@D)
	$(call say,FUZZ $@)
	$(Q)clang $(CPPFLAGS) -Icli -std=c11 -g -O1 $(WARN) -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -o $@ $(filter %.c,$^) $(LIBS_CORE)
.PHONY: fuzz
fuzz: deps-dev
	+@$(MAKE) --no-print-directory CC=clang $(FUZZERS)
	@for f in $(FUZZERS); do name=$$(basename $$f); mkdir -p build-fuzz/corpus/$$name; \
	    echo "== $$name"; $$f -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1 \
	    -artifact_prefix=build-fuzz/ -close_fd_mask=1 build-fuzz/corpus/$$name \
	    tests/fuzz/seeds/$$name >build-fuzz/$$name.log 2>&1; status=$$?; \
	    tail -n 8 build-fuzz/$$name.log; [ $$status -eq 0 ] || exit 1; done

.PHONY: bench bench-trace
bench: $(BUILD)/bench_decide
	$(BUILD)/bench_decide
bench-trace: deps-dev all test-certs
	tests/bench/trace-load.sh $(BUILD) $(TEST_CERTS)
$(BUILD)/bench_decide: $(call obj,tests/bench/bench_decide.c) $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE)

CLIENTS ?= 1000
SECONDS ?= 60
AGENTS  ?= 1000
.PHONY: bench-live
bench-live: all $(BUILD)/bench_live test-certs
	$(BUILD)/bench_live $(CLIENTS) $(SECONDS) $(AGENTS)
$(BUILD)/bench_live: $(call obj,$(wildcard tests/bench/*live*.c) $(SUPPORT))
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST)

# --- quality -------------------------------------------------------------------------------------

C_FILES := $(CORE) $(SERVER) $(CLI) $(UNIT) $(HTTP) $(CLIT) $(SUPPORT) $(wildcard docs/*/*.c) \
           $(wildcard tests/fuzz/*.c tests/bench/*.c)
H_FILES := $(wildcard core/*.h core/*/*.h server/*.h server/*/*.h cli/*.h tests/*/*.h)

.PHONY: format lint
format:
	clang-format -i $(C_FILES) $(H_FILES)

lint: deps-dev
	@tests/lint-layers
	clang-format --dry-run -Werror $(C_FILES) $(H_FILES)
	shellcheck .ci/run certs/make-certs.sh config/run-lab server/embed-assets tests/run-suites tests/lint-* \
	    tests/*/*.sh tests/browser/run
	+@$(MAKE) --no-print-directory build-warnings man completion CC=gcc BUILD=build-gcc WERROR=-Werror
	shellcheck build-gcc/cuicsim-cli.bash
	+@$(MAKE) --no-print-directory build-warnings CC=clang BUILD=build-clang WERROR=-Werror
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	    --inline-suppr --suppressions-list=tests/cppcheck.supp -j2 -Icore -Icli -Iserver \
	    $(CORE) $(SERVER) $(CLI)
	printf '%s\n' $(CORE) $(SERVER) $(CLI) | xargs -P 2 -n 4 sh -c 'clang-tidy --quiet \
	    --warnings-as-errors="*" "$$@" -- -std=c11 $(subst ','\'',$(CPPFLAGS)) -Iserver -Icli 2>/dev/null' tidy
	LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 tests/lint-man $(MAN:$(BUILD)/%=build-gcc/%)

.PHONY: build-warnings
build-warnings: $(BUILD)/cuicsim-server $(BUILD)/cuicsim-cli $(CHECKS) $(BUILD)/bench_live

# --- manual pages --------------------------------------------------------------------------------

MAN := $(BUILD)/man/cuicsim-server.8 $(BUILD)/man/cuicsim-cli.1 $(BUILD)/man/cuicsim.conf.5
.PHONY: man
man: $(MAN)

$(BUILD)/print-man: $(call obj,docs/man/print_man.c $(filter-out cli/main.c,$(CLI))) $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_CLI)
$(BUILD)/obj/docs/%.o: CPPFLAGS += -Icli

# Lines such as "@KEYS top@" are replaced by what the programs' own tables say.
$(BUILD)/man/%: docs/man/%.in $(BUILD)/print-man VERSION
	@mkdir -p $(@D)
	$(call say,MAN  $@)
	$(Q)$(BUILD)/print-man $< >$@.tmp && mv $@.tmp $@

# --- completion for bash -------------------------------------------------------------------------

.PHONY: completion
completion: $(BUILD)/cuicsim-cli.bash

$(BUILD)/print-completion: $(call obj,docs/completion/print_completion.c $(filter-out cli/main.c,$(CLI))) $(LIB)
	$(call say,LINK $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_CLI)

$(BUILD)/cuicsim-cli.bash: docs/completion/functions.bash $(BUILD)/print-completion VERSION
	$(call say,BASH $@)
	$(Q)$(BUILD)/print-completion >$@.tmp && cat $< >>$@.tmp && mv $@.tmp $@

# --- certificates, installation ------------------------------------------------------------------

.PHONY: certs
certs: $(BUILD)/cuicsim-cli
	@certs/make-certs.sh -d certs/lab $$($(BUILD)/cuicsim-cli -c $(CONF) lab hosts | cut -d' ' -f2)

.PHONY: run
run: deps-build
	+@$(MAKE) --no-print-directory all certs
	@config/run-lab $(BUILD) $(CONF)

.PHONY: install uninstall
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8 \
	    $(DESTDIR)$(PREFIX)/share/cuicsim $(DESTDIR)$(PREFIX)/share/doc/cuicsim \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(BUILD)/cuicsim-server $(BUILD)/cuicsim-cli $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(BUILD)/man/cuicsim-cli.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(BUILD)/man/cuicsim.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 $(BUILD)/man/cuicsim-server.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 $(BUILD)/cuicsim-cli.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/cuicsim-cli
	install -m 755 certs/make-certs.sh $(DESTDIR)$(PREFIX)/share/cuicsim
	install -m 644 certs/ca.cfg certs/server.cfg config/cuicsim.conf \
	    config/cuicsim-server.service config/sshd_cuicsim.conf config/layout.xml \
	    $(DESTDIR)$(PREFIX)/share/cuicsim
	cd config && find 3rdpartygadget -type f \
	    -exec install -D -m 644 {} $(DESTDIR)$(PREFIX)/share/cuicsim/{} \;
	install -m 644 README.md CHANGES.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/cuicsim
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/cuicsim/images docs/images/*.png

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/cuicsim-server $(DESTDIR)$(PREFIX)/bin/cuicsim-cli \
	    $(DESTDIR)$(PREFIX)/share/man/man1/cuicsim-cli.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5/cuicsim.conf.5 \
	    $(DESTDIR)$(PREFIX)/share/man/man8/cuicsim-server.8 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/cuicsim-cli
	rm -rf $(DESTDIR)$(PREFIX)/share/cuicsim $(DESTDIR)$(PREFIX)/share/doc/cuicsim

.PHONY: clean
clean:
	rm -rf build build-*

# --- packages: what is missing is installed; nothing is asked of the mirror otherwise --------------

INSTALL_PACKAGES := tests/support/install-packages.sh
.PHONY: deps deps-build deps-check deps-dev
deps: deps-dev
deps-build:
	@$(INSTALL_PACKAGES) $(DEPS_BUILD)
deps-check:
	@$(INSTALL_PACKAGES) $(DEPS_BUILD) $(DEPS_CHECK) $(DEPS_NODE)
deps-dev:
	@$(INSTALL_PACKAGES) $(DEPS_BUILD) $(DEPS_CHECK) $(DEPS_NODE) $(DEPS_LINT)

.PHONY: help
help:
	@echo 'make run        start the lab on loopback        make check     all tests'
	@echo 'make asan tsan valgrind coverage fuzz bench      the same tests, instrumented'
	@echo 'make bench-live CLIENTS=1000 SECONDS=60          Live Data under load'
	@echo 'make bench-trace                                 what the trace costs under load'
	@echo 'make lint format                                 style and static checks'
	@echo 'make certs deps all man install uninstall clean'

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
