# cuicsim: `make run` and `make check` are all that a user needs; `make help` lists the rest.

VERSION := $(shell cat VERSION)
BUILD   ?= build
CC      ?= cc
PREFIX  ?= /usr/local
SUDO    := $(if $(filter 0,$(shell id -u)),,sudo)
CONF    ?= config/cuicsim.conf

# Debian packages, by what needs them.
DEPS_BUILD := build-essential pkg-config libmicrohttpd-dev libgnutls28-dev libsqlite3-dev \
              libconfuse-dev libidn2-dev libjansson-dev gnutls-bin
DEPS_CHECK := check libcurl4-openssl-dev libssl-dev sqlite3
DEPS_LINT  := clang clang-format clang-tidy cppcheck shellcheck valgrind gcovr man-db libclang-rt-14-dev

PACKAGES   := libmicrohttpd gnutls sqlite3 libconfuse libidn2 jansson
ifneq ($(MAKECMDGOALS),deps)
LIBS_CORE  = $(shell pkg-config --libs sqlite3 libconfuse libidn2)
LIBS_HTTP  = $(shell pkg-config --libs libmicrohttpd gnutls jansson)
LIBS_CLI   = $(shell pkg-config --libs jansson)
LIBS_TEST  = $(shell pkg-config --libs check jansson libcurl openssl)
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wundef \
        -Wvla -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wnull-dereference
ifneq ($(findstring gcc,$(shell $(CC) --version 2>/dev/null | head -n 1)$(CC)),)
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

CORE   := $(wildcard core/*.c core/base/*.c)
SERVER := $(wildcard server/*.c)
CLI    := $(wildcard cli/*.c)
UNIT   := $(wildcard tests/unit/*.c)
HTTP   := $(wildcard tests/http/*.c)
CLIT   := $(wildcard tests/cli/*.c)
SUPPORT := $(wildcard tests/support/*.c)
obj     = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB    := $(BUILD)/libcuicsim.a

.PHONY: all
all: $(BUILD)/cuicsim-server $(BUILD)/cuicsim-cli man

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(call obj,$(CORE))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/cuicsim-server: $(call obj,$(SERVER)) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_HTTP)

$(BUILD)/cuicsim-cli: $(call obj,$(CLI)) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CORE) $(LIBS_CLI)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
