#include <algorithm>
#include <charconv>
#include <set>

#include "kafka/kafka.hpp"
#include "txn/txn.hpp"

namespace mznode::kafka {
namespace {

// As upstream (jepsen, tests/kafka.clj).
constexpr std::uint64_t operations_per_assign = 64;
constexpr Duration crash_interval_of_a_worker = 30s;
constexpr Duration mean_final_poll_interval = 200ms;

using Keys = std::vector<std::string>;

/// The keys that a send or a poll tells about, each with its highest offset.
using Highest = std::map<std::int64_t, Offset>;

void raise(Highest& highest, std::int64_t key, Offset offset) {
  const auto [found, is_new] = highest.try_emplace(key, offset);
  if (!is_new) found->second = std::max(found->second, offset);
}

/// A node may answer with any key; those that this generator never made do not concern it.
void raise(Highest& highest, const std::string& key, Offset offset) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (error == std::errc{} && stop == key.data() + key.size()) raise(highest, number, offset);
}

Highest sent_by(const check::Operation& event) {
  Highest highest;
  using MicroOp = std::tuple<std::string, std::string, std::pair<Offset, Json>>;
  if (event.f != "send") return highest;
  for (const auto& [function, key, message] : from_json<std::vector<MicroOp>>(event.value))
    raise(highest, key, message.first);
  return highest;
}

Highest polled_by(const check::Operation& event) {
  Highest highest;
  using MicroOp = std::pair<std::string, Messages>;
  if (event.f != "poll") return highest;
  for (const auto& [function, messages_of] : from_json<std::vector<MicroOp>>(event.value)) {
    for (const auto& [key, messages] : messages_of) {
      raise(highest, key, -1);
      for (const auto& [offset, message] : messages) raise(highest, key, offset);
    }
  }
  return highest;
}

void raise_all(Highest& highest, const Highest& by) {
  for (const auto& [key, offset] : by) raise(highest, key, offset);
}

Offset at_or_none(const Highest& highest, std::int64_t key) {
  const auto found = highest.find(key);
  return found == highest.end() ? -1 : found->second;
}

/// Sends and polls of one message or poll each, with an assign now and then, and clients that crash.
class LogGenerator final : public sim::Generator {
 public:
  explicit LogGenerator(const sim::ClientOptions& options)
      : keys_(options.keys),
        elapsed_(options.elapsed),
        crash_interval_(crash_interval_of_a_worker / options.concurrency) {
    keys_.max_txn_length = 1;
    finals_.resize(options.concurrency);
  }

  std::optional<check::Operation> next(std::size_t, sim::Random& random) override {
    // A crash that is due competes with the next operation on equal terms, as in Jepsen's gen/any.
    if (elapsed_() >= next_crash_ && random.below(2) == 0) {
      next_crash_ = elapsed_() + sim::stagger(random, crash_interval_);
      return sim::operation("crash");
    }
    if (!upcoming_) upcoming_ = make_upcoming(random);
    const auto& [function, key, value] = *upcoming_;
    // An assign does not take the place of an operation: that one comes next.
    if (random.below(operations_per_assign) == 0) return assign(key, random);
    const check::Operation result =
        function == "r"
            ? sim::operation("poll", Json::parse(R"([["poll"]])"))
            : sim::operation("send", Json::from_valid("[[\"send\",\"" + key.text() + "\"," + value.text() + "]]"));
    upcoming_.reset();
    return result;
  }

  void update(std::size_t worker, const check::Operation& event) override {
    if (event.type != check::Type::ok) return;
    const Highest sent = sent_by(event);
    const Highest polled = polled_by(event);
    raise_all(seen_, sent);
    raise_all(seen_, polled);
    raise_all(sent_, sent);
    raise_all(polled_, polled);
    forget_what_was_polled();
    if (auto& final_phase = finals_[worker]; final_phase.is_begun && event.f == "poll") {
      for (const auto& [key, offset] : polled) {
        if (offset >= at_or_none(final_phase.missing, key)) final_phase.missing.erase(key);
      }
    }
  }

  /// Crashes the client, assigns all keys from their beginnings to the new one, and polls until all is seen that
  /// anybody saw or sent.
  std::optional<sim::FinalStep> final_step(std::size_t worker, sim::Random& random) override {
    Final& final_phase = finals_[worker];
    if (!final_phase.is_begun) {
      final_phase.is_begun = true;
      if (!all_seen_) all_seen_ = seen_;
      final_phase.missing = *all_seen_;
    }
    if (final_phase.missing.empty()) return std::nullopt;
    switch (final_phase.steps++) {
      case 0: return sim::FinalStep{sim::operation("crash")};
      case 1: {
        Keys keys;
        for (const auto& [key, offset] : *all_seen_) keys.push_back(std::to_string(key));
        sim::FinalStep step{sim::operation("assign", to_json(keys))};
        step.operation.other_fields = {{seek_to_beginning, Json(true)}};
        return step;
      }
      default: {
        sim::FinalStep step{sim::operation("poll", Json::parse(R"([["poll"]])"))};
        step.operation.other_fields = {{"poll-ms", Json(1000)}};
        const bool is_first_poll = final_phase.steps == 3;
        if (!is_first_poll) step.gap = sim::stagger(random, mean_final_poll_interval);
        return step;
      }
    }
  }

 private:
  struct Final {
    bool is_begun = false;
    int steps = 0;
    /// What has to be polled yet.
    Highest missing;
  };

  txn::MicroOp make_upcoming(sim::Random& random) {
    if (!generator_) generator_.emplace(keys_, "append", random);
    return generator_->next(random).at(0);
  }

  /// Assigns the key at hand, and every third time, before it, those of which something was sent that nobody polled.
  check::Operation assign(const Json& key, sim::Random& random) {
    Keys keys;
    if (random.below(3) == 0) {
      for (const auto& [unseen, offset] : sent_) keys.push_back(std::to_string(unseen));
    }
    if (std::find(keys.begin(), keys.end(), key.text()) == keys.end()) keys.push_back(key.text());
    return sim::operation("assign", to_json(keys));
  }

  void forget_what_was_polled() {
    std::set<std::int64_t> keys;
    for (const auto& [key, offset] : sent_) keys.insert(key);
    for (const auto& [key, offset] : polled_) keys.insert(key);
    for (const std::int64_t key : keys) {
      if (at_or_none(polled_, key) < at_or_none(sent_, key)) continue;
      sent_.erase(key);
      polled_.erase(key);
    }
  }

  sim::KeyOptions keys_;
  std::function<Duration()> elapsed_;
  Duration crash_interval_;
  Duration next_crash_{0};
  std::optional<txn::TxnGenerator> generator_;
  std::optional<txn::MicroOp> upcoming_;
  /// The highest offsets that were sent and not polled yet, and those polled of the same keys.
  Highest sent_;
  Highest polled_;
  /// The highest offsets that anybody sent or polled, and what they were when the final phase began.
  Highest seen_;
  std::optional<Highest> all_seen_;
  std::vector<Final> finals_;
};

}  // namespace

std::unique_ptr<sim::Generator> make_generator(const sim::ClientOptions& options) {
  return std::make_unique<LogGenerator>(options);
}

}  // namespace mznode::kafka
