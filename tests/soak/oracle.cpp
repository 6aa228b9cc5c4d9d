// What every strategy does, as numbers that change when a byte does: `oracle [--jobs J] [--seeds N] [--nodes N,…]
// [--only TEXT]` runs each strategy under no fault, each fault that it claims to survive, and a swarm, and prints a
// line a cell: its description, a tab, and the hash of its histories and messages over all seeds. A change of the code
// that is to change nothing is proven by the same lines before and after; scripts/oracle.sh records and compares them.

#include <CLI/CLI.hpp>
#include <atomic>
#include <exception>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"
#include "mznode/json/fnv.hpp"
#include "tests/workloads/cells.hpp"

namespace mznode::oracle {
namespace {

/// FNV-1a over everything that is given to it, each text with its length.
class Fingerprint {
 public:
  void take(std::string_view text) {
    hash_.add(text);
    take(static_cast<std::int64_t>(text.size()));
  }
  void take(std::int64_t number) {
    for (int shift = 0; shift < 64; shift += 8) hash_.add(static_cast<unsigned char>(number >> shift));
  }
  std::string hex() const {
    std::ostringstream out;
    out << std::hex << std::setw(16) << std::setfill('0') << hash_.value();
    return out.str();
  }

 private:
  Fnv hash_;
};

void take(Fingerprint& fingerprint, const TestReport& report) {
  fingerprint.take(check::write_edn(report.run.history));
  fingerprint.take(check::write_jsonl(report.run.history));
  for (const auto& packet : report.run.packets) {
    fingerprint.take(packet.src);
    fingerprint.take(packet.dest);
    fingerprint.take(packet.body);
  }
  for (const auto& entry : report.run.journal) {
    fingerprint.take(entry.at.time_since_epoch().count());
    fingerprint.take(static_cast<std::int64_t>(entry.event));
    fingerprint.take(static_cast<std::int64_t>(entry.packet));
  }
}

std::string description_of(const Cell& cell) {
  std::ostringstream description;
  description << cell;
  return description.str();
}

std::string fingerprint_of(const Cell& cell, std::uint64_t seeds) {
  Fingerprint fingerprint;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    TestSettings settings = settings_of(cell, seed);
    settings.keep_journal = true;
    take(fingerprint, run_test(settings, [] { return false; }));
  }
  return fingerprint.hex();
}

/// Prints the cells' lines in their order, whoever of the threads is done first.
void print_all(const std::vector<Cell>& cells, std::uint64_t seeds, unsigned jobs) {
  std::vector<std::string> lines(cells.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr error;
  const auto work = [&] {
    for (std::size_t i = next++; i < cells.size(); i = next++) {
      try {
        lines[i] = description_of(cells[i]) + '\t' + fingerprint_of(cells[i], seeds);
      } catch (...) {
        const std::lock_guard lock(mutex);
        error = std::current_exception();
        next = cells.size();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < jobs; ++i) workers.emplace_back(work);
  }
  if (error) std::rethrow_exception(error);
  for (const std::string& line : lines) std::cout << line << '\n';
}

int run(int argc, char** argv) {
  CLI::App app("What every strategy does under every fault it claims to survive, as a hash a cell.", "oracle");
  unsigned jobs = 1;
  std::uint64_t seeds = 20;
  std::vector<std::size_t> sizes = {1, 3, 5};
  app.add_option("--jobs", jobs, "cells that run at once")->check(CLI::Range(1, 1024));
  app.add_option("--seeds", seeds, "so many seeds a cell")->check(CLI::PositiveNumber);
  app.add_option("--nodes", sizes, "clusters of these sizes, such as 1,3,5")->delimiter(',')->allow_extra_args(false);
  std::string only;
  app.add_option("--only", only, "the cells whose description holds this text, such as \"broadcast, star\"");
  try {
    app.parse(argc, argv);
    std::vector<Cell> cells = all_cells(sizes);
    std::erase_if(cells, [&](const Cell& cell) { return description_of(cell).find(only) == std::string::npos; });
    print_all(cells, seeds, jobs);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "oracle: " << error.what() << '\n';
    return 2;
  }
}

}  // namespace
}  // namespace mznode::oracle

int main(int argc, char** argv) {
  return mznode::oracle::run(argc, argv);
}
