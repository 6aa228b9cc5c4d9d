#include "isolation/serialization.hpp"

#include <algorithm>
#include <optional>

#include "isolation/contradiction.hpp"
#include "isolation/order_solver.hpp"
#include "isolation/polygraph.hpp"

namespace mznode::check::isolation {
namespace {

using SolverOutcome = OrderSolver::Outcome;

class Serialization {
 public:
  Serialization(const Commits& commits, const Model& model, std::uint64_t max_steps, bool explains)
      : commits_(commits), polygraph_(commits, model), max_steps_(max_steps), explains_(explains) {}

  SerializationResult run() {
    using Outcome = SerializationResult::Outcome;
    const std::vector<std::uint32_t> order = polygraph_.sort();
    if (order.empty() && polygraph_.size() > 0) return {Outcome::impossible, explain(order)};
    solver_.emplace(polygraph_.known(), order);
    std::vector<KeyId> keys(commits_.key_count);
    for (KeyId key{0U}; key < commits_.key_count; ++key) keys[key] = key;
    while (true) {
      for (const KeyId key : keys) look_at(key);
      if (doubts_.empty()) return {Outcome::possible, {}};
      for (const auto& [a, b] : doubts_) choose(a, b);
      doubts_.clear();
      const SolverOutcome outcome = solver_->solve(max_steps_);
      if (outcome == SolverOutcome::gave_up) return {Outcome::gave_up, {}};
      if (outcome == SolverOutcome::impossible) return {Outcome::impossible, explain(order)};
      keys = moved_keys();
    }
  }

 private:
  std::uint32_t place(std::uint32_t node) const { return solver_->graph().place(node); }
  std::uint32_t writer(std::uint32_t version) const { return commits_.versions[version].writer; }

  /// Notes those pairs of writers of a key that the order of events leaves in doubt.
  void look_at(KeyId key) {
    constexpr std::size_t max_at_once = 16;
    const auto versions = polygraph_.versions(key);
    line_.assign(versions.begin(), versions.end());
    std::sort(line_.begin(), line_.end(), [this](std::uint32_t a, std::uint32_t b) {
      return place(polygraph_.end(writer(a))) < place(polygraph_.end(writer(b)));
    });
    for (std::size_t i = 0; i + 1 < line_.size(); ++i) {
      const std::uint32_t first = writer(line_[i]);
      const std::uint32_t next = writer(line_[i + 1]);
      if (polygraph_.forbids_overlap() && place(polygraph_.begin(next)) < place(polygraph_.end(first))) {
        doubt(first, next);
      }
      for (std::size_t j = i + 1; j < line_.size() && j <= i + max_at_once; ++j) {
        const std::uint32_t second = writer(line_[j]);
        const std::uint32_t end = place(polygraph_.end(second));
        const auto readers = polygraph_.readers(line_[i]);
        const bool is_passed = std::any_of(readers.begin(), readers.end(), [&](std::uint32_t reader) {
          return reader != second && place(polygraph_.begin(reader)) > end;
        });
        if (!is_passed) break;
        doubt(first, second);
      }
    }
  }

  void doubt(std::uint32_t a, std::uint32_t b) { doubts_.emplace_back(a, b); }

  /// Lets the solver choose between the two, first that by which fewer events must be moved.
  void choose(std::uint32_t a, std::uint32_t b) {
    const std::uint64_t pair = std::uint64_t{std::min(a, b)} << 32 | std::max(a, b);
    std::uint32_t& number = chosen_[pair];
    if (number != none) return;
    number = static_cast<std::uint32_t>(pairs_.size());
    pairs_.emplace_back(a, b);
    auto forth = polygraph_.edges(a, b);
    auto back = polygraph_.edges(b, a);
    if (moves(back) < moves(forth)) forth.swap(back);
    solver_->add_choice(std::move(forth), std::move(back));
  }

  std::size_t moves(const std::vector<Polygraph::Edge>& edges) const {
    return static_cast<std::size_t>(std::count_if(
        edges.begin(), edges.end(), [this](const Polygraph::Edge& edge) { return place(edge.from) > place(edge.to); }));
  }

  /// The keys that commits have read or written of which events were moved.
  std::vector<KeyId> moved_keys() {
    std::vector<KeyId> keys;
    for (const std::uint32_t node : solver_->graph().take_moved()) {
      const std::uint32_t commit = polygraph_.commit(node);
      if (commit == none) continue;
      for (const Commits::Version& it : commits_.versions_of(commit)) keys.push_back(it.key);
      for (const Commits::Read& it : commits_.reads_of(commit)) keys.push_back(it.key);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
  }

  Cycle explain(const std::vector<std::uint32_t>& order) const {
    if (!explains_) return {};
    return explain_contradiction(commits_, polygraph_, order, pairs_);
  }

  const Commits& commits_;
  const Polygraph polygraph_;
  const std::uint64_t max_steps_;
  const bool explains_;
  std::optional<OrderSolver> solver_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> doubts_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;  // that the solver chooses about
  txn::NumberTable chosen_;                                     // by pair: its number
  std::vector<std::uint32_t> line_;
};

}  // namespace

SerializationResult serialize(const Commits& commits, const Model& model, std::uint64_t max_steps, bool explain) {
  return Serialization(commits, model, max_steps, explain).run();
}

}  // namespace mznode::check::isolation
