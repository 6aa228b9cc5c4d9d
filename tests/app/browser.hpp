#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace mznode::testing_support {

/// The Chromium of $CHROMIUM or PATH; empty when there is none.
std::string find_browser();

/// Loads a page in a headless browser, `width` pixels wide, and runs `script` in it, the body of an async function.
/// Returns
/// {"value": what the script returned, "problems": [errors of the page, of the script, and attempts to load
/// something]}. In the script, `all(selector)` finds elements, `one(selector)` the first, and `await frame()` waits for
/// the page to draw.
nlohmann::json visit(const std::string& browser, const std::filesystem::path& page, const std::string& script,
                     int width = 1280);

/// The text of a file.
std::string read_file(const std::filesystem::path& path);

}  // namespace mznode::testing_support
