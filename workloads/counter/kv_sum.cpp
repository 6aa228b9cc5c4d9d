#include "counter/kv_sum.hpp"

#include <utility>

namespace mznode::counter {

Task<> KvSum::add(std::int64_t delta) {
  if (!next_) next_ = std::make_shared<Batch>(node_);
  const auto batch = next_;
  const std::size_t place = batch->deltas.size();
  batch->deltas.push_back(delta);
  if (!is_writing_) node_.spawn(write_batches());
  co_await batch->done.wait();
  if (batch->failure) std::rethrow_exception(batch->failure);
  if (batch->refused[place]) {
    throw Error(ErrorCode::precondition_failed, "the counter would leave the range of 64-bit integers");
  }
}

Task<> KvSum::write_batches() {
  is_writing_ = true;
  while (next_) {
    const auto batch = std::exchange(next_, nullptr);
    std::function<Json(const Json&)> change = [this, batch](const Json& current) { return apply(*batch, current); };
    const Json initial = zero();
    auto guess = std::exchange(last_, std::nullopt);
    try {
      auto written = co_await kv_.update(key_, initial, std::move(change), std::move(guess));
      if (writers_ == Writers::one) last_ = std::move(written);
    } catch (...) {
      batch->failure = std::current_exception();
    }
    batch->done.happen();
  }
  is_writing_ = false;
}

Json KvSum::apply(Batch& batch, const Json& current) {
  std::int64_t sum = sum_of(current);
  batch.refused.assign(batch.deltas.size(), false);
  for (std::size_t i = 0; i < batch.deltas.size(); ++i) {
    std::int64_t next = 0;
    if (__builtin_add_overflow(sum, batch.deltas[i], &next)) {
      batch.refused[i] = true;
    } else {
      sum = next;
    }
  }
  const std::string writer = node_.id() + "-" + std::to_string(node_.incarnation()) + "-" + std::to_string(++attempts_);
  return to_json(Stored(sum, writer));
}

}  // namespace mznode::counter
