# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# make install: what the host itself is to know beside the library: man pages,
# completion, who may open the device, units, aoi-watch.
#
# Folders that can be chosen, each as it is on the host:
#   BINDIR SBINDIR MANDIR   programs, pages
#   COMPLETIONDIR           of bash
#   UDEVRULESDIR SYSUSERSDIR  rule and group of the device
#   UNITDIR                 units of systemd
#   SYSCONFDIR              settings that an administrator changes
# An empty one leaves its part out: UNITDIR= on a host without systemd.
#
# systemd, udev and kmod look below /usr/local/lib, too.
#
# Included by ../Makefile, whose variables it uses.

BINDIR	?= $(PREFIX)/bin
SBINDIR	?= $(PREFIX)/sbin
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UDEVRULESDIR ?= $(PREFIX)/lib/udev/rules.d
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
UNITDIR	?= $(PREFIX)/lib/systemd/system
SYSCONFDIR ?= /etc

host	:= $(here)/packaging/host
units	:= aoipool-tune.service aoipool-metrics.service

# What is left out with the library for events, and with aoipoolctl.
pages_of_events := %/aoi-watch.1 %/aoipool_listener.3 %/aoipool_for_each.3 \
		   %/aoipool-events.7
pages	:= $(filter-out $(if $(events_there),,$(pages_of_events)) \
	   $(if $(tools_there),,$(here)/man/aoipoolctl%),\
	   $(sort $(wildcard $(here)/man/*.[1-9])))

watch_there := $(if $(events_there),$(shell \
	$(PKG_CONFIG) --exists jansson 2>/dev/null && echo yes))

install: install-man install-host $(if $(watch_there),install-watch)

# $(call install-page,page.3): and for each name that it has a link to it.
define install-page
	install -D -m 644 $1 \
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $1))/$(notdir $1)
	$(Q)for name in $$(awk -f $(here)/man/names.awk $1); do \
		[ "$$name$(suffix $1)" = $(notdir $1) ] || ln -sf $(notdir $1) \
			$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $1))/$$name$(suffix $1) \
			|| exit; \
	done

endef

install-man:
	$(foreach page,$(pages),$(call install-page,$(page)))

# $(call install-host-file,name,folder,name there)
define install-host-file
	$(if $2,install -d $(DESTDIR)$2)
	$(if $2,sed 's|@SBINDIR@|$(SBINDIR)|; s|@SYSCONFDIR@|$(SYSCONFDIR)|' \
		$(host)/$1 >$(DESTDIR)$2/$3)
	$(if $2,chmod 644 $(DESTDIR)$2/$3)

endef

# What an administrator may have changed stays.
install-host: $(if $(COMPLETIONDIR),install-completion) \
	      $(if $(SYSCONFDIR),install-settings)
	$(call install-host-file,60-aoipool.rules,$(UDEVRULESDIR),60-aoipool.rules)
	$(call install-host-file,aoipool.sysusers,$(SYSUSERSDIR),aoipool.conf)
	$(foreach unit,$(units),\
		$(call install-host-file,$(unit).in,$(UNITDIR),$(unit)))

install-completion:
	install -D -m 644 $(here)/completion/aoipoolctl \
		$(DESTDIR)$(COMPLETIONDIR)/aoipoolctl

install-settings:
	[ -e $(DESTDIR)$(SYSCONFDIR)/modprobe.d/aoipool.conf ] || \
		install -D -m 644 $(host)/aoipool.modprobe \
			$(DESTDIR)$(SYSCONFDIR)/modprobe.d/aoipool.conf

# The one among the examples finds the library beside its folder; this one
# where the host has it.
$(OUT)/aoi-watch: $(watch_objects) $(OUT)/libaoipool.so \
		  $(OUT)/libaoipool-events.so
	@echo '  LINK  $(@F)'
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(watch_objects) -L$(OUT) \
		-laoipool-events -laoipool -ljansson

install-watch: $(OUT)/aoi-watch
	install -D -m 755 $(OUT)/aoi-watch $(DESTDIR)$(BINDIR)/aoi-watch

.PHONY: install-man install-host install-completion install-settings \
	install-watch
