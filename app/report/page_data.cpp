#include "report/page_data.hpp"

#include "report/html.hpp"

namespace mznode::app {

std::string PageData::page() const {
  TextBuffer json;
  encode(json, *this);
  std::string script;
  for (const std::string_view part :
       {asset::base_js, asset::charts_js, asset::stories_js, asset::evidence_js, asset::reads_js, asset::explorer_js,
        asset::sequence_js, asset::causes_js, asset::find_js, asset::logs_js, asset::head_js, asset::test_js}) {
    script += part;
  }
  return html_page(head.title, script, json.view());
}

std::string valid_word(check::Valid valid) {
  return valid == check::Valid::yes ? "yes" : valid == check::Valid::no ? "no" : "unknown";
}

}  // namespace mznode::app
