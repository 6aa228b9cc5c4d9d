#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/sim/chance.hpp"

namespace mznode::sim {

/// Decisions of a run, written down in the order in which they were taken. It need not hold all of them.
struct Script {
  struct Entry {
    std::string stream;
    /// How many decisions of the stream came before.
    std::uint64_t place = 0;
    std::string what;
    std::uint64_t subject = 0;
    std::uint64_t value = 0;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;

  /// A line for each entry: place, value, subject, stream and what, with tabs between them.
  std::string text() const;
  /// The inverse. Throws std::invalid_argument, with the number of the line, for what is no script.
  static Script parse(std::string_view text);
};

/// Takes the decisions as `decisions` does, and writes them into `script`, those of order too.
std::shared_ptr<Decisions> recorded(std::shared_ptr<Decisions> decisions, std::shared_ptr<Script> script);

/// Takes decisions from a script, and those that it does not hold from elsewhere.
class Scripted final : public Decisions {
 public:
  /// `otherwise` is asked for every decision, so that its streams stay in step: a script of one entry changes one
  /// decision of a seed.
  Scripted(const Script& script, std::shared_ptr<Decisions> otherwise);
  ~Scripted() override;

  std::unique_ptr<Decider> open(const std::string& stream, std::uint64_t number) override;
  bool decides_order() const override { return true; }

  /// How many decisions were taken from the script.
  std::size_t taken() const;
  /// How many entries were passed over, because the run had something else to decide in their place: it has left the
  /// course that the script was of.
  std::size_t strayed() const;

 private:
  struct State;
  class Reader;

  std::shared_ptr<State> state_;
  std::shared_ptr<Decisions> otherwise_;
};

}  // namespace mznode::sim
