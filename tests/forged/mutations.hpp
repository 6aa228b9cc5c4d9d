#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mznode::forged {

/// Texts that a field is replaced by: the ends of what numbers can be, what is just within the limits that nodes check,
/// other types, and nothing (an empty text).
inline const std::vector<std::string>& extremes() {
  static const std::vector<std::string> all = {"0",
                                               "1",
                                               "-1",
                                               "2147483648",
                                               "140737488355328",
                                               "281474976710657",
                                               "9007199254740992",
                                               "4611686018427387904",
                                               "4611686018427387905",
                                               "9223372036854775807",
                                               "9223372036854775808",
                                               "18446744073709551615",
                                               "18446744073709551616",
                                               "1.5",
                                               "null",
                                               "true",
                                               "\"\"",
                                               "\"x\"",
                                               "[]",
                                               "[[]]",
                                               "{}",
                                               R"({"x":1})",
                                               ""};
  return all;
}

/// The places of the fields of a body, however deep: of an array only those in its first two elements. What makes it a
/// message is left alone.
inline std::vector<nlohmann::json::json_pointer> places_of(const nlohmann::ordered_json& body) {
  std::vector<nlohmann::json::json_pointer> places;
  const auto visit = [&](const auto& self, const nlohmann::ordered_json& value,
                         const nlohmann::json::json_pointer& here) -> void {
    if (!here.empty()) places.push_back(here);
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) self(self, member, here / key);
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size() && i < 2; ++i) self(self, value[i], here / i);
    }
  };
  for (const auto& [key, member] : body.items()) {
    if (key != "type" && key != "msg_id" && key != "in_reply_to") {
      visit(visit, member, nlohmann::json::json_pointer() / key);
    }
  }
  return places;
}

/// The body with another text, which need not be one that the library could hold, in the place of a field.
inline std::string with(nlohmann::ordered_json body, const nlohmann::json::json_pointer& place,
                        const std::string& text) {
  if (text.empty()) {
    nlohmann::ordered_json& parent = body.at(nlohmann::ordered_json::json_pointer(place.parent_pointer().to_string()));
    if (parent.is_object()) {
      parent.erase(place.back());
    } else {
      parent.erase(parent.begin() + std::stol(place.back()));
    }
    return body.dump();
  }
  const std::string mark = "here is the field that is forged";
  body.at(nlohmann::ordered_json::json_pointer(place.to_string())) = mark;
  std::string dumped = body.dump();
  const std::string quoted = "\"" + mark + "\"";
  return dumped.replace(dumped.find(quoted), quoted.size(), text);
}

}  // namespace mznode::forged
