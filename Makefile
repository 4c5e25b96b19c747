# The front door. `make run` starts Inferno in this terminal, `make test` runs all tests; both build what they need and install
# missing Debian packages first. The work is done by CMake (CMakeLists.txt).

BUILD = build
PREFIX = /usr/local
JOBS := $(shell nproc 2>/dev/null || echo 2)
CMAKE = cmake -G Ninja -DCMAKE_INSTALL_PREFIX=$(PREFIX)

all: build

build: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) -j$(JOBS)

$(BUILD)/CMakeCache.txt: | deps
	@$(CMAKE) -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release

run: build
	@$(BUILD)/bin/emu

test: testdeps build
	@cd $(BUILD) && ctest --output-on-failure -j$(JOBS); status=$$?; ../tests/count .; exit $$status

debug asan tsan:
	@$(MAKE) --no-print-directory deps
	@$(CMAKE) -S . -B build-$@ -DCMAKE_BUILD_TYPE=$(shell echo $@ | sed 's/^./\U&/')
	@cmake --build build-$@ -j$(JOBS)

test-asan: testdeps asan
	@cd build-asan && ctest --output-on-failure -j$(JOBS)

# What schedules, waits and wakes: the machine, its blocking calls, and the protocol's client and server.
test-tsan: testdeps tsan
	@cd build-tsan && ctest -L threads --output-on-failure -j$(JOBS)

# Long work, and what is left behind after it.
SOAKTIME = 3600
soak: build
	@EMU=$(BUILD)/bin/emu python3 tests/soak/soak.py $(SOAKTIME)

# Each parser of foreign bytes against a fuzzer, FUZZTIME seconds each; what it learns stays in build-fuzz/corpus.
FUZZTIME = 60
FUZZCC = clang
fuzz: fuzzdeps
	@cmake -G Ninja -S . -B build-fuzz -DCMAKE_C_COMPILER=$(FUZZCC) -DCMAKE_BUILD_TYPE=Asan -DEMU_FUZZ=ON -DEMU_TESTS=OFF
	@cmake --build build-fuzz -j$(JOBS) --target fuzz emu
	@./tests/fuzz/run $(CURDIR)/build-fuzz $(FUZZTIME)

# Linux's own 9P client, in a virtual machine; fetches a kernel.
interop: build
	@./tests/interop/v9fs.sh $(BUILD)/bin/emu $(BUILD)

# Random Dis programs under the interpreter and the compiler, which must do the same: FUZZPROGRAMS of them from FUZZSEED on, and FUZZLIGHTS in
# Limbo; and FUZZHARM that no compiler writes, which must not harm the machine.
FUZZPROGRAMS = 1000000
FUZZLIGHTS = 20000
FUZZHARM = 100000
FUZZSEED = 1
fuzz-jit: build
	@$(BUILD)/tests/jit_diff -s $(FUZZSEED) -n $(FUZZPROGRAMS) -j $(JOBS)
	@python3 tests/jit/lights.py -s $(FUZZSEED) -n $(FUZZLIGHTS) $(BUILD)/bin/limbo $(BUILD)/bin/emu
	@$(BUILD)/tests/jit_diff -m -s $(FUZZSEED) -n $(FUZZHARM) -j $(JOBS)

# What depends on the machine, built for arm64 and run under qemu. Installs libraries of that architecture.
test-arm64:
	@./tools/deps arm64
	@$(CMAKE) -S . -B build-arm64 -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE=cmake/arm64.cmake
	@cmake --build build-arm64 -j$(JOBS) --target jit_diff vm_core
	@cd build-arm64 && ctest -R 'vm_core|jit_diff|jit_harm' --output-on-failure -j$(JOBS)

install: build
	@cmake --install $(BUILD) --prefix $(PREFIX)

# Times the programs of bench/ in this emu and in C; BENCH holds options of bench/run.py and names of groups or programs.
BENCH = -n 1
bench: build
	@sed 's|@TOP@|$(CURDIR)|' bench/systems.json.in > $(BUILD)/systems.json
	@python3 bench/run.py -s $(BUILD)/systems.json -j $(BUILD)/bench.json $(BENCH)

clean:
	rm -rf build build-debug build-asan build-tsan build-fuzz build-arm64

deps:
	@./tools/deps build

testdeps:
	@./tools/deps test

fuzzdeps:
	@./tools/deps fuzz

.PHONY: all build run test bench debug asan tsan test-asan test-tsan soak interop fuzz fuzz-jit test-arm64 install clean deps testdeps fuzzdeps
