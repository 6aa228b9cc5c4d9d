#include "raft/sessions.hpp"

#include "mznode/json/codec.hpp"

namespace mznode::raft {

std::optional<SessionOutcome> Sessions::find(const SessionCommand& command) const {
  const auto found = sessions_.find(command.origin);
  if (found == sessions_.end()) return std::nullopt;
  const Session& session = found->second;
  if (command.session == 0) {
    if (session.life != command.life) return std::nullopt;
    return SessionOutcome{.session = session.opened_at, .result = Json()};
  }
  if (session.opened_at != command.session) return std::nullopt;
  for (const auto& [number, result] : session.results) {
    if (number == command.number) return SessionOutcome{.session = session.opened_at, .result = result};
  }
  return std::nullopt;
}

SessionOutcome Sessions::apply(Index index, const SessionCommand& command,
                               const std::function<Json(const Json&)>& execute) {
  Session& session = sessions_[command.origin];
  if (command.session == 0) {
    if (session.life != command.life) session = {.opened_at = index, .life = command.life, .oldest = 0, .results = {}};
    return {.session = session.opened_at, .result = Json()};
  }
  if (session.opened_at != command.session) return {};
  session.oldest = std::max(session.oldest, command.oldest);
  std::erase_if(session.results, [&](const auto& each) { return each.first < session.oldest; });
  // Nobody waits for it any more, and whether it took effect before is forgotten.
  if (command.number < session.oldest) return {};
  if (auto known = find(command)) return std::move(*known);
  session.results.emplace_back(command.number, execute(command.operation));
  return {.session = session.opened_at, .result = session.results.back().second};
}

Json Sessions::save() const {
  return to_json(sessions_);
}
void Sessions::demand_saved(const Json& saved, Index index) {
  for (const auto& [origin, session] : from_peer<std::map<std::string, Session>>(saved)) {
    demand(session.opened_at <= index, "no session is opened behind the end of the log");
  }
}

void Sessions::restore(const Json& saved) {
  sessions_ = from_json<std::map<std::string, Session>>(saved);
}

}  // namespace mznode::raft
