#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>

namespace mznode::app {
namespace {

constexpr std::size_t usual_width = 80;

bool shows_colours() {
  static const bool shows = [] {
    const char* refused = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    const bool is_dumb = kind == nullptr || std::string_view(kind) == "dumb";
    return ::isatty(STDOUT_FILENO) == 1 && !is_dumb && (refused == nullptr || *refused == '\0');
  }();
  return shows;
}

/// The columns of a terminal; nothing where the descriptor is none.
std::optional<std::size_t> width_of(int descriptor) {
  constexpr std::size_t narrowest = 40;
  winsize size = {};
  const bool is_known = ::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  if (!is_known) return std::nullopt;
  return std::max<std::size_t>(size.ws_col, narrowest);
}

}  // namespace

std::size_t output_width() {
  return width_of(STDOUT_FILENO).value_or(usual_width);
}

std::string coloured(const std::string& text, Colour colour) {
  if (!shows_colours()) return text;
  const char* code = colour == Colour::red ? "31" : colour == Colour::green ? "32" : "33";
  return std::string("\033[") + code + "m" + text + "\033[0m";
}

std::size_t shown_width(std::string_view text) {
  std::size_t width = 0;
  bool is_in_sequence = false;
  for (const char c : text) {
    if (c == '\033') is_in_sequence = true;
    const bool begins_character = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (!is_in_sequence && begins_character) ++width;
    if (c == 'm') is_in_sequence = false;
  }
  return width;
}

std::string wrapped(std::string_view words, std::size_t width, std::size_t indent, std::size_t at) {
  std::string text;
  bool begins_line = true;
  for (std::size_t next = 0;;) {
    next = words.find_first_not_of(' ', next);
    if (next == std::string_view::npos) return text;
    const std::string_view word = words.substr(next, words.find(' ', next) - next);
    next += word.size();
    const std::size_t columns = shown_width(word);
    if (!begins_line && at + 1 + columns > width) {
      text.append("\n").append(indent, ' ');
      at = indent;
      begins_line = true;
    }
    if (!begins_line) text += ' ';
    at += columns + (begins_line ? 0 : 1);
    text += word;
    begins_line = false;
  }
}

void print_error(const std::string& text) {
  constexpr std::size_t indent = 2;
  const std::size_t width = width_of(STDERR_FILENO).value_or(std::numeric_limits<std::size_t>::max());
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::cerr << (shown_width(line) > width ? wrapped(line, width, indent, 0) : line) << '\n';
  }
}

}  // namespace mznode::app
