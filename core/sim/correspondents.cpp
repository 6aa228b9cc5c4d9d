#include "mznode/sim/correspondents.hpp"

#include "mznode/sim/node_failures.hpp"

namespace mznode::sim {

bool Correspondents::may_speak_as(const std::string& node, const OutputLine& message) const {
  if (message.src == node) return true;
  return is_client_name(message.src) && known_.contains(message.src) && nodes_.contains(message.dest);
}

bool Correspondents::hears_itself(const std::string& node, const OutputLine& message) {
  constexpr std::size_t most_repetitions = 1'000;
  if (message.src == node || message.dest != node) return false;
  auto& [body, times] = to_itself_[node];
  if (body != message.body) times = 0;
  body = message.body;
  return ++times > most_repetitions;
}

Correspondents::Fate Correspondents::carry(const std::string& node, const OutputLine& message) {
  if (!may_speak_as(node, message) || hears_itself(node, message)) return Fate::under_another_name;
  if (network_->send(message.src, message.dest, message.body)) return Fate::sent;
  if (nodes_.contains(message.dest)) return Fate::lost;
  if (!known_.contains(message.dest)) return Fate::to_nobody;
  return late_replies_++ == 0 ? Fate::first_late : Fate::lost;
}

std::string Correspondents::describe(Fate fate, std::string_view node, const OutputLine& message,
                                     std::string_view line) {
  if (fate == Fate::to_nobody) return failure::to_nobody(message.dest, line);
  if (fate == Fate::under_another_name) return failure::under_another_name(node, message.src, line);
  return {};
}

}  // namespace mznode::sim
