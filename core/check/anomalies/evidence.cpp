#include "anomalies/evidence.hpp"

#include "history/parts.hpp"
#include "mznode/check/verdict.hpp"
#include "mznode/json/seconds.hpp"

namespace mznode::check::txn {
namespace {

using nlohmann::ordered_json;

ordered_json parsed(std::string_view json) {
  return to_details(json_of(json));
}

const char* name_of(Relations relation) {
  switch (relation) {
    case ww: return "ww";
    case wr: return "wr";
    case rw: return "rw";
    case process: return "process";
    default: return "realtime";
  }
}

constexpr std::int64_t ns_per_ms = 1'000'000;

std::string transaction_name(std::size_t i) {
  return std::string("T").append(std::to_string(i + 1));
}

}  // namespace

ordered_json Evidence::operation(TransactionId transaction) const {
  return to_details(history_[transactions_.position(transaction)]);
}

ordered_json Evidence::key(KeyId key) const {
  return parsed(transactions_.key_text(key));
}

ordered_json Evidence::element(ElementId element) const {
  return element == none ? ordered_json() : parsed(transactions_.element_text(element));
}

ordered_json Evidence::elements(std::span<const ElementId> elements) const {
  ordered_json list = ordered_json::array();
  for (const ElementId it : elements) list.push_back(element(it));
  return list;
}

CycleExample Evidence::cycle(const Cycle& cycle) const {
  CycleExample example;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const std::size_t next = (i + 1) % cycle.size();
    example.transactions.push_back(history_[transactions_.position(TransactionId(cycle.vertices[i]))]);
    const std::string from = transaction_name(i);
    const std::string to = transaction_name(next);
    Step it = step(TransactionId(cycle.vertices[i]), TransactionId(cycle.vertices[next]), cycle.steps[i], from, to);
    const std::string order = from + " comes before " + (to == from ? "itself" : to) + ": " + it.words;
    it.words = next == 0 && i > 0 ? "However, " + order + ". A contradiction!" : order + ".";
    example.steps.push_back(std::move(it));
  }
  return example;
}

Evidence::Step Evidence::step(TransactionId from, TransactionId to, Relations relation, const std::string& from_name,
                              const std::string& to_name) const {
  if ((relation & data) == 0) return order_step(from, to, relation, from_name, to_name);
  const auto dependency = explainer_.explain(from, to, relation);
  return dependency ? data_step(*dependency, from_name, to_name)
                    : Step{.relation = name_of(relation), .words = "by a dependency"};
}

Evidence::Step Evidence::data_step(const Dependency& dependency, const std::string& from_name,
                                   const std::string& to_name) const {
  const Objects objects = explainer_.objects();
  const auto version = [&](ElementId it) { return it == none ? Json() : json_of(transactions_.element_text(it)); };
  const std::string key_text = "key " + std::string(transactions_.key_text(dependency.key));
  Step step{.relation = name_of(dependency.relation),
            .key = json_of(transactions_.key_text(dependency.key)),
            .value = version(dependency.element)};
  if (dependency.relation != wr) step.next_value = version(dependency.next);
  const auto wrote = [&](ElementId it) {
    if (objects == Objects::registers) return "set " + key_text + " to " + written(it);
    return (objects == Objects::lists ? "appended " : "sent ") + written(it) + " to " + key_text;
  };
  if (dependency.relation == wr) {
    step.words = from_name + " " + wrote(dependency.element) + ", which " + to_name +
                 (objects == Objects::logs ? " polled" : " read");
  } else if (dependency.relation == ww) {
    step.words = from_name + " " + wrote(dependency.element) + " before " + to_name + " " + wrote(dependency.next);
  } else {
    const std::string seen = dependency.element == none      ? "the initial state of " + key_text
                             : objects == Objects::registers ? key_text + " as " + written(dependency.element)
                                                             : key_text + " up to " + written(dependency.element);
    step.words = from_name + " read " + seen + ", before " + to_name + " " + wrote(dependency.next);
  }
  return step;
}

Evidence::Step Evidence::order_step(TransactionId from, TransactionId to, Relations relation,
                                    const std::string& from_name, const std::string& to_name) const {
  const Operation& ended = history_[transactions_.position(from)];
  const Operation& began = history_[transactions_.list[to].invocation];
  Step step{.relation = name_of(relation)};
  if (relation == process) {
    step.process = ended.process;
    step.words = "process " + std::to_string(ended.process) + " executed " + from_name + " and then " + to_name;
    return step;
  }
  step.completed = ended.index;
  step.invoked = began.index;
  const std::int64_t gap_ns = began.time_ns - ended.time_ns;
  step.words = from_name + " had completed (operation " + std::to_string(ended.index) + ") " +
               (gap_ns >= ns_per_ms ? seconds_text(gap_ns) + " " : "") + "before " + to_name + " began (operation " +
               std::to_string(began.index) + ")";
  return step;
}

}  // namespace mznode::check::txn
