#include "tests/app/browser.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/temporary_directory.hpp"

namespace mznode::testing_support {
namespace {

namespace fs = std::filesystem;

/// Runs before everything else in the page. The browser's virtual time waits for timers, not for animation frames.
constexpr const char* watch = R"(<script>
window.problems = [];
addEventListener("error", (event) => problems.push(String(event.message || event.target.src)), true);
addEventListener("unhandledrejection", (event) => problems.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => problems.push(`load of ${event.blockedURI} (${event.violatedDirective})`));
console.error = (...words) => problems.push(words.join(" "));
window.requestAnimationFrame = (callback) => setTimeout(callback, 16);
</script>)";

/// Runs behind everything else, and writes what came of it into an attribute.
std::string drive(const std::string& script) {
  return R"(<script type="module">
const all = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const frame = () => new Promise((done) => setTimeout(done, 50));
const act = async () => {)" +
         script + R"(};
let value = null;
try { value = await act() ?? null; } catch (error) { problems.push(`${error} ${error.stack}`); }
document.documentElement.setAttribute("data-outcome", encodeURIComponent(JSON.stringify({ value, problems })));
</script>)";
}

std::string decode_uri(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%';
    decoded += is_escape ? static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)) : text[i];
    if (is_escape) i += 2;
  }
  return decoded;
}

void insert(std::string& page, std::string_view before, const std::string& text) {
  const std::size_t at = page.rfind(before);
  if (at == std::string::npos) throw std::runtime_error("the page has no " + std::string(before));
  page.insert(at, text);
}

}  // namespace

std::string find_browser() {
  if (const char* given = std::getenv("CHROMIUM")) return given;
  std::istringstream directories(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  for (std::string directory; std::getline(directories, directory, ':');) {
    for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
      const fs::path path = fs::path(directory) / name;
      if (::access(path.c_str(), X_OK) == 0) return path.string();
    }
  }
  return "";
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

nlohmann::json visit(const std::string& browser, const fs::path& page, const std::string& script, int width) {
  const TemporaryDirectory directory;
  std::string text = read_file(page);
  insert(text, "</body>", drive(script));
  text.insert(text.find("<head>") + std::string_view("<head>").size(), watch);
  const fs::path driven = directory / "page.html";
  std::ofstream(driven, std::ios::binary) << text;
  const std::string command =
      browser +
      " --headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
      " --disable-component-update --disable-sync --disable-dev-shm-usage --virtual-time-budget=20000 --dump-dom "
      "--window-size=" +
      std::to_string(width) + ",1000 --user-data-dir=" + (directory / "profile").string() + " file://" +
      driven.string() + " >" + (directory / "dom").string() + " 2>" + (directory / "log").string();
  const int status = std::system(command.c_str());
  const std::string dom = read_file(directory / "dom");
  const std::string mark = "data-outcome=\"";
  const std::size_t start = dom.find(mark);
  if (start == std::string::npos) {
    throw std::runtime_error("the page's script did not come to its end (browser: " + std::to_string(status) +
                             "): " + read_file(directory / "log"));
  }
  const std::size_t begin = start + mark.size();
  return nlohmann::json::parse(decode_uri(std::string_view(dom).substr(begin, dom.find('"', begin) - begin)));
}

}  // namespace mznode::testing_support
