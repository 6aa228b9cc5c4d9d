#include "isolation/narrator.hpp"

#include <algorithm>

#include "anomalies/words.hpp"
#include "history/parts.hpp"

namespace mznode::check::isolation {
namespace {

/// More steps of a proof are not told.
constexpr std::size_t max_notes = 8;
}  // namespace

std::string Narrator::element(ElementId element) const {
  return element == none ? "null" : std::string(transactions_.element_text(element));
}

std::string Narrator::value(std::uint32_t version) const {
  return element(commits_.element(version));
}

std::string_view Narrator::name(ReadAnomaly::Kind kind) {
  switch (kind) {
    case ReadAnomaly::Kind::unwritten: return "unwritten-read";
    case ReadAnomaly::Kind::aborted: return "G1a";
    case ReadAnomaly::Kind::intermediate: return "G1b";
    case ReadAnomaly::Kind::ahead: return "future-read";
    case ReadAnomaly::Kind::own_missed:
    case ReadAnomaly::Kind::changed: return "internal";
  }
  return "internal";
}

std::string Narrator::words(const ReadAnomaly& anomaly) const {
  const auto describe = [&](TransactionId transaction) {
    return txn::name_of(history_[transactions_.position(transaction)]);
  };
  std::string read = describe(anomaly.transaction) + " read " + element(anomaly.element) + " from " + key(anomaly.key);
  const TransactionId writer =
      anomaly.element == none ? TransactionId() : transactions_.elements[anomaly.element].writer;
  switch (anomaly.kind) {
    case ReadAnomaly::Kind::unwritten: return read + ", which nobody wrote";
    case ReadAnomaly::Kind::aborted: return read + ", which " + describe(writer) + " wrote, and that failed";
    case ReadAnomaly::Kind::intermediate: return read + ", which " + describe(writer) + " itself overwrote";
    case ReadAnomaly::Kind::ahead: return read + " before it wrote it";
    case ReadAnomaly::Kind::own_missed: return read + ", where it had written " + element(anomaly.expected) + " before";
    case ReadAnomaly::Kind::changed: return read + ", where it had read " + element(anomaly.expected) + " before";
  }
  return read;
}

AnomalyExample Narrator::example(const ReadAnomaly& anomaly) const {
  const auto parsed = [&](ElementId element) {
    return element == none ? nlohmann::ordered_json() : check::to_details(json_of(transactions_.element_text(element)));
  };
  nlohmann::ordered_json parts = {{"op", check::to_details(history_[transactions_.position(anomaly.transaction)])},
                                  {"key", check::to_details(json_of(transactions_.key_text(anomaly.key)))},
                                  {"value", parsed(anomaly.element)}};
  if (anomaly.expected != none) parts["expected"] = parsed(anomaly.expected);
  return parts;
}

std::string Narrator::name(std::uint32_t commit) {
  auto found = std::find(names_.begin(), names_.end(), commit);
  if (found == names_.end()) found = names_.insert(found, commit);
  return std::string("T").append(std::to_string(found - names_.begin() + 1));
}

/// Why `from` comes before `to`, without saying that it does. An inference gets a number, under which it is told later.
std::string Narrator::reason(const Link& link) {
  const std::string from = name(link.from);
  const std::string to = name(link.to);
  const auto note = [&]() -> std::string {
    if (link.because.empty()) return "";
    const auto same = std::find_if(notes_.begin(), notes_.end(), [&](const Link* it) {
      return it->reader == link.reader && it->version == link.version && it->next == link.next;
    });
    if (same == notes_.end() && notes_.size() == max_notes) return " (by further inference)";
    const auto number = same - notes_.begin();
    if (same == notes_.end()) notes_.push_back(&link);
    return " (" + std::to_string(number + 1) + ")";
  };
  switch (link.kind) {
    case Link::Kind::wr:
      return from + " set " + key(link.key) + " to " + value(link.version) + ", which " + to + " read";
    case Link::Kind::ww:
      return from + " set " + key(link.key) + " to " + value(link.version) + " before " + to + " set it to " +
             value(link.next) + (link.reader == none ? "" : ", which " + name(link.reader) + " read, seeing " + from) +
             note();
    case Link::Kind::rw:
      return from + " read " +
             (link.version == none ? "the initial state of " + key(link.key)
                                   : key(link.key) + " as " + value(link.version)) +
             ", before " + to + " set it to " + value(link.next) + note();
    default: return order_reason(link);
  }
}

std::string Narrator::order_reason(const Link& link) {
  const std::string from = name(link.from);
  const std::string to = name(link.to);
  if (link.kind == Link::Kind::visible) return to + " must see " + from + ", by what its process has done before";
  if (link.kind == Link::Kind::session) {
    return "process " + std::to_string(operation(link.from).process) + " executed " + from + " and then " + to;
  }
  return from + " had completed (operation " + std::to_string(operation(link.from).index) + ") before " + to +
         " began (operation " + std::to_string(history_[commits_.begins[link.to]].index) + ")";
}

std::string Narrator::sentence(const Link& link) {
  const std::string from = name(link.from);
  const std::string to = name(link.to);
  return from + " comes before " + (to == from ? "itself" : to) + ": " + reason(link);
}

std::string Narrator::sentences(const std::vector<Link>& links) {
  std::string text;
  for (const Link& link : links) text += (text.empty() ? "" : "; ") + reason(link);
  return text;
}

std::vector<std::string> Narrator::words(const Cycle& cycle) {
  names_.clear();
  notes_.clear();
  for (const Link& link : cycle) name(link.from);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const bool is_last = i > 0 && i + 1 == cycle.size();
    lines.push_back(is_last ? "  However, " + sentence(cycle[i]) + ". A contradiction!"
                            : "  " + sentence(cycle[i]) + ".");
  }
  for (std::size_t i = 0; i < notes_.size(); ++i) {
    const Link& link = *notes_[i];
    const std::string number = "  (" + std::to_string(i + 1) + ") ";
    lines.push_back(link.reader == none
                        ? number + "The other way round there would be a cycle: " + sentences(link.because) + "."
                        : number + name(link.reader) + " sees " + name(link.from) + ": " + sentences(link.because) +
                              ".");
  }
  std::vector<std::string> all;
  for (const std::uint32_t commit : names_) {
    all.push_back("  " + name(commit) + " is " + txn::name_of(operation(commit)) + ": " +
                  txn::shortened(operation(commit).value.text()));
  }
  all.insert(all.end(), lines.begin(), lines.end());
  return all;
}

