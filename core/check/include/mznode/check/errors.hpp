#pragma once

#include <string>
#include <string_view>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Whether an operation failed with the error of this name, which stands alone or with a text behind it (client.clj).
inline bool has_error(const Operation& completion, std::string_view name) {
  if (!completion.error || completion.type == Type::ok || completion.type == Type::invoke) return false;
  const std::string quoted = "\"" + std::string(name) + "\"";
  const std::string& text = completion.error->text();
  return text == quoted || text.starts_with("[" + quoted);
}

/// Whether an operation may have failed because somebody waited too long for something.
inline bool is_late(const Operation& completion) {
  return has_error(completion, "net-timeout") || has_error(completion, "timeout") ||
         has_error(completion, "temporarily-unavailable");
}

}  // namespace mznode::check
