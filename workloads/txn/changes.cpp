#include "txn/changes.hpp"

#include <algorithm>

#include "txn/micro_ops.hpp"

namespace mznode::txn {
namespace {

template <class Items>
auto find_in(Items& items, const Json& key) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.first == key; });
  return found == items.end() ? nullptr : &found->second;
}

}  // namespace

const Json* find(const Changes::Items& items, const Json& key) {
  return find_in(items, key);
}

void Changes::write(const Json& key, const Json& value) {
  std::erase_if(appended, [&](const auto& item) { return item.first == key; });
  if (Json* known = find_in(written, key)) {
    *known = value;
  } else {
    written.emplace_back(key, value);
  }
}

void Changes::append(const Json& key, const Json& elements) {
  Json* known = find_in(written, key);
  if (known == nullptr) known = find_in(appended, key);
  if (known != nullptr) {
    *known = joined(*known, elements);
  } else {
    appended.emplace_back(key, elements);
  }
}

std::size_t Changes::bytes() const {
  std::size_t sum = 0;
  for (const Items* items : {&written, &appended}) {
    for (const auto& [key, value] : *items) sum += key.text().size() + value.text().size();
  }
  return sum;
}

}  // namespace mznode::txn