CycleExample::Step Narrator::step(const Link& link) {
  CycleExample::Step step;
  const auto version = [&](std::uint32_t it) {
    return it == none ? Json() : json_of(transactions_.element_text(commits_.element(it)));
  };
  switch (link.kind) {
    case Link::Kind::session:
      step.relation = "process";
      step.process = operation(link.from).process;
      break;
    case Link::Kind::realtime:
      step.relation = "realtime";
      step.completed = operation(link.from).index;
      step.invoked = history_[commits_.begins[link.to]].index;
      break;
    case Link::Kind::visible: step.relation = "visible"; break;
    case Link::Kind::wr: step.relation = "wr"; break;
    case Link::Kind::ww: step.relation = "ww"; break;
    case Link::Kind::rw: step.relation = "rw"; break;
  }
  if (link.key != none) {
    step.key = json_of(transactions_.key_text(link.key));
    step.value = version(link.version);
    if (link.kind != Link::Kind::wr) step.next_value = version(link.next);
  }
  return step;
}

CycleExample Narrator::example(const Cycle& cycle) {
  names_.clear();
  notes_.clear();
  for (const Link& link : cycle) name(link.from);
  CycleExample example;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    example.transactions.push_back(operation(cycle[i].from));
    example.steps.push_back(step(cycle[i]));
    const bool is_last = i > 0 && i + 1 == cycle.size();
    example.steps.back().words =
        is_last ? "However, " + sentence(cycle[i]) + ". A contradiction!" : sentence(cycle[i]) + ".";
  }
  return example;
}

}  // namespace mznode::check::isolation
