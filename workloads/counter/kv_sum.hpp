#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mznode/node/kv.hpp"

namespace mznode::counter {

/// A sum under one key of a key-value service, changed by compare-and-set. All adds that come while one is under way
/// share the next, so that the node does not compete with itself.
class KvSum {
 public:
  enum class Writers { one, many };

  /// The node and the client must outlive it. The only writer of a key need not look for what it wrote last.
  KvSum(Node& node, Kv& kv, Json key, Writers writers)
      : node_(node), kv_(kv), key_(std::move(key)), writers_(writers) {}

  /// Adds `delta`; it is in the service when this returns. Throws Error precondition_failed when the sum would leave 64
  /// bits, and what the service answered; after a `timeout` it may have been added.
  Task<> add(std::int64_t delta);

  /// What a key without a value stands for.
  static Json zero() { return to_json(Stored(0, "")); }
  /// The sum in a value of the service. Throws Error crash, received, when there is none in it.
  static std::int64_t sum_of(const Json& value) { return stored_as<Stored>(value).first; }

 private:
  /// The sum, and who wrote it in which attempt: a writer that never heard an answer recognises its own value by that,
  /// and a compare-and-set that arrives late finds another one even where the sum is the same again.
  using Stored = std::pair<std::int64_t, std::string>;

  struct Batch {
    explicit Batch(Node& node) : done(node.make_event()) {}
    std::vector<std::int64_t> deltas;
    /// Those that did not fit, by their places.
    std::vector<bool> refused;
    std::exception_ptr failure;
    Event done;
  };

  Task<> write_batches();
  /// The value after those adds of the batch that fit.
  Json apply(Batch& batch, const Json& current);

  Node& node_;
  Kv& kv_;
  Json key_;
  Writers writers_;
  std::optional<Json> last_;
  std::uint64_t attempts_ = 0;
  bool is_writing_ = false;
  std::shared_ptr<Batch> next_;
};

}  // namespace mznode::counter
