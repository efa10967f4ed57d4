# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# make -C libaoipool examples                      aoi-engine, memory-hog, and
#                                                  listen where libnl is there
# make -C libaoipool examples/aoi-engine-static    without shared libraries, for the
#                                                  test machine
#
# Included by ../Makefile, whose variables it uses.

examples_out	:= $(OUT)/examples

# Where aoi-engine looks for boards when it is told nothing; without that folder
# it generates some.
BOARDS	?= $(abspath $(top)/../shared/data/deeppcb)

# -O3: the steps that touch every pixel are plain loops for the vectoriser.
engine_cflags	:= -std=gnu11 -Wall -Wextra -Werror -pthread -D_GNU_SOURCE \
		   -I$(here)/include -DBOARDS_DEFAULT='"$(BOARDS)"' \
		   $(addprefix -fsanitize=,$(SANITIZE))
engine_libs	:= -ljpeg -lpng -lz -ljansson -lm
engine_sources	:= $(filter-out %/memory-hog.c %/listen.c,\
		   $(wildcard $(here)/examples/*.c))
engine_objects	:= $(engine_sources:$(here)/examples/%.c=$(examples_out)/obj/%.o)

examples: $(examples_out)/aoi-engine $(examples_out)/memory-hog \
	  $(if $(events_there),$(examples_out)/listen)
examples/aoi-engine: $(examples_out)/aoi-engine
examples/aoi-engine-static: $(examples_out)/aoi-engine-static
examples/memory-hog: $(examples_out)/memory-hog

$(examples_out)/obj/%.o: $(here)/examples/%.c $(here)/examples/examples.mk | $(examples_out)/obj
	$(CC) $(CPPFLAGS) $(CFLAGS) -O3 $(engine_cflags) -MMD -MP -c -o $@ $<

$(examples_out)/obj:
	mkdir -p $@

# The library lies beside the folder of the program.
$(examples_out)/aoi-engine: $(engine_objects) $(OUT)/libaoipool.so
	$(CC) $(CFLAGS) $(engine_cflags) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/..' \
		-o $@ $(engine_objects) -L$(OUT) -laoipool $(engine_libs)

$(examples_out)/aoi-engine-static: $(engine_objects) $(OUT)/libaoipool.a
	$(CC) $(CFLAGS) $(engine_cflags) $(LDFLAGS) -static -o $@ \
		$(engine_objects) $(OUT)/libaoipool.a $(engine_libs)

# Runs in the test machine too, hence static.
$(examples_out)/memory-hog: $(here)/examples/memory-hog.c | $(examples_out)/obj
	$(CC) $(CPPFLAGS) $(CFLAGS) -std=gnu11 -Wall -Wextra -Werror \
		-D_GNU_SOURCE $(LDFLAGS) -static -o $@ $<

$(examples_out)/listen: $(examples_out)/obj/listen.o $(OUT)/libaoipool.so \
			$(OUT)/libaoipool-events.so
	$(CC) $(CFLAGS) $(engine_cflags) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/..' \
		-o $@ $< -L$(OUT) -laoipool-events -laoipool

-include $(engine_objects:.o=.d) $(examples_out)/obj/listen.d

.PHONY: examples/aoi-engine examples/aoi-engine-static examples/memory-hog
