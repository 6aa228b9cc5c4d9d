#include "mznode/sim/crash_cause.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "mznode/json/trimmed.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::sim {
namespace {

constexpr std::size_t kept_lines = 12;

/// What stands behind `word`, if the line begins with it.
std::optional<std::string_view> behind(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::nullopt;
  return line.substr(word.size());
}

/// "KeyError: 'read'", "java.lang.IllegalStateException: no", "TypeError [ERR_X]: no": a name that ends like one of an
/// exception, at the beginning of the line.
bool names_an_exception(std::string_view line) {
  const auto is_in_name = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '$' || c == ':';
  };
  std::size_t end = 0;
  while (end < line.size() && is_in_name(static_cast<unsigned char>(line[end]))) ++end;
  const bool has_message = end > 0 && line[end - 1] == ':';
  const std::string_view name = line.substr(0, has_message ? end - 1 : end);
  constexpr std::array<std::string_view, 5> endings = {"Error", "Exception", "Interrupt", "Exit", "Throwable"};
  const bool is_exception =
      std::any_of(endings.begin(), endings.end(), [&](std::string_view each) { return name.ends_with(each); });
  if (!is_exception) return false;
  return has_message ? end == line.size() || line[end] == ' ' : end == line.size() || line.substr(end, 2) == " [";
}

/// Ruby's "node.rb:5:in `handle': no such thing (KeyError)", as "KeyError: no such thing".
std::optional<std::string> ruby_exception(std::string_view line) {
  const std::size_t in = line.find(":in ");
  const std::size_t message = in == std::string_view::npos ? in : line.find("': ", in);
  const std::size_t name = line.rfind(" (");
  if (message == std::string_view::npos || name == std::string_view::npos || name < message + 3) return std::nullopt;
  if (!line.ends_with(')') || in == 0 || std::isdigit(static_cast<unsigned char>(line[in - 1])) == 0)
    return std::nullopt;
  return std::string(line.substr(name + 2, line.size() - name - 3)) + ": " +
         std::string(line.substr(message + 3, name - message - 3));
}

/// Lines that are the whole message, and those behind whose beginning it stands.
std::optional<std::string_view> message_in(std::string_view line) {
  const bool is_assertion =
      line.find("Assertion `") != std::string_view::npos && line.find("failed") != std::string_view::npos;
  if (is_assertion || line.starts_with("libc++abi: terminating")) return line;
  for (const std::string_view sanitizer : {"ERROR: AddressSanitizer", "WARNING: ThreadSanitizer"}) {
    if (const std::size_t at = line.find(sanitizer); at != std::string_view::npos) return line.substr(at);
  }
  for (const std::string_view word : {"Unhandled exception. ", "Fatal error: ", "** ("}) {
    if (line.starts_with(word)) return word == "** (" ? line : line.substr(word.size());
  }
  constexpr std::string_view in_thread = "Exception in thread \"";
  if (!line.starts_with(in_thread)) return std::nullopt;
  const std::size_t name_end = line.find("\" ", in_thread.size());
  return name_end == std::string_view::npos ? std::nullopt : std::optional(line.substr(name_end + 2));
}

}  // namespace

void CrashCause::begin(std::string words) {
  if (is_chained_ && cause_.empty()) cause_ = thrown_;
  if (!is_chained_) cause_.clear();
  thrown_ = std::move(words);
  is_backtrace_ = false;
}

void CrashCause::caused_by(std::string_view words) {
  if (!thrown_.empty()) cause_ = words;
}

bool CrashCause::takes_details(std::string_view line) {
  const Expected expected = std::exchange(expected_, Expected::nothing);
  if (expected == Expected::message) {
    thrown_ += " " + std::string(trimmed(line));
    return true;
  }
  if (expected != Expected::what) return false;
  if (const auto what = behind(trimmed(line), "what():")) thrown_ += ": " + std::string(trimmed(*what));
  return true;
}

void CrashCause::take(std::string_view line) {
  if (age_ > 0) ++age_;
  const auto keep = [&] {
    if (lines_.size() < kept_lines) lines_.emplace_back(line);
  };
  const auto start = [&] {
    if (is_chained_ || is_traceback_) return;
    lines_.clear();
    age_ = 1;
  };
  if (is_dump_ || takes_details(line)) return keep();
  const std::string_view text = trimmed(line);
  const bool is_indented = !text.empty() && text.front() != line.front();
  if (text == "During handling of the above exception, another exception occurred:" ||
      text == "The above exception was the direct cause of the following exception:") {
    is_chained_ = true;
    return keep();
  }
  if (text == "Traceback (most recent call last):") {
    start();
    is_traceback_ = true;
    return keep();
  }
  for (const std::string_view word : {"Caused by: ", "[cause]: ", "---> "}) {
    if (const auto cause = behind(text, word)) {
      caused_by(*cause);
      return keep();
    }
  }
  if (is_indented || text.empty()) {
    is_backtrace_ = text.starts_with("from ");
    return keep();
  }
  const auto tell = [&](std::string words) {
    start();
    begin(std::move(words));
    is_chained_ = is_traceback_ = false;
    keep();
  };
  if (text.starts_with("panic: ") || text.starts_with("fatal error: ")) {
    tell(std::string(text));
    is_dump_ = true;
  } else if (text.starts_with("thread '") && text.find(" panicked at ") != std::string_view::npos) {
    tell(std::string(text));
    if (text.ends_with(':')) expected_ = Expected::message;
  } else if (const auto type = behind(text, "terminate called after throwing an instance of ")) {
    tell(std::string(*type));
    expected_ = Expected::what;
  } else if (const auto message = message_in(text)) {
    tell(std::string(*message));
  } else if (const auto ruby = ruby_exception(text)) {
    if (!is_backtrace_) return tell(*ruby);
    caused_by(*ruby);
    keep();
  } else if (is_traceback_ || names_an_exception(text)) {
    tell(std::string(text));
  } else {
    keep();
  }
}

std::string CrashCause::words() const {
  constexpr std::size_t longest = 200;
  if (thrown_.empty()) return {};
  return excerpt(thrown_, longest) + (cause_.empty() ? "" : ", caused by " + excerpt(cause_, longest));
}

}  // namespace mznode::sim
