#pragma once

#include <string>
#include <string_view>

#include "mznode/check/history.hpp"
#include "mznode/check/verdict.hpp"

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

/// Notes of a verdict of no whether all that is wrong may be for lack of time: something has not been seen, or was not
/// answered, yet. Not so when anything is wrong however long one waits. Details: `may-lack-time`, true or absent.
inline void note_lack_of_time(Verdict& verdict, bool is_possible) {
  if (verdict.valid == Valid::no && is_possible) verdict.details["may-lack-time"] = true;
}

/// Whether that was noted.
inline bool may_lack_time(const Verdict& verdict) {
  return verdict.details.contains("may-lack-time");
}

}  // namespace mznode::check
