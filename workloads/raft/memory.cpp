#include "raft/memory.hpp"

#include <utility>

namespace mznode::raft {

Memory::Memory(Node& node, relay::Relays& relays, std::function<void()> admit)
    : node_(node),
      enrolment_(
          node, relays,
          [this](const Enrolment::Saved& saved) { append({.enrolment = saved, .unsaved = std::nullopt}); },
          std::move(admit)) {}

Saved Memory::load() {
  Saved saved;
  for (const std::string& text : node_.storage().read()) {
    const auto record = from_json<Record>(Json::parse(text));
    if (record.enrolment) enrolment_.restore(*record.enrolment);
    if (record.unsaved) saved.add(*record.unsaved);
  }
  enrolment_.begin();
  saved.validate();
  const auto& vote = saved.hard_state.vote;
  demand(!vote || *vote < enrolment_.members().size(), "a vote was for one of the members");
  return saved;
}

void Memory::write(const Unsaved& unsaved) {
  if (!unsaved.rewrite) {
    append({.enrolment = std::nullopt, .unsaved = unsaved});
    return;
  }
  const Record record{.enrolment = enrolment_.saved(), .unsaved = unsaved};
  node_.storage().replace(to_json(record).text());
}

void Memory::append(const Record& record) {
  node_.storage().append(to_json(record).text());
}

}  // namespace mznode::raft
