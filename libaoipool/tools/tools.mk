# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# make -C libaoipool tools    aoipoolctl, where the libraries that it needs are
#                             there for $(CC)
#
# Included by ../Makefile, whose variables it uses, after events/events.mk.

SBINDIR	?= $(PREFIX)/sbin
SHAREDIR ?= $(PREFIX)/share/aoipool

# A folder for what a command is made of, where that is more than a few files.
# Names are unique over all of them.
tools_folders	:= $(here)/tools $(patsubst %/,%,$(sort $(dir \
		   $(wildcard $(here)/tools/*/*.c))))
tools_out	:= $(OUT)/tools
tools_packages	:= jansson libkmod libmicrohttpd ncurses
tools_cflags	:= -std=gnu11 -Wall -Wextra -Werror -pthread -D_GNU_SOURCE \
		   -I$(here)/include -I$(top)/uapi $(tools_folders:%=-iquote %) \
		   $(addprefix -fsanitize=,$(SANITIZE)) \
		   $(shell $(PKG_CONFIG) --cflags $(tools_packages) 2>/dev/null)
tools_found	:= $(shell $(PKG_CONFIG) --libs $(tools_packages) 2>/dev/null)
tools_libs	:= $(if $(tools_found),$(tools_found) -lm)
tools_sources	:= $(wildcard $(tools_folders:%=%/*.c))
tools_objects	:= $(patsubst %.c,$(tools_out)/obj/%.o,$(notdir $(tools_sources)))

# Of the machine that $(CC) builds for.
tools_there	:= $(if $(events_there),$(if $(tools_libs),$(shell \
	echo 'int main(void) { return 0; }' | \
	$(CC) -x c -o /dev/null - $(tools_libs) 2>/dev/null && echo yes)))

tools: $(tools_out)/aoipoolctl

tools-left-out:
	@echo '  SKIP  aoipoolctl: $(CC) finds not all of libnl-genl-3.0 $(tools_packages)'

all: $(if $(tools_there),tools,tools-left-out)

define tools_rule
$(tools_out)/obj/%.o: $1/%.c $(here)/tools/tools.mk | $(tools_out)/obj
	@echo '  CC    tools/$$(@F)'
	$$(Q)$$(CC) $$(tools_cflags) $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<
endef

$(foreach folder,$(tools_folders),$(eval $(call tools_rule,$(folder))))

$(tools_out)/obj:
	$(Q)mkdir -p $@

# The libraries lie beside the folder of the program.
$(tools_out)/aoipoolctl: $(tools_objects) $(OUT)/libaoipool.so $(OUT)/libaoipool-events.so
	@echo '  LINK  aoipoolctl'
	$(Q)$(CC) $(CFLAGS) $(tools_cflags) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/..' \
		-o $@ $(tools_objects) -L$(OUT) -laoipool -laoipool-events \
		$(tools_libs)

install: $(if $(tools_there),install-tools)

# Linked anew: what is installed finds its libraries where the system does.
install-tools: all install-folders
	install -d $(DESTDIR)$(SBINDIR)
	$(CC) $(CFLAGS) $(tools_cflags) $(LDFLAGS) -o $(DESTDIR)$(SBINDIR)/aoipoolctl \
		$(tools_objects) -L$(OUT) -laoipool -laoipool-events $(tools_libs)
	install -d $(DESTDIR)$(SHAREDIR)/prometheus $(DESTDIR)$(SHAREDIR)/grafana
	install -m 644 $(here)/tools/share/prometheus/*.yml $(DESTDIR)$(SHAREDIR)/prometheus/
	install -m 644 $(here)/tools/share/grafana/*.json $(DESTDIR)$(SHAREDIR)/grafana/

.PHONY: tools tools-left-out install-tools

-include $(tools_objects:.o=.d)
