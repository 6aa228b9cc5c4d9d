# Everything a user types; `make help` lists it. CMake does the work, in build/release.

BUILD := build/release
MZNODE := $(BUILD)/mznode
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# Workloads that `make test-<workload>` knows: those with a script in maelstrom-runs/.
WORKLOADS := $(filter-out all flyio lib ranges,$(basename $(notdir $(wildcard maelstrom-runs/*.sh))))
# The real Maelstrom where there is one; otherwise the embedded network plays the same test.
MAELSTROM ?= $(shell command -v maelstrom 2>/dev/null)
export MAELSTROM

# The tools below decide themselves how much they run at once; the flags of this make are not meant for theirs.
unexport MAKEFLAGS MFLAGS MAKELEVEL

# What one of those scripts runs together.
COUNTERS := g-counter pn-counter
TXNS := txn-list-append txn-rw-register

# Says what is done and how long it takes, does it, and says how long it took: $(call timed,words,command).
define timed
@echo "=== $(1)"; start=$$(date +%s); $(2) && echo "=== took $$(($$(date +%s) - start)) s"
endef

.PHONY: mznode setup configure test test-rest test-all soak demo bench install deb doc clean help $(patsubst %,test-%,$(WORKLOADS) $(COUNTERS) $(TXNS))

mznode: configure
	$(call timed,building the program and what is installed: three minutes on two cores from nothing,cmake --build $(BUILD) --parallel $(JOBS))

setup:
	@scripts/setup.sh

# Once configured, the build notices changes of the CMake files itself.
configure: setup
	@test -e $(BUILD)/CMakeCache.txt || cmake --preset release $$(command -v ninja >/dev/null && echo -G Ninja)

test: configure
	$(call timed,building the program and the tests: four minutes and a half on two cores from nothing,cmake --build $(BUILD) --parallel $(JOBS) --target mznode pages tests)
	@scripts/run-tests.sh $(BUILD) --label-exclude 'users|mutants'

# What users do with it: install the package and compile with it, type what the pages say, walk the tutorial. And
# whether the tests find the mutants of consensus and storage.
test-rest: configure
	$(call timed,building the mutants and the examples: two minutes on two cores where the tests are built,cmake --build $(BUILD) --parallel $(JOBS) --target more-tests)
	@scripts/run-tests.sh $(BUILD) --label-regex 'users|mutants'

test-all: test test-rest

# A part of the cells with SHARD=i/n, another number of seeds a cell with SEEDS=n, only some cells with CELLS=text
# and NODES=n,n…; with SHORT=1 tests of 2, 5 and 10 seconds, of which none may be called invalid.
soak: configure
	cmake --build $(BUILD) --parallel $(JOBS) --target soak >&2
	@$(BUILD)/tests/soak $(if $(SHORT),--short) --jobs $(JOBS) $(if $(SHARD),--shard $(SHARD)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(NODES),--nodes $(NODES)) $(if $(CELLS),"$(CELLS)")

# Without the tests, which take most of the time.
demo: configure
	$(call timed,building the program: two minutes and a quarter on two cores from nothing,cmake --build $(BUILD) --parallel $(JOBS) --target mznode)
	$(call timed,running every workload: about a quarter of a minute,$(MZNODE) demo)
	@echo "=== the program is $(MZNODE); so that your shell knows it: export PATH=$(CURDIR)/$(BUILD):\$$PATH"

$(WORKLOADS:%=test-%): test-%: mznode
	@maelstrom-runs/$*.sh $(if $(MAELSTROM),,--embedded)

$(COUNTERS:%=test-%): test-counter
$(TXNS:%=test-%): test-txn

bench: configure
	@cmake --preset release -DMZNODE_BENCH=ON >/dev/null
	cmake --build $(BUILD) --parallel $(JOBS) --target mznode benchmarks
	@tests/bench/run.sh $(BUILD)

install: mznode
	cmake --install $(BUILD) --prefix $(PREFIX)

# The package lies in build/release.
deb: mznode
	cd $(BUILD) && cpack

# Needs doxygen; the pages of the public headers lie in build/doc/html.
doc:
	@mkdir -p build/doc
	doxygen doc/Doxyfile

clean:
	rm -rf build

help:
	@echo "make                  build $(MZNODE), installing the packages it needs where they are missing"
	@echo "make test             the tests of the program"
	@echo "make test-all         those, what users do (install the package, type what the pages say, walk the tutorial), and mutants"
	@echo "make soak             the full seed counts, hours of them, as lines of JSON (SHARD=i/n, SEEDS=n, NODES=n,n, CELLS=\"g-counter, crdt\")"
	@echo "make demo             run the workloads and print a table of verdicts"
	@echo "make test-WORKLOAD    one workload under Maelstrom (\$$MAELSTROM or PATH), else on the embedded network:"
	@echo "                      $(WORKLOADS)"
	@echo "make bench            benchmarks, and a load comparison with a node that does nothing"
	@echo "make install          install the program and the CMake package mznode (PREFIX=$(PREFIX), DESTDIR)"
	@echo "make deb              a Debian package of both, in $(BUILD)"
	@echo "make doc              pages of the public headers, in build/doc/html; needs doxygen"
	@echo "make clean            remove build/"
