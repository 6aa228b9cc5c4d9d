#pragma once

#include <string>
#include <string_view>

namespace mznode::app {

/// The texts of app/report/page/, compiled in.
namespace asset {
extern const std::string_view page_html, style_css, base_js, causes_js, charts_js, compare_js, evidence_js, explorer_js,
    find_js, head_js, logs_js, reads_js, sequence_js, stories_js, test_js;
}

/// As the text of an element of HTML or XML, or of an attribute in double quotes.
std::string escape_html(std::string_view text);

/// A page that needs nothing but itself: `script` runs in it as a module and finds `data`, one JSON value, in the
/// element with the id "data". Nothing in the data can end the element or be taken for HTML.
std::string html_page(std::string_view title, std::string_view script, std::string_view data);

}  // namespace mznode::app
