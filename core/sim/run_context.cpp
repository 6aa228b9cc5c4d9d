#include "run_context.hpp"

#include "mznode/sim/error_words.hpp"
#include "unanswered.hpp"

namespace mznode::sim {

std::unique_ptr<Connection> Switchboard::connect() {
  auto connection = std::make_unique<Connection>(engine_, network_, "c" + std::to_string(next_client_++));
  if (!ignores_strays_) connection->on_stray_reply([this](std::string what) { note_malformed(std::move(what)); });
  return connection;
}

void Switchboard::note_malformed(std::string what) {
  constexpr std::size_t kept = 1'000;  // a node may send any number of them
  if (malformed_.size() < kept) malformed_.push_back(std::move(what));
}

const check::Operation& Record::add(check::Operation operation, check::Type type, std::int64_t process) {
  operation.index = static_cast<std::int64_t>(history_.size());
  operation.time_ns = elapsed().count();
  operation.type = type;
  operation.process = process;
  history_.push_back(std::move(operation));
  return history_.back();
}

std::string failure_of(const std::exception& error) {
  if (dynamic_cast<const Unanswered*>(&error) != nullptr) return no_reply;
  const auto* failed = dynamic_cast<const RequestFailed*>(&error);
  const std::string words = failed == nullptr ? "" : error_words(failed->error());
  return words.empty() ? error.what() : "it answered with " + words;
}

}  // namespace mznode::sim
