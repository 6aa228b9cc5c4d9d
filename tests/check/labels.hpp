#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

/// The labelled histories that lie next to the source tree, where they do.
namespace mznode::check {

/// Their directory, empty when there is none.
inline std::filesystem::path find_histories() {
  namespace fs = std::filesystem;
  if (const char* given = std::getenv("MZNODE_HISTORIES")) return given;
  fs::path above = fs::path(MZNODE_SOURCE_DIR).parent_path();
  for (; above.has_relative_path(); above = above.parent_path()) {
    if (fs::exists(above / "shared" / "histories" / "expected.jsonl")) return above / "shared" / "histories";
  }
  return {};
}

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<nlohmann::ordered_json> read_labels(const std::filesystem::path& histories) {
  std::vector<nlohmann::ordered_json> labels;
  std::ifstream file(histories / "expected.jsonl");
  for (std::string line; std::getline(file, line);) labels.push_back(nlohmann::ordered_json::parse(line));
  return labels;
}

}  // namespace mznode::check
