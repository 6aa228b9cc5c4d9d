#include "report/html.hpp"

#include <stdexcept>

namespace mznode::app {

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

namespace {

/// JSON that may stand inside a script element. A < occurs in its strings only, where an escape means the same; without
/// any, neither </script> nor <!-- can occur. U+2028 and U+2029 would be line breaks to old readers of JavaScript.
void append_escaped_json(std::string& page, std::string_view json) {
  std::size_t copied = 0;
  const auto replace = [&](std::size_t at, std::size_t size, const char* by) {
    page.append(json.substr(copied, at - copied)).append(by);
    copied = at + size;
  };
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '<') replace(at, 1, "\\u003c");
    if (json[at] != '\xe2') continue;
    if (json.substr(at, 3) == "\xe2\x80\xa8") replace(at, 3, "\\u2028");
    if (json.substr(at, 3) == "\xe2\x80\xa9") replace(at, 3, "\\u2029");
  }
  page.append(json.substr(copied));
}

}  // namespace

std::string html_page(std::string_view title, std::string_view script, std::string_view data) {
  std::string page;
  page.reserve(asset::page_html.size() + asset::style_css.size() + script.size() + data.size() + data.size() / 16);
  std::string_view rest = asset::page_html;
  for (std::size_t open = rest.find("{{"); open != std::string_view::npos; open = rest.find("{{")) {
    const std::size_t close = rest.find("}}", open);
    const std::string_view name = rest.substr(open + 2, close - open - 2);
    page += rest.substr(0, open);
    if (name == "title") {
      page += escape_html(title);
    } else if (name == "style") {
      page += asset::style_css;
    } else if (name == "script") {
      page += script;
    } else if (name == "data") {
      append_escaped_json(page, data);
    } else {
      throw std::logic_error("page.html has an unknown place: " + std::string(name));
    }
    rest.remove_prefix(close + 2);
  }
  return page.append(rest);
}

}  // namespace mznode::app
