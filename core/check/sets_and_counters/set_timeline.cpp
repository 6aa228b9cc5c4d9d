#include "sets_and_counters/set_timeline.hpp"

#include <algorithm>
#include <charconv>

#include "history/integers.hpp"
#include "history/parts.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::check {
namespace {

/// Elements are numbered from 0 by every generator, so a table finds them; it must not grow with a single large number.
constexpr std::size_t largest_table = std::size_t{1} << 22;

}  // namespace

SetTimeline::SetTimeline(const History& history) {
  const Pairing pairing(history);
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Operation& operation = history[i];
    if (!operation.is_client()) continue;
    if (operation.f == "add" || operation.f == "broadcast") add(operation, i);
    if (operation.f == "read" && operation.type == Type::ok) read(operation, i, pairing.invocation(i));
  }
}

void SetTimeline::add(const Operation& operation, std::size_t position) {
  SetElement& element = elements_[number_of(operation.value.text())];
  if (operation.type == Type::invoke) {
    // As upstream, an element that is added again begins anew.
    element = {.value = operation.value,
               .attempted = true,
               .multiplicity = element.multiplicity,
               .unexpected = element.unexpected};
  } else if (operation.type == Type::ok && element.known == SetElement::never) {
    element.known = static_cast<std::int64_t>(position);
  }
}

void SetTimeline::read(const Operation& completion, std::size_t position, std::size_t invocation) {
  std::fill(shown_.begin(), shown_.end(), 0);
  Scanner scanner(completion.value.text());
  if (!completion.value.is_null()) {
    if (!scanner.consume('[')) refuse(completion, "expected a list as the value of a read");
    std::string_view raw;
    while (scanner.peek() != ']') {
      scanner.value(raw);
      show(number_of(raw), position);
      scanner.consume(',');
    }
  }
  const auto begun = static_cast<std::int64_t>(invocation);
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    SetElement& element = elements_[i];
    if (!element.attempted) continue;
    if (shown_[i] == 0) {
      element.last_absent = std::max(element.last_absent, begun);
      continue;
    }
    if (element.known == SetElement::never) element.known = static_cast<std::int64_t>(position);
    element.last_present = std::max(element.last_present, begun);
  }
}

void SetTimeline::show(std::size_t number, std::size_t position) {
  SetElement& element = elements_[number];
  if (!element.attempted && element.unexpected == SetElement::never) {
    element.unexpected = static_cast<std::int64_t>(position);
  }
  element.multiplicity = std::max(element.multiplicity, ++shown_[number]);
}

std::size_t SetTimeline::number_of(std::string_view raw) {
  if (raw == "-0") raw = "0";  // the same integer
  std::size_t integer = 0;
  const auto [stop, error] = std::from_chars(raw.data(), raw.data() + raw.size(), integer);
  if (error != std::errc{} || stop != raw.data() + raw.size() || integer >= largest_table) return number_of_other(raw);
  if (integer >= by_integer_.size()) by_integer_.resize(std::max(integer + 1, by_integer_.size() * 2));
  std::size_t& number = by_integer_[integer];
  if (number == 0) number = append(raw) + 1;
  return number - 1;
}

std::size_t SetTimeline::number_of_other(std::string_view raw) {
  const auto [place, inserted] = by_value_.try_emplace(json_of(raw), elements_.size());
  if (inserted) append(raw);
  return place->second;
}

std::size_t SetTimeline::append(std::string_view raw) {
  elements_.push_back({.value = json_of(raw)});
  shown_.push_back(0);
  return elements_.size() - 1;
}

}  // namespace mznode::check
