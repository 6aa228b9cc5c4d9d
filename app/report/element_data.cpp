#include "report/element_data.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "mznode/json/trimmed.hpp"

namespace mznode::app {
namespace {

/// Texts of reads that are gone through, in all: more take longer than the rest of the page.
constexpr std::size_t most_read_bytes = 30'000'000;
/// Numbers that tell what one read lacks.
constexpr std::size_t most_numbers = 10'000;

bool is_read(const check::Operation& operation) {
  return operation.f == "read";
}
bool is_list(const Json& value) {
  return value.kind() == Json::Kind::array;
}

/// The elements of a list, each as it is written.
std::vector<std::string> texts_of(const Json& list) {
  // An element may be a list or an object itself: its text is cut out by what stands at the depth of the list.
  std::vector<std::string> texts;
  const std::string& text = list.text();
  std::size_t depth = 0;
  bool is_string = false;
  std::size_t begin = 0;
  const auto end_at = [&](std::size_t end) {
    const std::string_view element = trimmed(std::string_view(text).substr(begin, end - begin));
    if (!element.empty()) texts.emplace_back(element);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_string) {
      if (c == '\\') ++i;
      if (c == '"') is_string = false;
    } else if (c == '"') {
      is_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth == 1) begin = i + 1;
    } else if (c == ']' || c == '}') {
      if (--depth == 0) end_at(i);
    } else if (c == ',' && depth == 1) {
      end_at(i);
      begin = i + 1;
    }
  }
  return texts;
}

/// The elements of a read, as places of values, in ascending order.
std::vector<std::size_t> elements_of(const Json& list, Values& values) {
  std::vector<std::size_t> elements;
  for (const std::string& text : texts_of(list)) elements.push_back(values.add(text));
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return elements;
}

/// Follows the elements through the operations: those that add them, and the reads with which a node begins to show or
/// to miss them.
class ElementFollower {
 public:
  ElementFollower(const Clients& clients, const OperationPlaces& places, Values& values, ValueColumns& columns)
      : clients_(clients), places_(places), values_(values), columns_(columns) {}

  Elements follow(const check::History& history) {
    const check::Pairing pairing(history);
    for (std::size_t i = 0; i < history.size(); ++i) {
      const check::Operation& operation = history[i];
      if (!operation.is_client()) continue;
      if (!is_read(operation)) {
        added(operation, operation.type == check::Type::ok ? history[pairing.invocation(i)].value : operation.value);
      } else if (operation.type == check::Type::ok && is_list(operation.value)) {
        shown(history[pairing.invocation(i)], operation);
      }
    }
    elements_.make_room(values_.size());
    return std::move(elements_);
  }

 private:
  void added(const check::Operation& operation, const Json& element) {
    if (element.is_null()) return;
    const std::size_t value = values_.add(element.text());
    elements_.make_room(values_.size());
    if (operation.type == check::Type::ok) {
      elements_.known[value] = std::min(elements_.known[value], operation.time_ns);
    }
    if (operation.type != check::Type::invoke) return;
    elements_.begun[value] = std::min(elements_.begun[value], operation.time_ns / 1000);
    if (const std::int64_t place = places_.of(operation.index); place >= 0) columns_.operations[value].push_back(place);
  }

  void shown(const check::Operation& asked, const check::Operation& answered) {
    read_bytes_ += answered.value.text().size();
    if (read_bytes_ > most_read_bytes && !answered.is_final) return;
    std::vector<std::size_t> now = elements_of(answered.value, values_);
    elements_.make_room(values_.size());
    for (const std::size_t value : now) {
      elements_.known[value] = std::min(elements_.known[value], answered.time_ns);
    }
    const std::size_t node = clients_.place_of(answered.process);
    if (elements_.last.size() <= node) {
      elements_.last.resize(node + 1);
      before_.resize(node + 1);
    }
    if (const std::int64_t place = places_.of(answered.index); place >= 0) {
      note_changes(now, before_[node], place);
      note_changes(before_[node], now, -1 - place);
      before_[node] = now;
    }
    Elements::LastRead& last = elements_.last[node];
    if (last.asked == nullptr || last.asked->index < asked.index) last = {&asked, &answered, std::move(now)};
  }

  /// Those of `some` that are not in `others`.
  void note_changes(const std::vector<std::size_t>& some, const std::vector<std::size_t>& others, std::int64_t what) {
    std::vector<std::size_t> changed;
    std::set_difference(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(changed));
    for (const std::size_t value : changed) columns_.operations[value].push_back(what);
  }

  const Clients& clients_;
  const OperationPlaces& places_;
  Values& values_;
  ValueColumns& columns_;
  Elements elements_;
  std::vector<std::vector<std::size_t>> before_;
  std::size_t read_bytes_ = 0;
};

}  // namespace

Elements follow_elements(const check::History& history, const Clients& clients, const OperationPlaces& places,
                         Values& values, ValueColumns& columns) {
  return ElementFollower(clients, places, values, columns).follow(history);
}

FinalReads final_reads(const Elements& elements, const Clients& clients, const OperationPlaces& places) {
  FinalReads reads;
  // Of processes, those that read last: a client that crashes comes back as another one.
  constexpr std::size_t most_processes = 100;
  std::vector<std::int64_t> begins;
  for (const Elements::LastRead& last : elements.last) {
    if (last.asked != nullptr) begins.push_back(last.asked->index);
  }
  std::sort(begins.rbegin(), begins.rend());
  const std::int64_t first = begins.size() > most_processes ? begins[most_processes - 1] : -1;
  const std::size_t rows = clients.nodes().empty() ? elements.last.size() : clients.nodes().size();
  for (std::size_t row = 0; row < rows; ++row) {
    const Elements::LastRead last = row < elements.last.size() ? elements.last[row] : Elements::LastRead();
    if (clients.nodes().empty() && (last.asked == nullptr || last.asked->index < first)) continue;
    reads.name.push_back(clients.nodes().empty() ? "process " + std::to_string(last.asked->process)
                                                 : clients.nodes()[row]);
    reads.operation.push_back(last.asked == nullptr ? -1 : places.of(last.answered->index));
    std::int64_t known = 0;
    std::vector<std::int64_t> missing;
    std::int64_t missing_count = 0;
    std::int64_t behind = 0;  // the last of `missing`
    for (std::size_t value = 0; last.asked != nullptr && value < elements.known.size(); ++value) {
      if (elements.known[value] > last.asked->time_ns) continue;
      ++known;
      if (std::binary_search(last.shown.begin(), last.shown.end(), value)) continue;
      ++missing_count;
      const auto place = static_cast<std::int64_t>(value);
      if (!missing.empty() && place == behind) {
        ++missing.back();
      } else if (missing.size() < most_numbers) {
        missing.insert(missing.end(), {place - behind, 1});
      } else {
        continue;
      }
      behind = place + 1;
    }
    reads.known.push_back(known);
    reads.missing.push_back(std::move(missing));
    reads.missing_count.push_back(missing_count);
  }
  return reads;
}

}  // namespace mznode::app
